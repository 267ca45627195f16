"""Attachments as ``/api/chat`` shows them."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class AttachmentRef(BaseModel):
    """A file that came with a message."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    media_type: str
    size_bytes: int


class AttachmentReply(AttachmentRef):
    """One file; without a conversation it waits for the message that names it."""

    conversation_id: str | None
    created_at: datetime
