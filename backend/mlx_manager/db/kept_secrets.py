"""The ``kept_secrets`` table: what other services know us by, sealed."""

from datetime import datetime

from sqlalchemy import Column, Text
from sqlmodel import Field

from mlx_manager.db.columns import Row, UtcDateTime, utc_now


class KeptSecret(Row, table=True):
    """One secret of this server. ``sealed`` is what ``services.secret_box`` makes of it."""

    __tablename__ = "kept_secrets"

    name: str = Field(max_length=64, primary_key=True)
    sealed: str = Field(sa_column=Column(Text, nullable=False))
    updated_at: datetime = Field(
        default_factory=utc_now, sa_column=Column(UtcDateTime, nullable=False)
    )
