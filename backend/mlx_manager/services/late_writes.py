"""Small notes for the database (when a key was used, a session seen) that no request waits for."""

import asyncio
import logging

from sqlalchemy import Update
from sqlalchemy.exc import SQLAlchemyError

from mlx_manager.db.engine import Database

logger = logging.getLogger(__name__)


class LateWrites:
    """Writes beside the requests; one that fails is told in the log and harms nobody."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writes: set[asyncio.Task[None]] = set()

    def add(self, statement: Update, what: str) -> None:
        """Execute ``statement`` soon; ``what`` names it in the log."""
        task = asyncio.get_running_loop().create_task(self._write(statement, what))
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)

    async def close(self) -> None:
        """Wait for what is still being written."""
        await asyncio.gather(*self._writes)

    async def _write(self, statement: Update, what: str) -> None:
        try:
            async with self._database.writing() as session:
                await session.exec(statement)
        except SQLAlchemyError as error:
            logger.warning("Could not write down %s: %s", what, error)
