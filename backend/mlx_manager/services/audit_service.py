"""The audit as administrators read it: pages, numbers, and the whole of it as a file."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from mlx_manager.db.api_keys import ApiKey
from mlx_manager.db.audit_logs import AuditLog
from mlx_manager.db.columns import utc_now
from mlx_manager.db.engine import Database
from mlx_manager.db.users import User
from mlx_manager.schemas.audit import (
    AuditFilter,
    AuditFormat,
    AuditReply,
    AuditStatistics,
    StatusCount,
)
from mlx_manager.services.audit_query import EPOCH, conditions, cursor_of, moment_of
from mlx_manager.services.audit_row import FAILED_FROM
from mlx_manager.services.audit_statistics import count_by_status
from mlx_manager.services.audit_writer import AuditWriter
from mlx_manager.services.paging import Cursor, Slice, take_slice

EXPORT_ROWS = 1000
STATISTICS_PERIOD = timedelta(days=1)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class AuditService:
    """Reads what ``AuditWriter`` writes; a reader sees every request that ended before theirs."""

    def __init__(self, database: Database, writer: AuditWriter) -> None:
        self._database = database
        self._writer = writer

    async def page(
        self, wanted: AuditFilter, limit: int, after: Cursor | None
    ) -> Slice[AuditReply]:
        """Rows, the newest first. Raises ``BadCursor``."""
        await self._writer.flush()
        async with self._database.reading() as session:
            rows = await _read(session, wanted, limit + 1, after)
        return take_slice(rows, limit, cursor_of)

    async def statistics(self, wanted: AuditFilter) -> AuditStatistics:
        """The numbers of a period, the last day unless the filter says otherwise."""
        await self._writer.flush()
        until = wanted.until or utc_now()
        since = wanted.since or max(until, EPOCH) - STATISTICS_PERIOD
        period = wanted.model_copy(update={"since": since, "until": until})
        async with self._database.reading() as session:
            oldest = (await session.exec(select(func.min(AuditLog.id)))).one()
            found = {} if oldest is None else await count_by_status(session, period, oldest)
        return AuditStatistics(
            since=since,
            until=until,
            requests=sum(found.values()),
            failed=sum(count for status, count in found.items() if status >= FAILED_FROM),
            by_status=[StatusCount(status=code, requests=count) for code, count in found.items()],
            oldest=None if oldest is None else moment_of(oldest),
            waiting_rows=self._writer.waiting_rows,
            lost_rows=self._writer.lost_rows,
            problem=self._writer.problem,
        )

    async def export(self, wanted: AuditFilter, kind: AuditFormat) -> AsyncIterator[str]:
        """Every row that is meant, the newest first, a thousand at a time.

        Each piece is a read of its own, so that a slow reader holds no snapshot open, which would
        keep SQLite from emptying its log.
        """
        await self._writer.flush()
        after: Cursor | None = None
        if kind == "csv":
            yield _csv([list(AuditReply.model_fields)])
        while True:
            async with self._database.reading() as session:
                rows = await _read(session, wanted, EXPORT_ROWS, after)
            if kind == "csv":
                yield _csv([[_cell(value) for value in dict(row).values()] for row in rows])
            else:
                yield "".join(row.model_dump_json() + "\n" for row in rows)
            if len(rows) < EXPORT_ROWS:
                return
            after = cursor_of(rows[-1])


async def _read(
    session: AsyncSession, wanted: AuditFilter, limit: int, after: Cursor | None
) -> list[AuditReply]:
    named = (
        select(AuditLog, User.email, ApiKey.name)
        .outerjoin(User, col(User.id) == col(AuditLog.user_id))
        .outerjoin(ApiKey, col(ApiKey.id) == col(AuditLog.key_id))
    )
    meant = named.where(*conditions(wanted, after))
    query = meant.order_by(col(AuditLog.id).desc()).limit(limit)
    return [
        AuditReply(**row.model_dump(), user_email=email, key_name=key_name)
        for row, email, key_name in await session.exec(query)
    ]


def _csv(rows: list[list[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)  # RFC 4180
    return text.getvalue()


def _cell(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula is quoted: callers choose some of it."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value.isoformat() if isinstance(value, datetime) else value
