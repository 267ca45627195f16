"""Deletes audit rows that are older than wanted, and keeps the rest quick to search."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from mlx_manager.db.audit_hours import AuditHour
from mlx_manager.db.audit_logs import AuditLog
from mlx_manager.db.columns import utc_now
from mlx_manager.db.engine import Database
from mlx_manager.services.audit_query import HOUR_US, id_at
from mlx_manager.services.hourly_job import HourlyJob

logger = logging.getLogger(__name__)

ROWS_ANALYSED = 1000
ROWS_AT_ONCE = 2000
"""Deleted in one transaction: others wait for the write lock no longer than that takes."""


class AuditPurge:
    """An hourly job. ``retention_days`` 0 keeps every row for ever."""

    def __init__(
        self,
        database: Database,
        retention_days: Callable[[], int],
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._retention_days = retention_days
        self._clock = clock
        self.job = HourlyJob(self._run)

    async def purge(self) -> int:
        """Delete what is too old, and say how many rows that were. Raises ``SQLAlchemyError``."""
        days, purged = self._retention_days(), 0
        if days == 0:
            return 0
        oldest_kept = id_at(self._clock() - timedelta(days=days))
        # The oldest first: what is left is whole from some moment on, and its hours count that.
        old = select(AuditLog.id).where(col(AuditLog.id) < oldest_kept)
        some = old.order_by(col(AuditLog.id)).limit(ROWS_AT_ONCE)
        while True:
            async with self._database.writing() as session:
                gone = await session.exec(delete(AuditLog).where(col(AuditLog.id).in_(some)))
            purged += gone.rowcount
            if gone.rowcount < ROWS_AT_ONCE:
                break
        async with self._database.writing() as session:
            before = col(AuditHour.hour) < oldest_kept // HOUR_US
            await session.exec(delete(AuditHour).where(before))
        return purged

    async def analyse(self) -> None:
        """Tell SQLite how the rows are spread, so that it takes the index that narrows most: on a
        machine with one user theirs narrows nothing. Looks at a bounded sample.
        https://www.sqlite.org/lang_analyze.html
        """
        async with self._database.writing() as session:
            connection = await session.connection()
            await connection.execute(text(f"PRAGMA analysis_limit={ROWS_ANALYSED}"))
            await connection.execute(text("ANALYZE audit_logs"))

    async def _run(self) -> None:
        try:
            await self.analyse()
            if purged := await self.purge():
                days = self._retention_days()
                logger.info("Purged %d audit rows over %d days old", purged, days)
        except SQLAlchemyError as error:
            logger.warning("The audit could not be purged: %s", str(error).splitlines()[0])
