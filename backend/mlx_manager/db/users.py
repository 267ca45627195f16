"""The ``users`` table: who may sign in, and as what."""

from datetime import datetime

from sqlalchemy import Boolean, Column, false
from sqlmodel import Field

from mlx_manager.db.columns import Row, UtcDateTime, id_type, new_id, text_enum, utc_now
from mlx_manager.schemas.account import UserStatus


class User(Row, table=True):
    """One account.

    ``email`` is kept in lower case. A token is good only while the ``token_version`` in it equals
    the row's; raising it ends every token given out before. What a
    ``local_only`` one asks never leaves this machine.
    """

    __tablename__ = "users"

    id: str = Field(default_factory=new_id, sa_column=Column(id_type(), primary_key=True))
    email: str = Field(max_length=254, unique=True)
    password_hash: str = Field(max_length=255)
    status: UserStatus = Field(sa_column=Column(text_enum(UserStatus), nullable=False))
    is_admin: bool = False
    token_version: int = 0
    local_only: bool = Field(
        default=False, sa_column=Column(Boolean, nullable=False, server_default=false())
    )
    created_at: datetime = Field(
        default_factory=utc_now, sa_column=Column(UtcDateTime, nullable=False, index=True)
    )
