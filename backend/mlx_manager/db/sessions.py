"""The ``sessions`` table: where people are signed in."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index
from sqlmodel import Field

from mlx_manager.db.columns import Row, UtcDateTime, id_type, new_id, utc_now


class LoginSession(Row, table=True):
    """One sign-in of one user: a token is good only while the row that it names is here.

    ``address`` and ``agent`` are what the sign-in came from. ``last_seen_at`` may be some minutes
    behind. Deleted with its user.
    """

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_user_id_created_at", "user_id", "created_at"),)

    id: str = Field(default_factory=new_id, sa_column=Column(id_type(), primary_key=True))
    user_id: str = Field(
        sa_column=Column(id_type(), ForeignKey("users.id", ondelete="CASCADE"), nullable=False)
    )
    address: str = Field(max_length=64)
    agent: str = Field(max_length=200)
    created_at: datetime = Field(
        default_factory=utc_now, sa_column=Column(UtcDateTime, nullable=False)
    )
    last_seen_at: datetime = Field(
        default_factory=utc_now, sa_column=Column(UtcDateTime, nullable=False)
    )
    expires_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False, index=True))
