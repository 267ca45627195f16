"""The ``messages`` table: the turns of the conversations."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Text, UniqueConstraint
from sqlmodel import Field

from mlx_manager.db.columns import JsonOf, Row, UtcDateTime, id_type, new_id, text_enum, utc_now
from mlx_manager.schemas.attachment import AttachmentRef
from mlx_manager.schemas.message import MessageError, MessageStatus, MessageUsage, Role, ToolCall


class Message(Row, table=True):
    """One turn. ``position`` counts from 0 within its conversation, in the order of writing, so a
    message's is greater than that of its ``parent_id``, the message that it follows. Messages
    with one parent are versions of each other: of a question that was edited, or of its reply.

    A reply is kept from its first moment as ``streaming`` and brought up to date while it runs.
    ``json_schema`` is what it was asked to follow.
    """

    __tablename__ = "messages"
    __table_args__ = (UniqueConstraint("conversation_id", "position"),)

    id: str = Field(default_factory=new_id, sa_column=Column(id_type(), primary_key=True))
    conversation_id: str = Field(
        sa_column=Column(
            id_type(), ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False
        )
    )
    # No cascade: SQLite ends one a thousand levels deep. Who deletes a branch deletes it whole.
    parent_id: str | None = Field(
        default=None,
        sa_column=Column(id_type(), ForeignKey("messages.id"), nullable=True, index=True),
    )
    position: int
    role: Role = Field(sa_column=Column(text_enum(Role), nullable=False))
    content: str = Field(default="", sa_column=Column(Text, nullable=False))
    reasoning: str = Field(default="", sa_column=Column(Text, nullable=False))
    tool_calls: list[ToolCall] = Field(
        default_factory=list, sa_column=Column(JsonOf(list[ToolCall]), nullable=False)
    )
    tool_call_id: str | None = Field(default=None, max_length=200)
    attachments: list[AttachmentRef] = Field(
        default_factory=list,
        sa_column=Column(JsonOf(list[AttachmentRef]), nullable=False, server_default="[]"),
    )
    status: MessageStatus = Field(
        default=MessageStatus.COMPLETE,
        sa_column=Column(text_enum(MessageStatus), nullable=False, index=True),
    )
    finish_reason: str | None = Field(default=None, max_length=32)
    error: MessageError | None = Field(default=None, sa_column=Column(JsonOf(MessageError)))
    usage: MessageUsage | None = Field(default=None, sa_column=Column(JsonOf(MessageUsage)))
    model: str | None = Field(default=None, max_length=500)
    json_schema: dict[str, Any] | None = Field(
        default=None, sa_column=Column(JsonOf(dict[str, Any]))
    )
    created_at: datetime = Field(
        default_factory=utc_now, sa_column=Column(UtcDateTime, nullable=False)
    )
