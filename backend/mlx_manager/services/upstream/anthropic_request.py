"""``GenerationRequest`` -> a body of Anthropic's ``/messages``
(https://docs.anthropic.com/en/api/messages)."""

import json
from collections.abc import Sequence
from typing import Any

from pydantic_core import from_json

from mlx_manager.mlx_server.core.effort import Effort
from mlx_manager.mlx_server.core.request import (
    GenerationRequest,
    GrammarKind,
    Message,
    SamplingParams,
)
from mlx_manager.services.upstream.faults import NoWords

DEFAULT_MAX_TOKENS = 4096
LEAST_BUDGET = 1024
_PROMPT = ("model", "messages", "system", "tools", "tool_choice", "thinking")
Body = dict[str, Any]


def anthropic_body(request: GenerationRequest, *, strict: bool) -> tuple[str, Body]:
    """The route below the base address, and the body.

    ``strict`` keeps to what Anthropic itself takes; another MLX Manager takes any budget and any
    temperature beside it. Raises ``NoWords`` for what this dialect has none for.
    """
    _check_sayable(request, strict=strict)
    messages = request.messages or ()
    system = "\n\n".join(each.content for each in messages if each.role == "system")
    max_tokens = request.max_tokens or DEFAULT_MAX_TOKENS
    thinking = _thinking(request, max_tokens, strict=strict)
    body: Body = {
        "model": request.model,
        "stream": True,
        "max_tokens": max_tokens,
        "messages": _turns([each for each in messages if each.role != "system"]),
        **({"system": system} if system else {}),
        **({"stop_sequences": list(request.stop)} if request.stop else {}),
        **({"adapter": request.adapter} if request.adapter else {}),
        **_tools(request),
        **thinking,
    }
    thinks = thinking.get("thinking", {}).get("type") == "enabled"
    # Anthropic samples a thinking model in its own way.
    return "/messages", body if thinks and strict else body | _sampling(request.sampling)


def count_body(request: GenerationRequest, *, strict: bool) -> tuple[str, Body]:
    """The same for ``/messages/count_tokens``: what of a message's body is part of the prompt
    (https://docs.anthropic.com/en/api/messages-count-tokens)."""
    route, body = anthropic_body(request, strict=strict)
    return f"{route}/count_tokens", {name: body[name] for name in _PROMPT if name in body}


def _check_sayable(request: GenerationRequest, *, strict: bool) -> None:
    wrong = {
        "a raw prompt; send messages": request.messages is None,
        "log-probabilities": request.top_logprobs is not None,
        "a format other than a JSON schema": request.grammar is not None
        and request.grammar.kind is not GrammarKind.JSON_SCHEMA,
        "logit_bias": bool(request.sampling.logit_bias),
        "an adapter": strict and request.adapter is not None,
    }
    for what, is_asked in wrong.items():
        if is_asked:
            raise NoWords(
                f"The server that this model is routed to speaks Anthropic's dialect, which has no "
                f"words for {what}. Leave it out, or name a model of this machine."
            )


def _sampling(sampling: SamplingParams) -> Body:
    body: Body = {}
    if sampling.temperature != 1:
        body["temperature"] = min(sampling.temperature, 1.0)
    if sampling.top_p != 1:
        body["top_p"] = sampling.top_p
    if sampling.top_k:
        body["top_k"] = sampling.top_k
    return body


def _turns(messages: Sequence[Message]) -> list[Body]:
    """Blocks, with neighbours of one role joined: results of tools are the user's here."""
    turns: list[Body] = []
    for message in messages:
        role = "assistant" if message.role == "assistant" else "user"
        blocks = _blocks(message)
        if turns and turns[-1]["role"] == role:
            turns[-1]["content"] += blocks
        elif blocks:
            turns.append({"role": role, "content": blocks})
    return turns


def _blocks(message: Message) -> list[Body]:
    """Thoughts stay behind: Anthropic takes back its own alone, by a signature."""
    if message.role == "tool":
        content = [{"type": "text", "text": message.content}] if message.content else []
        return [
            {"type": "tool_result", "tool_use_id": message.tool_call_id or "", "content": content}
        ]
    blocks: list[Body] = [{"type": "text", "text": message.content}] if message.content else []
    for call in message.tool_calls:
        given = _input(call.arguments)
        blocks.append({"type": "tool_use", "id": call.id, "name": call.name, "input": given})
    return blocks


def _input(arguments: str) -> Any:
    """An object, whatever a model once wrote."""
    try:
        value = from_json(arguments)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _tools(request: GenerationRequest) -> Body:
    if not request.tools:
        return {}
    choice = request.tool_choice
    kind: Body = {"type": "any" if choice.required else "auto"}
    if choice.name is not None:
        kind = {"type": "tool", "name": choice.name}
    if not choice.parallel:
        kind["disable_parallel_tool_use"] = True
    return {"tools": [_tool(tool["function"]) for tool in request.tools], "tool_choice": kind}


def _tool(function: Body) -> Body:
    schema = {"type": "object", **(function.get("parameters") or {})}
    tool: Body = {"name": function["name"], "input_schema": schema}
    if function.get("description"):
        tool["description"] = function["description"]
    return tool


def _thinking(request: GenerationRequest, max_tokens: int, *, strict: bool) -> Body:
    """The format and the budget. With ``strict`` no thinking between a call and the answer to its
    result: Anthropic wants the thought before the call back, and no dialect here keeps it."""
    body: Body = {}
    if request.grammar is not None:
        schema = json.loads(request.grammar.text)
        body["output_config"] = {"format": {"type": "json_schema", "schema": schema}}
    budget = _budget(request, max_tokens)
    if budget is None:
        return body
    if strict:
        budget = max(budget, LEAST_BUDGET) if budget else 0
        last = next((m for m in reversed(request.messages or ()) if m.role != "tool"), None)
        between = last is not None and bool(last.tool_calls)
        forced = request.tool_choice.required or request.continues
        if between or forced or budget >= max_tokens:
            budget = 0
    thinking: Body = {"type": "disabled"}
    if budget:
        thinking = {"type": "enabled", "budget_tokens": budget}
    return {**body, "thinking": thinking}


def _budget(request: GenerationRequest, max_tokens: int) -> int | None:
    """Tokens of reasoning; 0 for none, None to leave it to the model."""
    if request.reasoning_budget is not None:
        return request.reasoning_budget
    if request.effort is not None:
        if not request.effort.thinks:
            return 0
        return request.effort.budget_tokens(max_tokens) or max_tokens - 1
    switch = request.template_kwargs.get("enable_thinking")
    if switch is None:
        return None
    return Effort.MEDIUM.budget_tokens(max_tokens) if switch else 0
