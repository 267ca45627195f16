"""The ``downloads`` table: models on their way from the hub, and those that came."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Column, ForeignKey
from sqlmodel import Field

from mlx_manager.db.columns import JsonOf, Row, UtcDateTime, id_type, new_id, text_enum, utc_now
from mlx_manager.schemas.download import DownloadProblem, DownloadState


class Download(Row, table=True):
    """One download. What it needs to go on after a crash is here and in the cache's own files.

    ``commit`` is what ``revision`` named when it began: all its files are of that one. ``etags``
    names the blobs that were not in the cache before it, so that a cancel takes away those alone.
    ``bytes_done`` may be some seconds behind.
    """

    __tablename__ = "downloads"

    id: str = Field(default_factory=new_id, sa_column=Column(id_type(), primary_key=True))
    model: str = Field(max_length=200)
    revision: str = Field(default="main", max_length=200)
    commit: str | None = Field(default=None, max_length=64)
    state: DownloadState = Field(sa_column=Column(text_enum(DownloadState), nullable=False))
    bytes_total: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    bytes_done: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    etags: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    problem: DownloadProblem | None = Field(default=None, sa_column=Column(JsonOf(DownloadProblem)))
    user_id: str | None = Field(
        default=None,
        sa_column=Column(id_type(), ForeignKey("users.id", ondelete="SET NULL"), nullable=True),
    )
    created_at: datetime = Field(
        default_factory=utc_now, sa_column=Column(UtcDateTime, nullable=False, index=True)
    )
    finished_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime, nullable=True))
