"""Events -> one whole message."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import from_json

from mlx_manager.mlx_server.core.events import (
    Finished,
    GenerationEvent,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
)
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.dialects.anthropic.usage import ending, message_head, usage_body


@dataclass(slots=True)
class _Block:
    """A content block being collected; ``pieces`` are texts or fragments of JSON."""

    type: str
    call_id: str = ""
    name: str = ""
    pieces: list[str] = field(default_factory=list)

    def to_body(self, *, shows_thinking: bool) -> dict[str, Any]:
        whole = "".join(self.pieces)
        if self.type == "text":
            return {"type": "text", "text": whole}
        if self.type == "thinking":
            thinking = whole if shows_thinking else ""
            return {"type": "thinking", "thinking": thinking, "signature": ""}
        arguments = _arguments(whole)
        return {"type": "tool_use", "id": self.call_id, "name": self.name, "input": arguments}


@dataclass(frozen=True, slots=True)
class WholeMessage:
    """The body of a reply, and the event that ended it."""

    body: dict[str, Any]
    finished: Finished


async def collect_message(
    model: ModelId, events: AsyncIterator[GenerationEvent], *, shows_thinking: bool = True
) -> WholeMessage:
    """Walk to the end, the blocks in the order in which the model wrote them. Raises as
    ``generate`` does."""
    blocks: list[_Block] = []
    finished: Finished | None = None
    async for event in events:
        match event:
            case TextDelta(text=text):
                _open(blocks, "text").pieces.append(text)
            case ReasoningDelta(text=text):
                _open(blocks, "thinking").pieces.append(text)
            case ToolCallDelta(id=None, arguments=arguments):
                blocks[-1].pieces.append(arguments)
            case ToolCallDelta():
                call = _Block("tool_use", event.id or "", event.name or "", [event.arguments])
                blocks.append(call)
            case Finished():
                finished = event
            case _:
                pass
    if finished is None:
        raise RuntimeError("generation ended without Finished")
    body = {
        **message_head(model),
        "content": [block.to_body(shows_thinking=shows_thinking) for block in blocks],
        **ending(finished),
        "usage": usage_body(finished.usage),
    }
    return WholeMessage(body, finished)


def _open(blocks: list[_Block], kind: str) -> _Block:
    if not blocks or blocks[-1].type != kind:
        blocks.append(_Block(kind))
    return blocks[-1]


def _arguments(text: str) -> Any:
    """The input of a call; of one that ``max_tokens`` cut off, as much as was written."""
    try:
        return from_json(text or "{}", allow_partial=True, allow_inf_nan=False)
    except ValueError:
        return {}
