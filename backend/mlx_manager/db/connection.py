"""One connection to the SQLite file, whose end may come in the middle of anything."""

import asyncio
import contextlib
import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

import aiosqlite

_SETTINGS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON")
_ROWS_A_CHUNK = 64


class Connection(aiosqlite.Connection):
    """aiosqlite's, which may be told to end twice, and which ends when it is dropped.

    A request that is cut is cancelled wherever it waits, again and again until it ends (anyio's
    cancel scopes do so). SQLAlchemy then stops a connection that it is already closing: the thread
    would take the first word for the last and leave the second unanswered, and the closing task
    with it. One that is cut while SQLAlchemy still sets it up is dropped without a word.
    """

    def __init__(self, path: Path, busy_timeout_ms: int) -> None:
        self._stopping: asyncio.Future[Any] | None = None
        super().__init__(partial(_open, path, busy_timeout_ms), _ROWS_A_CHUNK)

    def stop(self) -> asyncio.Future[Any] | None:
        """Have the thread close what it opened, and end; the future tells when."""
        if self._stopping is None:
            self._stopping = super().stop()
        return self._stopping

    def __del__(self) -> None:
        if self._connection is not None:
            self.stop()


async def connect(path: Path, busy_timeout_ms: int) -> Connection:
    """A connection that is set up, and waits that long for other writers' locks. Raises
    ``sqlite3.Error``."""
    connection = Connection(path, busy_timeout_ms)
    # As SQLAlchemy has it: what nobody ends does not keep the process alive.
    connection._thread.daemon = True
    await connection
    return connection


class _Handle(sqlite3.Connection):
    """SQLite's own, which gives its lock back when it is closed, and is closed when it is dropped.

    With a statement left, which the cursor in a traceback is enough for, SQLite keeps a closed
    connection and its transaction until that is collected: nobody could write till then. And of one
    that was opened for somebody who left meanwhile Python 3.13 would complain.
    """

    def close(self) -> None:
        with contextlib.suppress(sqlite3.Error):  # closed before
            self.rollback()
        super().close()

    def __del__(self) -> None:
        self.close()


def _open(path: Path, busy_timeout_ms: int) -> sqlite3.Connection:
    """In the connection's own thread, in one go: nobody is cut in between."""
    # Python's sqlite3 would begin transactions by itself, deferred, and only before writes: a check
    # followed by a write could then be overtaken. SQLAlchemy begins them instead.
    opened = sqlite3.connect(path, factory=_Handle, isolation_level=None, check_same_thread=False)
    for setting in (f"busy_timeout={busy_timeout_ms}", *_SETTINGS):
        opened.execute(f"PRAGMA {setting}")
    return opened
