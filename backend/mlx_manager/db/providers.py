"""The ``providers`` table: other servers that may answer in this one's place."""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field

from mlx_manager.db.columns import JsonOf, Row, UtcDateTime, id_type, new_id, text_enum, utc_now
from mlx_manager.schemas.provider import ProviderKind


class Provider(Row, table=True):
    """One server. ``sealed_key`` is its key as ``SecretBox`` seals it; ``models`` are names that it
    is known to answer for. Times are in seconds."""

    __tablename__ = "providers"

    id: str = Field(default_factory=new_id, sa_column=Column(id_type(), primary_key=True))
    name: str = Field(max_length=64, unique=True)
    kind: ProviderKind = Field(sa_column=Column(text_enum(ProviderKind), nullable=False))
    base_url: str = Field(max_length=500)
    sealed_key: str | None = Field(default=None, max_length=8000)
    models: list[str] = Field(
        default_factory=list, sa_column=Column(JsonOf(list[str]), nullable=False)
    )
    is_enabled: bool = True
    connect_seconds: float = 5.0
    first_seconds: float = 120.0
    stall_seconds: float = 60.0
    created_at: datetime = Field(
        default_factory=utc_now, sa_column=Column(UtcDateTime, nullable=False, index=True)
    )
