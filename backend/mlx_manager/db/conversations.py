"""The ``conversations`` table: a user's chats."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index
from sqlmodel import Field

from mlx_manager.db.columns import Row, UtcDateTime, id_type, new_id, utc_now


class Conversation(Row, table=True):
    """One chat of one user; deleted with its owner. ``updated_at`` is its newest message's time."""

    __tablename__ = "conversations"
    __table_args__ = (Index("ix_conversations_user_id_updated_at", "user_id", "updated_at"),)

    id: str = Field(default_factory=new_id, sa_column=Column(id_type(), primary_key=True))
    user_id: str = Field(
        sa_column=Column(id_type(), ForeignKey("users.id", ondelete="CASCADE"), nullable=False)
    )
    title: str = Field(max_length=200)
    model: str = Field(max_length=500)
    created_at: datetime = Field(
        default_factory=utc_now, sa_column=Column(UtcDateTime, nullable=False)
    )
    updated_at: datetime = Field(
        default_factory=utc_now, sa_column=Column(UtcDateTime, nullable=False)
    )
