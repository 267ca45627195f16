"""Audit rows as ``/api/audit`` shows them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

AuditFormat = Literal["jsonl", "csv"]


class AuditFilter(BaseModel):
    """Which rows are meant: those that fit everything given. Times are of the requests' ends, with
    their time zone; ``until`` itself is not meant. ``failed`` is a status of 400 or over."""

    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    area: Literal["api", "v1"] | None = None
    user_id: Annotated[str | None, Field(max_length=32)] = None
    key_id: Annotated[str | None, Field(max_length=32)] = None
    model: Annotated[str | None, Field(max_length=500)] = None
    request_id: Annotated[str | None, Field(max_length=128)] = None
    failed: bool | None = None


class AuditPage(AuditFilter):
    """``limit`` of those rows, from where the page before ended."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Field(max_length=200)] = None


class AuditExport(AuditFilter):
    """All of those rows, as a file."""

    format: AuditFormat = "jsonl"


class AuditReply(BaseModel):
    """One finished request. ``user_email`` and ``key_name`` are null where those are gone;
    ``place`` is the server that answered, null for this one; ``body`` is what was asked, where an
    administrator had it kept."""

    id: int
    started_at: datetime
    request_id: str
    area: str
    method: str
    path: str
    status: int
    error: str | None
    caller: str | None
    user_id: str | None
    user_email: str | None = None
    key_id: str | None
    key_name: str | None = None
    model: str | None
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    queue_ms: float
    prefill_ms: float
    decode_ms: float
    duration_ms: float
    client: str | None
    agent: str
    place: str | None
    body: str | None


class StatusCount(BaseModel):
    """How many requests ended with a status."""

    status: int
    requests: int


class AuditStatistics(BaseModel):
    """A period in numbers, and how the audit's writer is doing: ``lost_rows`` were one too many to
    wait, ``problem`` is why rows wait longer than a moment."""

    since: datetime
    until: datetime
    requests: int
    failed: int
    by_status: list[StatusCount]
    oldest: datetime | None
    waiting_rows: int
    lost_rows: int
    problem: str | None
