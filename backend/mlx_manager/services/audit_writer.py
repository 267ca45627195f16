"""Audit rows and usage, written in batches by one task beside the requests."""

import asyncio
import contextlib
import logging
from collections import deque
from itertools import islice

from sqlalchemy.exc import DatabaseError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from mlx_manager.db.engine import Database
from mlx_manager.services.audit_row import UsageSums, Values
from mlx_manager.services.audit_store import AuditStore
from mlx_manager.services.unwritten_audit import UnwrittenAudit

logger = logging.getLogger(__name__)

BATCH_ROWS = 500
BATCH_SECONDS = 0.5
MOST_WAITING = 20_000
MOST_TEXT_WAITING = 32 * 1024 * 1024
FLUSH_SECONDS = 10.0
CLOSE_SECONDS = 3.0
"""How long a locked database may delay the end of the server; then the rows go to a file."""

_FIRST_RETRY_SECONDS, _LONGEST_RETRY_SECONDS = 0.25, 10.0


class AuditWriter:
    """A bounded queue and the one task that empties it.

    While the database cannot be written, rows wait and the log says so. When ``MOST_WAITING`` do,
    further ones are counted (``lost_rows``) and only their usage is kept. What still waits at the
    end goes to a file beside the database, and into the tables at the next start.
    """

    def __init__(self, database: Database) -> None:
        self._store = AuditStore(database)
        self._unwritten = UnwrittenAudit(database.path)
        self._rows: deque[Values] = deque()
        self._rowless = UsageSums()
        self._text_waiting = 0
        self._added = self._written = 0
        self._closing = False
        self._wake, self._hurry, self._progress = (asyncio.Event() for _ in range(3))
        self._task: asyncio.Task[None] | None = None
        self.lost_rows = 0
        self.problem: str | None = None

    @property
    def waiting_rows(self) -> int:
        """Rows that are not in the database yet."""
        return len(self._rows)

    async def start(self) -> None:
        """Begin to write, first what an earlier server could not."""
        left = await asyncio.to_thread(self._unwritten.read)
        for row in left:
            self.add(row)
        self._task = asyncio.create_task(self._run(forget=bool(left)))

    def add(self, row: Values) -> None:
        """Take one row; costs the request an append."""
        if len(self._rows) >= MOST_WAITING:
            if self.lost_rows == 0:
                logger.error("Over %d audit rows wait to be written; more are lost", MOST_WAITING)
            self.lost_rows += 1
            self._rowless.add(row)
            return
        size = len(row["body"] or "")
        if self._text_waiting + size > MOST_TEXT_WAITING:
            row["body"], size = None, 0
        self._text_waiting += size
        self._rows.append(row)
        self._added += 1
        self._wake.set()
        if len(self._rows) >= BATCH_ROWS:
            self._hurry.set()

    async def flush(self) -> None:
        """Wait until what was added so far is written, or for ``FLUSH_SECONDS``."""
        wanted = self._added
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FLUSH_SECONDS):
                while self._written < wanted:
                    self._hurry.set()
                    await self._progress.wait()

    async def close(self) -> None:
        """Write everything: in the database or, when that stays locked, in a file."""
        self._closing = True
        self._wake.set()
        self._hurry.set()
        if self._task is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._task, CLOSE_SECONDS)
        if self._rows:
            await asyncio.to_thread(self._unwritten.write, list(self._rows))
            logger.error(
                "%d audit rows could not be written (%s); they wait in %s for the next start",
                len(self._rows),
                self.problem,
                self._unwritten.path,
            )

    async def _run(self, *, forget: bool) -> None:
        while not (self._closing and not self._rows):
            await self._wake.wait()
            if not self._closing:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(BATCH_SECONDS):
                        await self._hurry.wait()
            await self._empty()
            if forget:
                await asyncio.to_thread(self._unwritten.forget)
                forget = False
            # Nothing is awaited between the last look at the queue and this.
            if not self._rows and not self._closing:
                self._wake.clear()
                self._hurry.clear()

    async def _empty(self) -> None:
        retry_seconds, one_by_one = _FIRST_RETRY_SECONDS, 0
        while self._rows:
            try:
                await self._write(list(islice(self._rows, 1 if one_by_one else BATCH_ROWS)))
            except Exception as error:
                if _is_the_databases(error):
                    self._tell(str(error).splitlines()[0])
                    await asyncio.sleep(retry_seconds)
                    retry_seconds = min(retry_seconds * 2, _LONGEST_RETRY_SECONDS)
                elif one_by_one:
                    self._drop_first(error)
                else:
                    one_by_one = BATCH_ROWS  # to find the row that cannot be written
            else:
                self._tell(None)
                retry_seconds, one_by_one = _FIRST_RETRY_SECONDS, max(0, one_by_one - 1)

    def _drop_first(self, error: Exception) -> None:
        """One row that can never be written must not keep all others from it."""
        row = self._rows.popleft()
        logger.error("The audit row of %s cannot be written", row["request_id"], exc_info=error)
        self._text_waiting -= len(row["body"] or "")
        self.lost_rows += 1
        self._written += 1

    async def _write(self, batch: list[Values]) -> None:
        rowless, self._rowless = self._rowless, UsageSums()
        try:
            await self._store.write(batch, rowless)
        except BaseException:
            self._rowless.merge(rowless)
            raise
        for _ in batch:
            self._text_waiting -= len(self._rows.popleft()["body"] or "")
        self._written += len(batch)
        self._progress.set()
        self._progress = asyncio.Event()

    def _tell(self, problem: str | None) -> None:
        if problem is not None and self.problem is None:
            logger.warning("The audit waits, with %d rows: %s", len(self._rows), problem)
        elif problem is None and self.problem is not None:
            logger.info("The audit is being written again")
        self.problem = problem


def _is_the_databases(error: Exception) -> bool:
    """Locked, full or broken: what would meet any row, and may pass."""
    return type(error) is DatabaseError or isinstance(
        error, OperationalError | InternalError | PoolTimeoutError
    )
