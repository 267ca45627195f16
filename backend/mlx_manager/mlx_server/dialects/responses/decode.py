"""The body of POST /v1/responses -> ``GenerationRequest``."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mlx_manager.mlx_server.core.ids import ModelId, RequestId
from mlx_manager.mlx_server.core.principal import Principal
from mlx_manager.mlx_server.core.request import GenerationRequest, GrammarSpec
from mlx_manager.mlx_server.dialects.given import given_fields
from mlx_manager.mlx_server.dialects.openai.effort import read_effort, thinking_switch
from mlx_manager.mlx_server.dialects.openai.formats import read_grammar
from mlx_manager.mlx_server.dialects.openai.sampling import (
    read_lengths,
    read_sampling,
    read_stop,
)
from mlx_manager.mlx_server.dialects.openai.validation import check, shown
from mlx_manager.mlx_server.dialects.responses.input_items import Item
from mlx_manager.mlx_server.dialects.responses.reply import told_settings
from mlx_manager.mlx_server.dialects.responses.schema import ResponseBody
from mlx_manager.mlx_server.dialects.responses.text_format import read_format
from mlx_manager.mlx_server.dialects.responses.tools import ToolSet, read_tool_set
from mlx_manager.mlx_server.dialects.responses.turns import read_turns

_SUMMARIES = ("auto", "concise", "detailed")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the reply holds beside the text: log-probabilities, a summary of the reasoning, and
    the reasoning packed for clients that keep the conversation themselves."""

    logprobs: bool
    summary: bool
    sealed: bool


@dataclass(frozen=True, slots=True)
class ResponseCall:
    """What is wanted, and how it is to be sent.

    ``blank`` is the reply object before anything has happened. ``generate`` False only prepares
    the conversation. ``truncates``: turns may be dropped until the rest fits.
    """

    request: GenerationRequest
    blank: dict[str, Any]
    input_items: tuple[Item, ...]
    shown: Shown
    stream: bool
    store: bool
    background: bool
    generate: bool
    truncates: bool


@dataclass(frozen=True, slots=True)
class Conversation:
    """The items of the responses that are continued, and those that this request adds."""

    history: Sequence[Item]
    added: tuple[Item, ...]


def decode_response(
    body: ResponseBody,
    conversation: Conversation,
    *,
    response_id: str,
    request_id: RequestId,
    caller: Principal,
) -> ResponseCall:
    """Read a body whose input has been read before.

    Raises ``BadRequest`` naming the field that is wrong.
    """
    refuse_unsupported(body)
    items = [*conversation.history, *conversation.added]
    check(bool(items), "'input' must be a string, or a list with at least one item.", "input")
    tools, parts = _read_tools(body), _read_shown(body)
    max_tokens, min_tokens = read_lengths(body.max_output_tokens or body.max_tokens, body)
    effort = read_effort(body.reasoning.effort if body.reasoning else None, "reasoning.effort")
    request = GenerationRequest(
        request_id=request_id,
        model=ModelId(body.model),
        principal=caller,
        messages=read_turns(body.instructions, items),
        sampling=read_sampling(body),
        max_tokens=max_tokens,
        min_tokens=min_tokens,
        ignore_eos=bool(body.ignore_eos),
        stop=read_stop(body.stop),
        tools=tools.functions,
        tool_choice=tools.choice,
        template_kwargs=thinking_switch(effort),
        effort=effort,
        grammar=_read_grammar(body),
        top_logprobs=(body.top_logprobs or 0) if parts.logprobs else None,
        adapter=body.adapter,
        given=given_fields(body),
    )
    return ResponseCall(
        request=request,
        blank={"id": response_id, **told_settings(body, tools)},
        input_items=conversation.added,
        shown=parts,
        **_manner(body),
    )


def _manner(body: ResponseBody) -> dict[str, bool]:
    """How the answer is to be sent and kept."""
    return {
        "stream": bool(body.stream),
        "store": body.store is not False,
        "background": bool(body.background),
        "generate": body.generate is not False,
        "truncates": body.truncation == "auto",
    }


def refuse_unsupported(body: ResponseBody) -> None:
    """Say what would be lost rather than lose it. Raises ``BadRequest`` naming the field."""
    check(
        body.conversation is None,
        "'conversation' is not available: no conversations are kept here. Continue a response "
        "with 'previous_response_id', or send the whole conversation as 'input'.",
        "conversation",
    )
    check(
        body.prompt is None,
        "'prompt' is not available: no prompt templates are kept here. Send the text as 'input' "
        "and 'instructions'.",
        "prompt",
    )
    check(
        not (body.background and body.store is False),
        "'background' needs 'store': its answer is fetched later. Leave 'store' out.",
        "store",
    )
    check(
        body.n in (None, 1),
        f"'n' must be 1: a response is one answer; got {shown(body.n)}. Ask several times, or use "
        "/v1/chat/completions.",
        "n",
    )


def _read_tools(body: ResponseBody) -> ToolSet:
    parallel = body.parallel_tool_calls is not False
    return read_tool_set(body.tools, body.tool_choice, parallel=parallel)


def _read_grammar(body: ResponseBody) -> GrammarSpec | None:
    """``text.format``, or one of the fields that chat has for it."""
    named, guided = read_format(body.text.format if body.text else None), read_grammar(body)
    check(
        named is None or guided is None,
        "'text.format' excludes 'response_format' and the 'guided_' fields: an answer has one "
        "format. Send one of them.",
        "text.format",
    )
    return named or guided


def _read_shown(body: ResponseBody) -> Shown:
    include = body.include or ()
    reasoning = body.reasoning
    summary = None if reasoning is None else reasoning.summary or reasoning.generate_summary
    check(
        summary is None or summary in _SUMMARIES,
        f"'reasoning.summary' must be one of {', '.join(_SUMMARIES)}; got {shown(summary)}.",
        "reasoning.summary",
    )
    return Shown(
        logprobs="message.output_text.logprobs" in include or bool(body.top_logprobs),
        summary=summary is not None,
        sealed="reasoning.encrypted_content" in include,
    )
