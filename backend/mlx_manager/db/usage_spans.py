"""The ``usage_spans`` table: sums of several days, so that a long period is few rows."""

from datetime import date

from sqlalchemy import Index
from sqlmodel import Field

from mlx_manager.db.columns import ID_LENGTH, Row

SPAN_DAYS = (36, 6)
"""Lengths of spans, the longest first; each divides the one before."""


class UsageSpan(Row, table=True):
    """What ``usage_daily`` says of the ``days`` days from ``start``, added up.

    A span begins at a multiple of its length in days since 0001-01-01 (``date.toordinal``), so
    that a long span ends where shorter ones do. Other columns mean what they do there.
    """

    __tablename__ = "usage_spans"
    __table_args__ = (
        Index("ix_usage_spans_user_id_days_start", "user_id", "days", "start"),
        {"sqlite_with_rowid": False},
    )

    days: int = Field(primary_key=True)
    start: date = Field(primary_key=True)
    user_id: str = Field(default="", max_length=ID_LENGTH, primary_key=True)
    key_id: str = Field(default="", max_length=ID_LENGTH, primary_key=True)
    model: str = Field(max_length=500, primary_key=True)
    requests: int = 0
    failed: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    duration_ms: float = 0.0
