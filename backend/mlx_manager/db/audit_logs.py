"""The ``audit_logs`` table: who called what, when, and what became of it."""

from datetime import datetime

from sqlalchemy import Column, Index, Integer, Text, text
from sqlmodel import Field

from mlx_manager.db.columns import ID_LENGTH, Row, UtcDateTime


class AuditLog(Row, table=True):
    """One finished request.

    ``id`` is the time it was written at in microseconds since 1970, made unique and rising: order,
    cursor, range of time and purge are all one walk along the primary key, and every index carries
    it for nothing. ``started_at`` is what the clock said. Accounts and keys are named without a
    foreign key, because rows outlive them. ``area`` is ``api`` or ``v1``; ``caller`` is how they
    proved who they are (``local``, ``user``, ``key``), or null for nobody we know. ``status`` is
    that of the request's end; ``place`` is the machine that answered,
    null for this one. ``body`` is null unless an administrator had it kept.
    """

    __tablename__ = "audit_logs"
    __table_args__ = (
        # With what filters and numbers ask for, so that neither has to look at the rows.
        Index("ix_audit_logs_user_id", "user_id", "id", "status", "area"),
        Index("ix_audit_logs_key_id", "key_id", "id", "status", "area"),
        Index("ix_audit_logs_model", "model", "id", "status", "area"),
        Index("ix_audit_logs_request_id", "request_id"),
        # Failures and changes are few, and looked for often.
        Index("ix_audit_logs_failed", "id", sqlite_where=text("status >= 400")),
        Index("ix_audit_logs_changes", "id", sqlite_where=text("area = 'api'")),
    )

    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    started_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    request_id: str = Field(max_length=128)
    area: str = Field(max_length=8)
    method: str = Field(max_length=16)
    path: str = Field(max_length=500)
    status: int
    error: str | None = Field(default=None, max_length=64)
    caller: str | None = Field(default=None, max_length=16)
    user_id: str | None = Field(default=None, max_length=ID_LENGTH)
    key_id: str | None = Field(default=None, max_length=ID_LENGTH)
    model: str | None = Field(default=None, max_length=500)
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    queue_ms: float = 0.0
    prefill_ms: float = 0.0
    decode_ms: float = 0.0
    duration_ms: float = 0.0
    client: str | None = Field(default=None, max_length=64)
    agent: str = Field(default="", max_length=200)
    place: str | None = Field(default=None, max_length=64)
    body: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
