"""The connections to the database: one asynchronous engine, and two ways to use it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from mlx_manager.db.connection import connect

BUSY_TIMEOUT_MS = 5_000


class Database:
    """The manager's SQLite file, already at the newest revision (``prepare`` sees to that).

    Nothing is opened before the first use.
    """

    def __init__(self, path: Path, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> None:
        self.path = path
        self._engine = create_async_engine(
            f"sqlite+aiosqlite:///{path}", async_creator=partial(connect, path, busy_timeout_ms)
        )
        _begin_as_told(self._engine)
        # Both share one pool; they differ in how a transaction begins.
        self._writer = self._engine.execution_options(begin="BEGIN IMMEDIATE")

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session that sees one snapshot and changes nothing."""
        async with AsyncSession(self._engine, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """A session that holds the write lock from its first statement, and commits at the end.

        What it reads cannot change under it, so checks made inside it hold. An exception rolls
        everything back.
        """
        async with AsyncSession(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    async def check(self) -> None:
        """Ask the database something; raises ``SQLAlchemyError`` when it does not answer."""
        async with self._engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every connection and its thread."""
        await self._engine.dispose()


def _begin_as_told(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))
        # After another connection's ANALYZE, SQLite 3.40 says of a table with triggers into a
        # full-text index that there is no such table, when the first statement here changes it.
        # A read has the schema looked at anew.
        connection.exec_driver_sql("SELECT 1 FROM sqlite_master LIMIT 1")
