"""Conversations as ``/api/chat`` shows and takes them."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from mlx_manager.schemas.message import MessageReply

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
ModelName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class ConversationCreate(BaseModel):
    """A new chat; without a title it takes one from its first message."""

    model_config = ConfigDict(extra="forbid")

    title: Title | None = None
    model: ModelName | None = None


class ConversationUpdate(BaseModel):
    """What to change; a field left out stays."""

    model_config = ConfigDict(extra="forbid")

    title: Title | None = None
    model: ModelName | None = None


class ConversationReply(BaseModel):
    """One chat."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    title: str
    model: str
    created_at: datetime
    updated_at: datetime


class ConversationDetail(ConversationReply):
    """One chat with its turns, oldest first."""

    messages: list[MessageReply]
