"""The ``usage_days`` table: what each day came to, for those who look at days."""

from datetime import date

from sqlmodel import Field

from mlx_manager.db.columns import ID_LENGTH, Row

EVERYBODY = "*"
"""In place of a user's id: the sum over all of them."""


class UsageDay(Row, table=True):
    """``usage_daily`` added up over keys and, in the rows of ``EVERYBODY``, over users."""

    __tablename__ = "usage_days"
    # A user's days are next to each other.
    __table_args__ = ({"sqlite_with_rowid": False},)

    user_id: str = Field(max_length=ID_LENGTH, primary_key=True)
    day: date = Field(primary_key=True)
    model: str = Field(max_length=500, primary_key=True)
    requests: int = 0
    failed: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    duration_ms: float = 0.0
