"""The body of POST /v1/chat/completions -> ``GenerationRequest``."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlx_manager.mlx_server.core.effort import Effort
from mlx_manager.mlx_server.core.ids import ModelId, RequestId
from mlx_manager.mlx_server.core.principal import Principal
from mlx_manager.mlx_server.core.request import GenerationRequest
from mlx_manager.mlx_server.dialects.given import given_fields
from mlx_manager.mlx_server.dialects.openai.choices import one_for_each
from mlx_manager.mlx_server.dialects.openai.effort import read_effort, thinking_switch
from mlx_manager.mlx_server.dialects.openai.formats import read_grammar
from mlx_manager.mlx_server.dialects.openai.legacy_functions import as_tools
from mlx_manager.mlx_server.dialects.openai.messages import read_messages
from mlx_manager.mlx_server.dialects.openai.sampling import (
    read_lengths,
    read_sampling,
    read_stop,
)
from mlx_manager.mlx_server.dialects.openai.schema import ChatBody
from mlx_manager.mlx_server.dialects.openai.tools import read_toolbox
from mlx_manager.mlx_server.dialects.openai.validation import check, read_body

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
    """What is wanted, one request a choice, and how it is to be sent: ``legacy`` with its call as
    ``function_call``."""

    requests: tuple[GenerationRequest, ...]
    stream: bool
    include_usage: bool
    legacy: bool = False


def decode_chat(body: Mapping[str, Any], *, request_id: RequestId, caller: Principal) -> ChatCall:
    """Read a chat body.

    Raises ``BadRequest`` naming the field that is wrong.
    """
    chat = as_tools(read_body(ChatBody, body))
    check(
        set(map(str, chat.modalities or ())) <= {"text"},
        "'modalities' may be [\"text\"] alone: no model here speaks or draws. Leave it out.",
        "modalities",
    )
    toolbox = read_toolbox(chat)
    max_tokens = chat.max_completion_tokens or chat.max_tokens
    max_tokens, min_tokens = read_lengths(max_tokens, chat)
    effort = read_effort(chat.reasoning_effort, "reasoning_effort")
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
        tools=toolbox.tools,
        tool_choice=toolbox.choice,
        template_kwargs=_template_kwargs(chat, effort),
        effort=effort,
        grammar=read_grammar(chat),
        top_logprobs=_top_logprobs(chat),
        adapter=chat.adapter,
        given=given_fields(chat),
    )
    options = chat.stream_options
    return ChatCall(
        requests=one_for_each(request, chat.n or 1),
        stream=bool(chat.stream),
        include_usage=bool(options is not None and options.include_usage),
        legacy=chat.functions is not None,
    )


def _template_kwargs(chat: ChatBody, effort: Effort | None) -> Mapping[str, Any]:
    """Template arguments: what the effort means, then what the caller said outright."""
    kwargs = dict(chat.chat_template_kwargs or {})
    for name in kwargs:
        check(
            name not in _TEMPLATE_OWN,
            f"'chat_template_kwargs.{name}' is set by the server. Leave it out.",
            f"chat_template_kwargs.{name}",
        )
    return {**thinking_switch(effort), **kwargs}


def _top_logprobs(chat: ChatBody) -> int | None:
    """How many rivals each token is told with; None where no log-probabilities are wanted."""
    check(
        bool(chat.logprobs) or not chat.top_logprobs,
        "'top_logprobs' needs 'logprobs' to be true.",
        "top_logprobs",
    )
    return (chat.top_logprobs or 0) if chat.logprobs else None
