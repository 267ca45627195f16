"""``GenerationRequest`` -> a body of OpenAI's ``/chat/completions`` or ``/completions``.

What has its default is left out: servers differ in what they know, and agree on their defaults.
"""

import json
from collections.abc import Mapping
from typing import Any

from mlx_manager.mlx_server.core.request import (
    GenerationRequest,
    GrammarKind,
    GrammarSpec,
    Message,
    SamplingParams,
)
from mlx_manager.services.upstream.faults import NoWords

_DEFAULTS = SamplingParams()
_GUIDED = {GrammarKind.REGEX: "guided_regex", GrammarKind.LARK: "guided_grammar"}
Body = dict[str, Any]


def openai_body(request: GenerationRequest, *, extensions: bool) -> tuple[str, Body]:
    """The route below the base address, and the body.

    ``extensions`` allows fields that are not in OpenAI's reference. Raises ``NoWords`` for what
    cannot be said without them: passing over it would be a promise not kept.
    """
    body: Body = {
        "model": request.model,
        "stream": True,
        "stream_options": {"include_usage": True},
        **_sampling(request.sampling, extensions=extensions),
        **_lengths(request, extensions=extensions),
        **_format(request.grammar, extensions=extensions),
        **_adapter(request, extensions=extensions),
    }
    if request.messages is None:
        prompt = request.text if request.token_ids is None else list(request.token_ids)
        if request.top_logprobs is not None:
            body["logprobs"] = request.top_logprobs
        if request.suffix is not None:
            body["suffix"] = request.suffix
        return "/completions", {**body, "prompt": prompt}
    body["messages"] = [_message(message, extensions) for message in request.messages]
    if request.top_logprobs is not None:
        body |= {"logprobs": True, "top_logprobs": request.top_logprobs}
    return "/chat/completions", body | _tools(request) | _thinking(request, extensions=extensions)


def _sampling(sampling: SamplingParams, *, extensions: bool) -> Body:
    names = ["temperature", "top_p", "presence_penalty", "frequency_penalty", "seed"]
    names += ["top_k", "min_p", "repetition_penalty"] if extensions else []
    body = {
        name: getattr(sampling, name)
        for name in names
        if getattr(sampling, name) != getattr(_DEFAULTS, name)
    }
    if sampling.logit_bias:
        body["logit_bias"] = {str(token): bias for token, bias in sampling.logit_bias}
    return body


def _lengths(request: GenerationRequest, *, extensions: bool) -> Body:
    body: Body = {}
    if request.max_tokens is not None:
        # OpenAI's later models know the long name only; many other servers the short one only.
        long = not extensions and request.messages is not None
        body["max_completion_tokens" if long else "max_tokens"] = request.max_tokens
    if request.stop:
        body["stop"] = list(request.stop)
    if extensions and request.min_tokens:
        body["min_tokens"] = request.min_tokens
    if extensions and request.ignore_eos:
        body["ignore_eos"] = True
    return body


def _format(grammar: GrammarSpec | None, *, extensions: bool) -> Body:
    if grammar is None:
        return {}
    if grammar.kind is GrammarKind.JSON_OBJECT:
        return {"response_format": {"type": "json_object"}}
    if grammar.kind is GrammarKind.JSON_SCHEMA:
        # Strict only where the reference's narrower schemas need not be followed.
        schema = {"name": "answer", "schema": json.loads(grammar.text), "strict": extensions}
        return {"response_format": {"type": "json_schema", "json_schema": schema}}
    if not extensions or grammar.kind not in _GUIDED:
        raise NoWords(
            f"The server that this model is routed to takes no {grammar.kind.value}. Leave the "
            "format out, or name a model of this machine."
        )
    return {_GUIDED[grammar.kind]: grammar.text}


def _adapter(request: GenerationRequest, *, extensions: bool) -> Body:
    if request.adapter is None:
        return {}
    if not extensions:
        raise NoWords(
            "The server that this model is routed to puts no adapter on it. Leave 'adapter' out, "
            "or name a model of this machine.",
            param="adapter",
        )
    return {"adapter": request.adapter}


def _message(message: Message, extensions: bool) -> Body:
    body: Body = {"role": message.role, "content": message.content}
    if message.tool_calls:
        body["content"] = message.content or None
        body["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in message.tool_calls
        ]
    if message.tool_call_id is not None:
        body["tool_call_id"] = message.tool_call_id
    if message.name is not None:
        body["name"] = message.name
    if message.reasoning and extensions:
        body["reasoning_content"] = message.reasoning
    return body


def _tools(request: GenerationRequest) -> Body:
    if not request.tools:
        return {}
    choice = request.tool_choice
    body: Body = {"tools": [dict(tool) for tool in request.tools]}
    if choice.name is not None:
        body["tool_choice"] = {"type": "function", "function": {"name": choice.name}}
    elif choice.required:
        body["tool_choice"] = "required"
    if not choice.parallel and choice.name is None:
        body["parallel_tool_calls"] = False
    return body


def _thinking(request: GenerationRequest, *, extensions: bool) -> Body:
    """The effort says what the switch of most templates says too: it is not sent twice."""
    body: Body = {}
    kwargs: Mapping[str, Any] = request.template_kwargs
    if request.effort is not None:
        body["reasoning_effort"] = request.effort.value
        if kwargs == {"enable_thinking": request.effort.thinks}:
            kwargs = {}
    if extensions and kwargs:
        body["chat_template_kwargs"] = dict(kwargs)
    if extensions and request.continues:
        # vLLM's names for beginning the assistant's answer.
        body |= {"continue_final_message": True, "add_generation_prompt": False}
    return body
