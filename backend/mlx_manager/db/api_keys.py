"""The ``api_keys`` table: what programs show at ``/v1``."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, false
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
from mlx_manager.schemas.key import KeyPriority


class ApiKey(Row, table=True):
    """One key of one user, deleted with its owner; a revoked key has no row.

    ``key_hash`` is the key's SHA-256 in hexadecimal digits, ``prefix`` its first characters, by
    which a person knows it again. ``last_used_at`` may be a minute behind. Of the limits None is
    none; days are those of UTC. What a ``local_only`` one asks never leaves this machine.
    """

    __tablename__ = "api_keys"
    __table_args__ = (Index("ix_api_keys_user_id_created_at", "user_id", "created_at"),)

    id: str = Field(default_factory=new_id, sa_column=Column(id_type(), primary_key=True))
    user_id: str = Field(
        sa_column=Column(id_type(), ForeignKey("users.id", ondelete="CASCADE"), nullable=False)
    )
    name: str = Field(max_length=100)
    key_hash: str = Field(max_length=64, unique=True)
    prefix: str = Field(max_length=16)
    created_at: datetime = Field(
        default_factory=utc_now, sa_column=Column(UtcDateTime, nullable=False, index=True)
    )
    last_used_at: datetime | None = Field(
        default=None, sa_column=Column(UtcDateTime, nullable=True)
    )
    expires_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime, nullable=True))
    allowed_models: list[str] | None = Field(
        default=None, sa_column=Column(JsonOf(list[str]), nullable=True)
    )
    requests_per_minute: int | None = None
    tokens_per_day: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    priority: KeyPriority = Field(
        default=KeyPriority.NORMAL,
        sa_column=Column(text_enum(KeyPriority), nullable=False, server_default="normal"),
    )
    local_only: bool = Field(
        default=False, sa_column=Column(Boolean, nullable=False, server_default=false())
    )
