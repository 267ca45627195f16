"""The ``server_profiles`` table: names that clients call, and what stands behind them."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index
from sqlmodel import Field

from mlx_manager.db.columns import (
    JsonOf,
    Row,
    UtcDateTime,
    id_type,
    new_id,
    text_enum,
    utc_now,
)
from mlx_manager.schemas.profile import PlacementKind, ProfileDefaults


class ServerProfile(Row, table=True):
    """One profile; ``user_id`` is who made it, and leaving takes nothing with it.

    ``idle_seconds`` None follows the server's setting, 0 never unloads.
    """

    __tablename__ = "server_profiles"
    __table_args__ = (Index("ix_server_profiles_model", "model"),)

    id: str = Field(default_factory=new_id, sa_column=Column(id_type(), primary_key=True))
    name: str = Field(max_length=100, unique=True)
    model: str = Field(max_length=500)
    adapter: str | None = Field(default=None, max_length=1000)
    description: str = Field(default="", max_length=500)
    defaults: ProfileDefaults = Field(
        default_factory=ProfileDefaults, sa_column=Column(JsonOf(ProfileDefaults), nullable=False)
    )
    placement: PlacementKind = Field(
        default=PlacementKind.EMBEDDED,
        sa_column=Column(text_enum(PlacementKind), nullable=False),
    )
    pinned: bool = False
    start_with_server: bool = False
    idle_seconds: float | None = None
    log_level: str = Field(default="INFO", max_length=8)
    user_id: str | None = Field(
        default=None,
        sa_column=Column(id_type(), ForeignKey("users.id", ondelete="SET NULL"), nullable=True),
    )
    created_at: datetime = Field(
        default_factory=utc_now, sa_column=Column(UtcDateTime, nullable=False, index=True)
    )
    updated_at: datetime = Field(
        default_factory=utc_now, sa_column=Column(UtcDateTime, nullable=False)
    )
