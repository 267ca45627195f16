"""From a conversation's turns to the request that the spine takes."""

from collections.abc import Iterable, Iterator, Sequence

from mlx_manager.db.messages import Message
from mlx_manager.mlx_server.core.ids import ModelId, RequestId
from mlx_manager.mlx_server.core.principal import Principal
from mlx_manager.mlx_server.core.request import GenerationRequest, SamplingParams
from mlx_manager.mlx_server.core.request import Message as PromptMessage
from mlx_manager.mlx_server.core.request import ToolCall as PromptToolCall
from mlx_manager.schemas.message import MessageCreate, MessageStatus, Role

DEFAULT_TEMPERATURE = 0.7
"""For a chat that names none: lively, but less adrift than the API's 1.0."""


def reply_request(
    turn: MessageCreate,
    history: Sequence[Message],
    model: str,
    principal: Principal,
    request_id: str,
) -> GenerationRequest:
    """The request for a reply to the last turn of ``history`` (oldest first)."""
    return GenerationRequest(
        request_id=RequestId(request_id),
        model=ModelId(model),
        principal=principal,
        messages=tuple(prompt_messages(history)),
        sampling=SamplingParams(
            temperature=DEFAULT_TEMPERATURE if turn.temperature is None else turn.temperature,
            top_p=1.0 if turn.top_p is None else turn.top_p,
            seed=turn.seed,
        ),
        max_tokens=turn.max_tokens,
        tools=tuple(tool.model_dump(exclude_none=True) for tool in turn.tools),
        template_kwargs={} if turn.thinking is None else {"enable_thinking": turn.thinking},
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
