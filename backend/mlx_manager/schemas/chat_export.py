"""A file of chats, as ``/api/chat/export`` writes and ``/api/chat/import`` reads it.

Messages are numbered within their conversation; the ids of the database stay in it.
"""

from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from mlx_manager.schemas.conversation import ModelName, SystemPrompt, Title
from mlx_manager.schemas.folder import FolderName
from mlx_manager.schemas.json_schema import KeptSchema
from mlx_manager.schemas.message import (
    MOST_ATTACHMENTS,
    CallId,
    Content,
    MessageError,
    MessageStatus,
    MessageUsage,
    Role,
    ToolCall,
)
from mlx_manager.schemas.parameters import Parameters

_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _plausible(moment: datetime) -> datetime:
    if not _EARLIEST <= moment <= _LATEST:
        raise ValueError("a time from 1970 to 2200 is needed")
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_plausible)]
Number = Annotated[int, Field(ge=0, lt=2**31)]


class Exported(BaseModel):
    """What has only the fields that we wrote."""

    model_config = ConfigDict(extra="forbid")


class ExportedFile(Exported):
    """A file that came with a message."""

    name: Annotated[str, Field(min_length=1, max_length=255)]
    media_type: Annotated[str, Field(min_length=1, max_length=100)]
    content: Annotated[str, Field(max_length=1_048_576)]


class ExportedMessage(Exported):
    """One turn; ``parent`` is the number of the message that it follows."""

    id: Number
    parent: Number | None
    role: Role
    content: Content
    reasoning: Content = ""
    tool_calls: Annotated[list[ToolCall], Field(max_length=1000, default_factory=list)]
    tool_call_id: CallId | None = None
    files: Annotated[list[ExportedFile], Field(max_length=MOST_ATTACHMENTS, default_factory=list)]
    status: MessageStatus = MessageStatus.COMPLETE
    finish_reason: Annotated[str, Field(max_length=32)] | None = None
    error: MessageError | None = None
    usage: MessageUsage | None = None
    model: ModelName | None = None
    json_schema: KeptSchema | None = None
    created_at: Moment


class ExportedConversation(Exported):
    """One chat with all its branches; ``shown`` is the last message of the one that is shown."""

    title: Title
    model: ModelName
    folder: FolderName | None = None
    system_prompt: SystemPrompt | None = None
    parameters: Parameters = Parameters()
    created_at: Moment
    shown: Number | None = None
    messages: Annotated[list[ExportedMessage], Field(max_length=100_000)]

    @model_validator(mode="after")
    def _hang_together(self) -> Self:
        known: set[int] = set()
        for message in self.messages:
            if message.id in known:
                raise ValueError(f"two messages have the id {message.id}")
            if message.parent is not None and message.parent not in known:
                raise ValueError(f"message {message.id} follows one that does not come before it")
            known.add(message.id)
        if self.shown is not None and self.shown not in known:
            raise ValueError(f"shown names message {self.shown}, which is not there")
        return self


class ChatExport(Exported):
    """Some chats."""

    format: Literal["mlx-manager-chats"] = "mlx-manager-chats"
    version: Literal[1] = 1
    conversations: Annotated[list[ExportedConversation], Field(max_length=10_000)]


class ImportReply(BaseModel):
    """The chats that an import made, in the order of the file."""

    conversation_ids: list[str]
