"""Messages through the model's own chat template."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from mlx_manager.mlx_server.core.model import TemplateNames, Tokenizer
from mlx_manager.mlx_server.core.request import GenerationRequest, Message, ToolCall
from mlx_manager.mlx_server.errors import BadRequest
from mlx_manager.mlx_server.prompt.arguments import template_arguments

_GPT_OSS = "thinking"
_REASONING_FIELDS = ("reasoning_content", _GPT_OSS, "reasoning")
"""The first that a template reads; most read the first. Of the others transformers fills in some
itself, its newer versions more."""


def render(
    tokenizer: Tokenizer,
    request: GenerationRequest,
    messages: Sequence[Message],
    *,
    for_answer: bool = True,
) -> str:
    """The prompt as text; ``for_answer`` ends it with the start of the assistant's turn, or
    inside the last message where the request continues that.

    Raises ``BadRequest`` when the model has no template, or its template refuses the messages.
    """
    if not tokenizer.has_chat_template:
        raise BadRequest(
            f"The model {request.model!r} has no chat template. Use /v1/completions with a prompt.",
            param="messages",
        )
    arguments = template_arguments(
        request.template_kwargs, request.effort, tokenizer.template_names
    )
    if request.tools:
        arguments["tools"] = list(request.tools)
    reasoning_field = _reasoning_field(tokenizer.template_names)
    try:
        text = tokenizer.apply_chat_template(
            [_as_template(message, reasoning_field) for message in messages],
            **{**arguments, "tokenize": False, **_ending(request, for_answer=for_answer)},
        )
    except Exception as error:  # a template is a program of the model's author
        raise BadRequest(
            f"The chat template of {request.model!r} refuses these messages: {error}",
            param="messages",
        ) from error
    return str(text)


def _ending(request: GenerationRequest, *, for_answer: bool) -> dict[str, bool]:
    if for_answer and request.continues:
        return {"add_generation_prompt": False, "continue_final_message": True}
    return {"add_generation_prompt": for_answer}


def opens_reasoning(tokenizer: Tokenizer, text: str) -> bool:
    """Whether a rendered prompt leaves the model inside its reasoning block."""
    start, end = tokenizer.think_start, tokenizer.think_end
    if start is None or end is None:
        return False
    return text.rstrip().endswith(start) and text.rfind(start) > text.rfind(end)


def _reasoning_field(names: TemplateNames) -> str:
    """What the template calls the reasoning of an earlier turn."""
    return next((name for name in _REASONING_FIELDS if name in names.fields), _REASONING_FIELDS[0])


def _as_template(message: Message, reasoning_field: str) -> dict[str, Any]:
    content, reasoning = message.content, message.reasoning
    if reasoning and content and message.tool_calls and reasoning_field == _GPT_OSS:
        # Its template writes either one as the thought before a call, and refuses both.
        content, reasoning = "", f"{reasoning}\n\n{content}"
    turn: dict[str, Any] = {"role": message.role, "content": content}
    if reasoning is not None:
        turn[reasoning_field] = reasoning
    if message.tool_calls:
        turn["tool_calls"] = [_as_template_call(call) for call in message.tool_calls]
    if message.tool_call_id is not None:
        turn["tool_call_id"] = message.tool_call_id
    if message.name is not None:
        turn["name"] = message.name
    return turn


def _as_template_call(call: ToolCall) -> dict[str, Any]:
    """Templates take arguments as an object; a text that is not one is passed as it is."""
    arguments: Mapping[str, Any] | str = call.arguments
    try:
        parsed = json.loads(call.arguments)
        arguments = parsed if isinstance(parsed, dict) else call.arguments
    except ValueError:
        arguments = call.arguments
    function = {"name": call.name, "arguments": arguments}
    return {"id": call.id, "type": "function", "function": function}
