"""The ``settings`` table: what an administrator changed while the server ran."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field

from mlx_manager.db.columns import Row, UtcDateTime, utc_now


class Setting(Row, table=True):
    """One value by its name; a setting without a row has its default."""

    __tablename__ = "settings"

    name: str = Field(max_length=64, primary_key=True)
    value: Any = Field(sa_column=Column(JSON, nullable=False))
    updated_at: datetime = Field(
        default_factory=utc_now, sa_column=Column(UtcDateTime, nullable=False)
    )
