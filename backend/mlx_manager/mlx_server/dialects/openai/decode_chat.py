"""The body of POST /v1/chat/completions -> ``GenerationRequest``."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlx_manager.mlx_server.core.ids import ModelId, RequestId
from mlx_manager.mlx_server.core.principal import Principal
from mlx_manager.mlx_server.core.request import GenerationRequest
from mlx_manager.mlx_server.dialects.openai.messages import read_messages
from mlx_manager.mlx_server.dialects.openai.sampling import (
    read_lengths,
    read_sampling,
    read_stop,
    refuse_unsupported,
)
from mlx_manager.mlx_server.dialects.openai.schema import ChatBody
from mlx_manager.mlx_server.dialects.openai.tools import read_tools
from mlx_manager.mlx_server.dialects.openai.validation import check, read_body, shown

_EFFORTS = {
    "none": False,
    "minimal": False,
    "low": True,
    "medium": True,
    "high": True,
    "xhigh": True,
    "max": True,
}
_TEMPLATE_OWN = frozenset(
    {
        "messages",
        "conversation",
        "tools",
        "documents",
        "chat_template",
        "tokenize",
        "add_generation_prompt",
        "continue_final_message",
        "padding",
        "truncation",
        "max_length",
        "return_tensors",
        "return_dict",
        "return_assistant_tokens_mask",
        "tokenizer_kwargs",
    }
)
"""Arguments of ``apply_chat_template`` that are the server's own to set."""


@dataclass(frozen=True, slots=True)
class ChatCall:
    """What is wanted, and how it is to be sent."""

    request: GenerationRequest
    stream: bool
    include_usage: bool


def decode_chat(body: Mapping[str, Any], *, request_id: RequestId, caller: Principal) -> ChatCall:
    """Read a chat body.

    Raises ``BadRequest`` naming the field that is wrong.
    """
    chat = read_body(ChatBody, body)
    refuse_unsupported(chat)
    _refuse_for_chat(chat)
    max_tokens = chat.max_completion_tokens or chat.max_tokens
    max_tokens, min_tokens = read_lengths(max_tokens, chat)
    request = GenerationRequest(
        request_id=request_id,
        model=ModelId(chat.model),
        principal=caller,
        messages=read_messages(chat.messages),
        sampling=read_sampling(chat),
        max_tokens=max_tokens,
        min_tokens=min_tokens,
        ignore_eos=bool(chat.ignore_eos),
        stop=read_stop(chat.stop),
        tools=read_tools(chat.tools, chat.tool_choice),
        template_kwargs=_template_kwargs(chat),
    )
    options = chat.stream_options
    return ChatCall(
        request=request,
        stream=bool(chat.stream),
        include_usage=bool(options is not None and options.include_usage),
    )


def _template_kwargs(chat: ChatBody) -> Mapping[str, Any]:
    """Template arguments: what the effort means, then what the caller said outright."""
    kwargs = dict(chat.chat_template_kwargs or {})
    for name in kwargs:
        check(
            name not in _TEMPLATE_OWN,
            f"'chat_template_kwargs.{name}' is set by the server. Leave it out.",
            f"chat_template_kwargs.{name}",
        )
    effort = chat.reasoning_effort
    if effort is None:
        return kwargs
    check(
        effort in _EFFORTS,
        f"'reasoning_effort' must be one of {', '.join(_EFFORTS)}; got {shown(effort)}.",
        "reasoning_effort",
    )
    return {"enable_thinking": _EFFORTS[effort], **kwargs}


def _refuse_for_chat(chat: ChatBody) -> None:
    check(
        chat.top_logprobs in (None, 0),
        "'top_logprobs' is not available in this version. Leave it out or null.",
        "top_logprobs",
    )
    wanted = chat.response_format
    if wanted is None:
        return
    kind = wanted.get("type") if isinstance(wanted, dict) else None
    check(
        kind == "text",
        f'\'response_format\' must be null or {{"type": "text"}}; got type {shown(kind)}. '
        "This version does not enforce a format: ask for JSON in the prompt and check the answer.",
        "response_format",
    )
