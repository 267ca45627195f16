"""The ``responses`` table: what ``/v1/responses`` answered, so that it can be continued."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey
from sqlmodel import Field

from mlx_manager.db.columns import Row, UtcDateTime, id_type, utc_now


class Response(Row, table=True):
    """One response of one owner.

    ``owner`` is the scope of who asked (``Principal.scope``); ``user_id`` is set where that is an
    account, with which its responses are deleted. ``previous_id`` names the response this one
    continues; it may have been deleted. ``body`` and ``input_items`` are as they were sent.
    """

    __tablename__ = "responses"

    id: str = Field(max_length=64, primary_key=True)
    owner: str = Field(max_length=200)
    user_id: str | None = Field(
        default=None,
        sa_column=Column(
            id_type(), ForeignKey("users.id", ondelete="CASCADE"), nullable=True, index=True
        ),
    )
    previous_id: str | None = Field(default=None, max_length=64)
    body: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    input_items: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    created_at: datetime = Field(
        default_factory=utc_now, sa_column=Column(UtcDateTime, nullable=False, index=True)
    )
