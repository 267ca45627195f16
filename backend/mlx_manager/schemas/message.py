"""Messages as ``/api/chat`` shows and takes them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


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

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    tokens_per_second: float | None
    time_to_first_token_ms: float | None
    place: str | None = None


class MessageReply(BaseModel):
    """One turn of a conversation."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    conversation_id: str
    role: Role
    content: str
    reasoning: str
    tool_calls: list[ToolCall]
    tool_call_id: str | None
    status: MessageStatus
    finish_reason: str | None
    error: MessageError | None
    usage: MessageUsage | None
    model: str | None
    created_at: datetime


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


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a new turn."""

    role: Role
    content: str
    tool_call_id: str | None = None


class ReplyOptions(BaseModel):
    """How the reply to a new turn is to be made. Sampling left out takes the server's defaults."""

    model_config = ConfigDict(extra="forbid")

    model: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    thinking: bool | None = None
    tools: Annotated[list[ToolSpec], Field(max_length=128)] = []
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    max_tokens: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**63)] | None = None


class MessageCreate(ReplyOptions):
    """A new turn, which starts a reply."""

    content: Content
    role: Literal["user", "tool"] = "user"
    tool_call_id: CallId | None = None

    @property
    def said(self) -> list[Said]:
        """The turn's one message."""
        return [Said(Role(self.role), self.content, self.tool_call_id)]

    @model_validator(mode="after")
    def _say_something(self) -> Self:
        if self.role == "user" and not self.content.strip():
            raise ValueError("content is empty; write a message")
        if self.role == "tool" and not self.tool_call_id:
            raise ValueError("a tool's result needs the tool_call_id that it answers")
        return self


class ToolResult(BaseModel):
    """What the tool returned to one call."""

    model_config = ConfigDict(extra="forbid")

    tool_call_id: CallId
    content: Content


class ResultsCreate(ReplyOptions):
    """The results of several calls, which start one reply."""

    results: Annotated[list[ToolResult], Field(min_length=1, max_length=128)]

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
