"""What a watcher of a reply is sent: ``snapshot`` first, then deltas, ``done`` last."""

from typing import ClassVar

from pydantic import BaseModel

from mlx_manager.schemas.message import MessageReply


class SnapshotEvent(BaseModel):
    """The reply so far; deltas that follow are added to it."""

    event: ClassVar[str] = "snapshot"
    message: MessageReply


class ProgressEvent(BaseModel):
    """``processed`` of ``total`` prompt tokens are read."""

    event: ClassVar[str] = "progress"
    processed: int
    total: int


class TextEvent(BaseModel):
    """More of the answer."""

    event: ClassVar[str] = "text"
    delta: str


class ReasoningEvent(BaseModel):
    """More of the reasoning."""

    event: ClassVar[str] = "reasoning"
    delta: str


class ToolCallEvent(BaseModel):
    """A piece of the call at ``index``: ``id`` and ``name`` come once, then arguments."""

    event: ClassVar[str] = "tool_call"
    index: int
    id: str | None = None
    name: str | None = None
    arguments_delta: str | None = None


class DoneEvent(BaseModel):
    """The reply as it is kept; nothing follows."""

    event: ClassVar[str] = "done"
    message: MessageReply


ReplyEvent = SnapshotEvent | ProgressEvent | TextEvent | ReasoningEvent | ToolCallEvent | DoneEvent
