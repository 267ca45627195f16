"""The ``attachments`` table: text files that a user gave to a chat."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, Text
from sqlmodel import Field

from mlx_manager.db.columns import Row, UtcDateTime, id_type, new_id, utc_now


class Attachment(Row, table=True):
    """One file. It belongs to no chat until a message names it, and then to that one for good:
    it is deleted with it. ``size_bytes`` is that of ``content`` in UTF-8."""

    __tablename__ = "attachments"
    __table_args__ = (Index("ix_attachments_user_id_created_at", "user_id", "created_at"),)

    id: str = Field(default_factory=new_id, sa_column=Column(id_type(), primary_key=True))
    user_id: str = Field(
        sa_column=Column(id_type(), ForeignKey("users.id", ondelete="CASCADE"), nullable=False)
    )
    conversation_id: str | None = Field(
        default=None,
        sa_column=Column(
            id_type(),
            ForeignKey("conversations.id", ondelete="CASCADE"),
            nullable=True,
            index=True,
        ),
    )
    name: str = Field(max_length=255)
    media_type: str = Field(max_length=100)
    size_bytes: int
    content: str = Field(sa_column=Column(Text, nullable=False))
    created_at: datetime = Field(
        default_factory=utc_now, sa_column=Column(UtcDateTime, nullable=False)
    )
