"""The ``folders`` table: where a user keeps chats apart."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, UniqueConstraint
from sqlmodel import Field

from mlx_manager.db.columns import Row, UtcDateTime, id_type, new_id, utc_now


class Folder(Row, table=True):
    """One folder of one user; deleted with its owner. Its chats outlive it, in no folder."""

    __tablename__ = "folders"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: str = Field(default_factory=new_id, sa_column=Column(id_type(), primary_key=True))
    user_id: str = Field(
        sa_column=Column(id_type(), ForeignKey("users.id", ondelete="CASCADE"), nullable=False)
    )
    name: str = Field(max_length=100)
    created_at: datetime = Field(
        default_factory=utc_now, sa_column=Column(UtcDateTime, nullable=False)
    )
