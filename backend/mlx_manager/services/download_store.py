"""Downloads in the database."""

import asyncio
from collections.abc import Sequence

from sqlalchemy import update
from sqlmodel import col, select

from mlx_manager.db.downloads import Download
from mlx_manager.db.engine import Database
from mlx_manager.errors import DownloadExists, NotFound
from mlx_manager.schemas.download import DownloadState
from mlx_manager.services.download_feed import KEPT_ENDED

_ENDED = (DownloadState.CANCELLED, DownloadState.COMPLETE)
_CHANGING = (
    "commit",
    "state",
    "bytes_total",
    "bytes_done",
    "etags",
    "problem",
    "finished_at",
)


class DownloadStore:
    """Rows in and out."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turn = asyncio.Lock()
        self._writes: set[asyncio.Task[None]] = set()

    async def add(self, row: Download) -> None:
        """Keep a new one. Raises ``DownloadExists`` while the model has one that is not ended."""
        unfinished = select(Download).where(
            Download.model == row.model, col(Download.state).not_in(_ENDED)
        )
        async with self._database.writing() as session:
            other = (await session.exec(unfinished)).first()
            if other is not None:
                raise DownloadExists(
                    f"There is a download of {row.model} that is {other.state.value}; "
                    "resume or cancel that one."
                )
            session.add(row)

    async def save(self, row: Download) -> None:
        """Keep what changes. It is kept also when the caller is cancelled meanwhile, and never
        overwritten by what an earlier call meant to write."""
        write = asyncio.create_task(self._save(row))
        self._writes.add(write)
        write.add_done_callback(self._writes.discard)
        await asyncio.shield(write)

    async def settle(self) -> None:
        """Wait for what is still being written."""
        await asyncio.gather(*self._writes)

    async def _save(self, row: Download) -> None:
        async with self._turn, self._database.writing() as session:
            values = {name: getattr(row, name) for name in _CHANGING}
            await session.exec(update(Download).where(col(Download.id) == row.id).values(values))

    async def find(self, download_id: str) -> Download:
        """One row. Raises ``NotFound``."""
        async with self._database.reading() as session:
            row = await session.get(Download, download_id)
        if row is None:
            raise NotFound("There is no such download.")
        return row

    async def unfinished(self) -> Sequence[Download]:
        """Those that go on or can, the oldest first."""
        query = select(Download).where(col(Download.state).not_in(_ENDED))
        async with self._database.reading() as session:
            return (await session.exec(query.order_by(col(Download.created_at)))).all()

    async def ended(self) -> Sequence[Download]:
        """The latest of the others."""
        query = select(Download).where(col(Download.state).in_(_ENDED))
        query = query.order_by(col(Download.created_at).desc()).limit(KEPT_ENDED)
        async with self._database.reading() as session:
            return (await session.exec(query)).all()
