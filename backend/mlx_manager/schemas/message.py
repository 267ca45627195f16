"""Messages as ``/api/chat`` shows and takes them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mlx_manager.schemas.attachment import AttachmentRef
from mlx_manager.schemas.json_schema import KeptSchema
from mlx_manager.schemas.parameters import Parameters

MOST_ATTACHMENTS = 20


class Role(StrEnum):
    """Who speaks."""

    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


class MessageStatus(StrEnum):
    """Where a message stands; only replies are ever anything but complete."""

    STREAMING = "streaming"
    COMPLETE = "complete"
    STOPPED = "stopped"
    FAILED = "failed"


class ToolCall(BaseModel):
    """A call the model asked for; ``arguments`` is a JSON text."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    arguments: str


class MessageError(BaseModel):
    """Why a reply failed: a sentence and a code."""

    message: str
    code: str


class MessageUsage(BaseModel):
    """What a reply took: tokens, tokens a second while decoding, and milliseconds to the first.
    ``place`` is the server that wrote it, null for this one."""

    model_config = ConfigDict(allow_inf_nan=False)  # no JSON could say them

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    tokens_per_second: float | None
    time_to_first_token_ms: float | None
    place: str | None = None


class MessageReply(BaseModel):
    """One turn of a conversation. It follows ``parent_id``; one that follows nothing is the first
    of its branch. ``json_schema`` is what a reply was asked to follow."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    conversation_id: str
    parent_id: str | None
    role: Role
    content: str
    reasoning: str
    tool_calls: list[ToolCall]
    tool_call_id: str | None
    attachments: list[AttachmentRef]
    status: MessageStatus
    finish_reason: str | None
    error: MessageError | None
    usage: MessageUsage | None
    model: str | None
    json_schema: dict[str, Any] | None
    created_at: datetime


class PlacedMessage(MessageReply):
    """One turn of the branch that is shown. ``versions`` names every message in this place, itself
    among them, the oldest first: those that follow the same message. ``beside`` is the version that
    it is compared with, until one of the two is shown by itself."""

    versions: list[str]
    beside: MessageReply | None


class FunctionSpec(BaseModel):
    """The function of a tool, in OpenAI's form; ``parameters`` is a JSON Schema."""

    model_config = ConfigDict(extra="allow")

    name: Annotated[str, Field(min_length=1, max_length=128)]
    description: str | None = None
    parameters: dict[str, Any] | None = None


class ToolSpec(BaseModel):
    """A tool the model may call."""

    type: Literal["function"] = "function"
    function: FunctionSpec


Content = Annotated[str, Field(max_length=4_000_000)]
CallId = Annotated[str, Field(min_length=1, max_length=200)]
MessageName = Annotated[str, Field(min_length=1, max_length=64)]
Attachments = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=64)]],
    Field(max_length=MOST_ATTACHMENTS, default_factory=list),
]


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a new turn; ``attachments`` are ids."""

    role: Role
    content: str
    tool_call_id: str | None = None
    attachments: tuple[str, ...] = ()


class ReplyOptions(Parameters):
    """How the reply to a turn is to be made. Sampling left out takes the conversation's, then the
    model's. ``json_schema`` rules the answer's text."""

    model: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    tools: Annotated[list[ToolSpec], Field(max_length=128, default_factory=list)]
    json_schema: KeptSchema | None = None


class ReplyAgain(ReplyOptions):
    """Another reply to what was said already."""

    @property
    def said(self) -> list[Said]:
        """Nothing new."""
        return []


class MessageEdit(ReplyOptions):
    """What a person says instead, which starts a reply; ``attachments`` are all it comes with."""

    content: Content
    attachments: Attachments

    @property
    def said(self) -> list[Said]:
        """The turn's one message."""
        return [Said(Role.USER, self.content, attachments=tuple(self.attachments))]

    @model_validator(mode="after")
    def _say_something(self) -> Self:
        _require_words(self.content, self.attachments)
        return self


class MessageCreate(ReplyOptions):
    """A new turn, which starts a reply. It follows ``parent_id``, or when that is left out the last
    message of the branch that is shown. ``attachments`` are ids of uploaded files."""

    content: Content
    role: Literal["user", "tool"] = "user"
    tool_call_id: CallId | None = None
    parent_id: MessageName | None = None
    attachments: Attachments

    @property
    def said(self) -> list[Said]:
        """The turn's one message."""
        attachments = tuple(self.attachments)
        return [Said(Role(self.role), self.content, self.tool_call_id, attachments)]

    @model_validator(mode="after")
    def _say_something(self) -> Self:
        if self.role == "user":
            _require_words(self.content, self.attachments)
        elif self.attachments:
            raise ValueError("a tool's result has no attachments; put what it says into content")
        if self.role == "tool" and not self.tool_call_id:
            raise ValueError("a tool's result needs the tool_call_id that it answers")
        return self


def _require_words(content: str, attachments: list[str]) -> None:
    if not content.strip() and not attachments:
        raise ValueError("content is empty; write a message")
    if len(set(attachments)) < len(attachments):
        raise ValueError("attachments names a file twice; name each once")


class ToolResult(BaseModel):
    """What the tool returned to one call."""

    model_config = ConfigDict(extra="forbid")

    tool_call_id: CallId
    content: Content


class ResultsCreate(ReplyOptions):
    """The results of several calls, which start one reply."""

    results: Annotated[list[ToolResult], Field(min_length=1, max_length=128)]
    parent_id: MessageName | None = None

    @property
    def said(self) -> list[Said]:
        """A message each, in their order."""
        return [Said(Role.TOOL, result.content, result.tool_call_id) for result in self.results]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({result.tool_call_id for result in self.results}) < len(self.results):
            raise ValueError("two results answer one tool_call_id; give each call one")
        return self


class TurnReply(BaseModel):
    """What a new turn made: the message as kept, and the reply that has begun."""

    message: MessageReply
    reply: MessageReply


class ResultsReply(BaseModel):
    """What several results made: a message each as kept, and the one reply that has begun."""

    messages: list[MessageReply]
    reply: MessageReply


class AgainReply(BaseModel):
    """The reply that has begun, in the place of another, beside it, or where there was none."""

    reply: MessageReply
