"""From a conversation's turns to the request that the spine takes."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from mlx_manager.db.messages import Message
from mlx_manager.mlx_server.core.ids import RequestId
from mlx_manager.mlx_server.core.principal import Principal
from mlx_manager.mlx_server.core.request import GenerationRequest, SamplingParams
from mlx_manager.mlx_server.core.request import Message as PromptMessage
from mlx_manager.mlx_server.core.request import ToolCall as PromptToolCall
from mlx_manager.schemas.message import MessageStatus, ReplyOptions, Role
from mlx_manager.services.chat_service import Turn

_GIVEN = ("temperature", "top_p", "max_tokens", "seed", "tools")
"""Beneath what was not asked for lie a profile's defaults, and beneath those the model's own."""


def reply_request(
    asked: ReplyOptions,
    turn: Turn,
    principal: Principal,
    request_id: str,
    defaults: SamplingParams,
) -> GenerationRequest:
    """The request for the reply of ``turn``; ``defaults`` where no sampling was asked for."""
    return GenerationRequest(
        request_id=RequestId(request_id),
        model=turn.model,
        principal=principal,
        messages=tuple(prompt_messages(turn.history)),
        sampling=replace(
            defaults,
            temperature=defaults.temperature if asked.temperature is None else asked.temperature,
            top_p=defaults.top_p if asked.top_p is None else asked.top_p,
            seed=asked.seed,
        ),
        max_tokens=asked.max_tokens,
        tools=tuple(tool.model_dump(exclude_none=True) for tool in asked.tools),
        template_kwargs={} if asked.thinking is None else {"enable_thinking": asked.thinking},
        given=frozenset(name for name in _GIVEN if getattr(asked, name) not in (None, [])),
    )


def prompt_messages(history: Iterable[Message]) -> Iterator[PromptMessage]:
    """The turns a model should see: without replies that failed or were stopped with nothing."""
    names: dict[str, str] = {}
    for turn in history:
        if turn.role is not Role.ASSISTANT:
            yield PromptMessage(
                role=turn.role.value,
                content=turn.content,
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
