"""The ``conversations`` table: a user's chats."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, Text
from sqlmodel import Field

from mlx_manager.db.columns import JsonOf, Row, UtcDateTime, id_type, new_id, utc_now
from mlx_manager.schemas.parameters import Parameters


class Conversation(Row, table=True):
    """One chat of one user; deleted with its owner. ``updated_at`` is its newest message's time.

    Its messages are a tree; ``active_leaf_id`` is the last message of the branch that is shown,
    and ``beside_leaf_id`` another version of it, shown beside it until one of the two is chosen.
    ``system_prompt`` and ``parameters`` hold for every reply that does not say otherwise.
    """

    __tablename__ = "conversations"
    __table_args__ = (Index("ix_conversations_user_id_updated_at", "user_id", "updated_at"),)

    id: str = Field(default_factory=new_id, sa_column=Column(id_type(), primary_key=True))
    user_id: str = Field(
        sa_column=Column(id_type(), ForeignKey("users.id", ondelete="CASCADE"), nullable=False)
    )
    title: str = Field(max_length=200)
    model: str = Field(max_length=500)
    folder_id: str | None = Field(
        default=None,
        sa_column=Column(id_type(), ForeignKey("folders.id"), nullable=True, index=True),
    )
    system_prompt: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    parameters: Parameters = Field(
        default_factory=Parameters,
        sa_column=Column(JsonOf(Parameters), nullable=False, server_default="{}"),
    )
    active_leaf_id: str | None = Field(default=None, sa_column=Column(id_type(), nullable=True))
    beside_leaf_id: str | None = Field(default=None, sa_column=Column(id_type(), nullable=True))
    created_at: datetime = Field(
        default_factory=utc_now, sa_column=Column(UtcDateTime, nullable=False)
    )
    updated_at: datetime = Field(
        default_factory=utc_now, sa_column=Column(UtcDateTime, nullable=False)
    )
