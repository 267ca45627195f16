"""From a conversation's turns to the request that the spine takes."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from mlx_manager.db.messages import Message
from mlx_manager.mlx_server.core.ids import RequestId
from mlx_manager.mlx_server.core.principal import Principal
from mlx_manager.mlx_server.core.request import (
    GenerationRequest,
    GrammarKind,
    GrammarSpec,
    SamplingParams,
)
from mlx_manager.mlx_server.core.request import Message as PromptMessage
from mlx_manager.mlx_server.core.request import ToolCall as PromptToolCall
from mlx_manager.schemas.message import MessageStatus, ReplyOptions, Role
from mlx_manager.schemas.parameters import Parameters
from mlx_manager.services.attachment_prompt import with_files
from mlx_manager.services.turn import Turn

_SAMPLING = ("temperature", "top_p", "top_k", "min_p", "repetition_penalty", "seed")
_GIVEN = (*_SAMPLING, "max_tokens", "stop")
"""Beneath what was not asked for lie a profile's defaults, and beneath those the model's own."""


def reply_request(
    asked: ReplyOptions,
    turn: Turn,
    principal: Principal,
    request_id: str,
    defaults: SamplingParams,
) -> GenerationRequest:
    """The request for the reply of ``turn``: what was ``asked``, else what its conversation says,
    else ``defaults``."""
    wanted = asked.over(turn.conversation.parameters)
    schema = asked.json_schema
    return GenerationRequest(
        request_id=RequestId(request_id),
        model=turn.model,
        principal=principal,
        messages=(*_system(turn), *prompt_messages(turn.history, turn.files)),
        sampling=_sampling(wanted, defaults),
        max_tokens=wanted.max_tokens,
        stop=tuple(wanted.stop or ()),
        tools=tuple(tool.model_dump(exclude_none=True) for tool in asked.tools),
        template_kwargs={} if wanted.thinking is None else {"enable_thinking": wanted.thinking},
        grammar=(
            None if schema is None else GrammarSpec(GrammarKind.JSON_SCHEMA, json.dumps(schema))
        ),
        given=_given(asked, wanted),
    )


def _given(asked: ReplyOptions, wanted: Parameters) -> frozenset[str]:
    given = {name for name in _GIVEN if getattr(wanted, name) not in (None, [])}
    return frozenset(given | {"tools"} if asked.tools else given)


def _sampling(wanted: Parameters, defaults: SamplingParams) -> SamplingParams:
    given = {name: getattr(wanted, name) for name in _SAMPLING}
    return replace(defaults, **{name: value for name, value in given.items() if value is not None})


def _system(turn: Turn) -> Iterator[PromptMessage]:
    words = turn.conversation.system_prompt or ""
    if words.strip():
        yield PromptMessage(role="system", content=words)


def prompt_messages(
    history: Iterable[Message], files: Mapping[str, str]
) -> Iterator[PromptMessage]:
    """The turns a model should see: without replies that failed or were stopped with nothing.
    ``files`` are the texts of attachments by their ids."""
    names: dict[str, str] = {}
    for turn in history:
        if turn.role is not Role.ASSISTANT:
            yield PromptMessage(
                role=turn.role.value,
                content=with_files(turn.content, turn.attachments, files),
                tool_call_id=turn.tool_call_id,
                name=names.get(turn.tool_call_id or ""),
            )
            continue
        # A call that was cut off is half a JSON text, which no template can take.
        calls = turn.tool_calls if turn.status is MessageStatus.COMPLETE else []
        names.update({call.id: call.name for call in calls})
        if turn.content or calls:
            yield PromptMessage(
                role=turn.role.value,
                content=turn.content,
                reasoning=turn.reasoning or None,
                tool_calls=tuple(
                    PromptToolCall(call.id, call.name, call.arguments) for call in calls
                ),
            )
