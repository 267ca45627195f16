"""Conversations as ``/api/chat`` shows and takes them."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from mlx_manager.schemas.message import PlacedMessage
from mlx_manager.schemas.parameters import Parameters

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
ModelName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
FolderId = Annotated[str, Field(min_length=1, max_length=64)]
SystemPrompt = Annotated[str, Field(max_length=200_000)]


class ConversationCreate(BaseModel):
    """A new chat; without a title it takes one from its first message."""

    model_config = ConfigDict(extra="forbid")

    title: Title | None = None
    model: ModelName | None = None
    folder_id: FolderId | None = None
    system_prompt: SystemPrompt | None = None
    parameters: Parameters = Parameters()


class ConversationUpdate(BaseModel):
    """What to change; a field left out stays. A ``folder_id`` of null takes it out of its folder,
    a ``system_prompt`` of null takes that away; ``parameters`` are replaced as a whole."""

    model_config = ConfigDict(extra="forbid")

    title: Title | None = None
    model: ModelName | None = None
    folder_id: FolderId | None = None
    system_prompt: SystemPrompt | None = None
    parameters: Parameters | None = None


class ConversationReply(BaseModel):
    """One chat, as lists show it."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    title: str
    model: str
    folder_id: str | None
    created_at: datetime
    updated_at: datetime


class ConversationWhole(ConversationReply):
    """One chat with what holds for all its replies."""

    system_prompt: str | None
    parameters: Parameters


class ConversationDetail(ConversationWhole):
    """One chat with the turns of the branch that is shown, oldest first."""

    messages: list[PlacedMessage]
