"""The ``usage_daily`` table: what was used, by day, user, key and model."""

from datetime import date

from sqlalchemy import Index
from sqlmodel import Field

from mlx_manager.db.columns import ID_LENGTH, Row


class UsageDaily(Row, table=True):
    """The sum of one day (UTC) of one user, key and model; upserted by the audit's writer.

    Only requests that a model took are counted. ``user_id`` and ``key_id`` are empty for callers
    without an account or key: a null would not be equal to itself in the primary key.
    ``duration_ms`` is the sum over the requests.
    """

    __tablename__ = "usage_daily"
    __table_args__ = (
        Index("ix_usage_daily_user_id_day", "user_id", "day"),
        Index("ix_usage_daily_key_id_day", "key_id", "day"),
        # The rows lie in the order of the key: the days of a report are next to each other.
        {"sqlite_with_rowid": False},
    )

    day: date = Field(primary_key=True)
    user_id: str = Field(default="", max_length=ID_LENGTH, primary_key=True)
    key_id: str = Field(default="", max_length=ID_LENGTH, primary_key=True)
    model: str = Field(max_length=500, primary_key=True)
    requests: int = 0
    failed: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    duration_ms: float = 0.0
