"""Deletes chats that nobody wrote in for longer than they are kept, and files that nobody used."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from mlx_manager.db.attachments import Attachment
from mlx_manager.db.columns import utc_now
from mlx_manager.db.conversations import Conversation
from mlx_manager.db.engine import Database
from mlx_manager.services.hourly_job import HourlyJob

logger = logging.getLogger(__name__)

UNUSED_FILE_AGE = timedelta(days=1)
CHATS_AT_ONCE = 50
"""Deleted in one transaction: others wait for the write lock no longer than that takes."""


class ChatPurge:
    """An hourly job. ``retention_days`` 0 keeps every chat for ever."""

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
        """Delete what is too old; how many chats that were. Raises ``SQLAlchemyError``."""
        await self._purge_files()
        days, purged = self._retention_days(), 0
        if days == 0:
            return 0
        oldest_kept = self._clock() - timedelta(days=days)
        some = (
            select(Conversation.id)
            .where(col(Conversation.updated_at) < oldest_kept)
            .limit(CHATS_AT_ONCE)
        )
        while True:
            async with self._database.writing() as session:
                old = delete(Conversation).where(col(Conversation.id).in_(some))
                gone = (await session.exec(old)).rowcount
            purged += gone
            if gone < CHATS_AT_ONCE:
                return purged

    async def _purge_files(self) -> None:
        unused = delete(Attachment).where(
            col(Attachment.conversation_id).is_(None),
            col(Attachment.created_at) < self._clock() - UNUSED_FILE_AGE,
        )
        async with self._database.writing() as session:
            await session.exec(unused)

    async def _run(self) -> None:
        try:
            if purged := await self.purge():
                days = self._retention_days()
                logger.info("Purged %d chats that were still for %d days", purged, days)
        except SQLAlchemyError as error:
            logger.warning("Chats could not be purged: %s", str(error).splitlines()[0])
