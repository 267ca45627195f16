"""Downloads: queued, run a few at a time, tried again, paused, and gone on with after a crash."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from pathlib import Path

from mlx_manager.config import ManagerSettings
from mlx_manager.db.downloads import Download
from mlx_manager.db.engine import Database
from mlx_manager.db.users import User
from mlx_manager.errors import DownloadEnded, OfflineMode, ShuttingDown
from mlx_manager.schemas.download import (
    DownloadCreate,
    DownloadFeedEvent,
    DownloadReply,
    DownloadState,
)
from mlx_manager.services.download_feed import DownloadFeed
from mlx_manager.services.download_run import DownloadRun
from mlx_manager.services.download_store import DownloadStore
from mlx_manager.services.hf_api import OFFLINE
from mlx_manager.services.hf_client.cache_folder import CacheFolder, sweep
from mlx_manager.services.hub_access import HubAccess
from mlx_manager.services.live_download import LiveDownload

logger = logging.getLogger(__name__)

_AT_REST = {DownloadState.PAUSED, DownloadState.FAILED}


class DownloadService:
    """Everybody's downloads. Those that are not ended are in memory; the database follows."""

    def __init__(self, database: Database, settings: ManagerSettings, access: HubAccess) -> None:
        self._store = DownloadStore(database)
        self._settings = settings
        self._access = access
        self._feed = DownloadFeed()
        self._live: dict[str, LiveDownload] = {}
        self._places = asyncio.Semaphore(settings.max_downloads)
        self._closing = False

    async def begin(self) -> None:
        """Show what there is, and go on with what a stop or a crash interrupted."""
        await asyncio.to_thread(sweep, self._cache)
        for row in await self._store.ended():
            self._feed.publish(LiveDownload(row).reply())
        for row in await self._store.unfinished():
            live = self._live[row.id] = LiveDownload(row)
            if row.state not in _AT_REST and self._settings.offline_mode:
                live.enter(DownloadState.PAUSED)
            if row.state in _AT_REST:
                self._feed.publish(live.reply())
            else:
                self._start(live)

    async def create(self, user: User, body: DownloadCreate) -> DownloadReply:
        """Queue a model. Raises ``OfflineMode``, ``DownloadExists`` or ``ShuttingDown``."""
        self._require_online()
        row = Download(
            model=body.model,
            revision=body.revision,
            state=DownloadState.QUEUED,
            user_id=user.id,
        )
        await self._store.add(row)
        live = self._live[row.id] = LiveDownload(row)
        self._start(live)
        return live.reply()

    async def find(self, download_id: str) -> DownloadReply:
        """One of them, running or long ended. Raises ``NotFound``."""
        live = self._live.get(download_id)
        return (live or LiveDownload(await self._store.find(download_id))).reply()

    def watch(self) -> AsyncGenerator[DownloadFeedEvent, None]:
        """All downloads now, then every change."""
        return self._feed.watch()

    def latest(self) -> list[DownloadReply]:
        """What a watcher would be shown first."""
        return self._feed.latest()

    def is_downloading(self, model: str) -> bool:
        """Whether a download of this model is not ended."""
        return any(live.row.model == model for live in self._live.values())

    async def pause(self, download_id: str) -> DownloadReply:
        """Stop at once and keep what has come. Raises ``NotFound`` or ``DownloadEnded``."""
        live = await self._unfinished(download_id, "paused")
        async with live.turn:
            if live.row.state not in _AT_REST:
                await _stop(live)
                if not live.has_ended:
                    await self._enter(live, DownloadState.PAUSED)
        return live.reply()

    async def resume(self, download_id: str) -> DownloadReply:
        """Go on. Raises ``NotFound``, ``DownloadEnded``, ``OfflineMode``, ``ShuttingDown``."""
        live = await self._unfinished(download_id, "resumed")
        self._require_online()
        async with live.turn:
            if live.row.state is DownloadState.WAITING:
                await _stop(live)  # no need to wait any longer
            elif live.row.state not in _AT_REST:
                return live.reply()  # under way, or complete by now
            await self._enter(live, DownloadState.QUEUED)
            self._start(live)
        return live.reply()

    async def cancel(self, download_id: str) -> DownloadReply:
        """Stop, and take away what came. Raises ``NotFound`` or ``DownloadEnded``."""
        live = await self._unfinished(download_id, "cancelled")
        async with live.turn:
            await _stop(live)
            if not live.has_ended:
                folder = CacheFolder(self._cache, live.row.model)
                await asyncio.to_thread(folder.take_away, live.row.etags, live.row.commit)
                live.row.bytes_done = 0
                await self._enter(live, DownloadState.CANCELLED)
                self._live.pop(live.row.id, None)
        return live.reply()

    async def close(self) -> None:
        """Stop all, to be gone on with at the next start; watchers are let go."""
        self._closing = True
        self._feed.close()
        await asyncio.gather(*(_stop(live) for live in self._live.values()))
        for live in self._live.values():
            await self._store.save(live.row)
        await self._store.settle()

    @property
    def _cache(self) -> Path:
        return self._access.cache

    def _require_online(self) -> None:
        if self._closing:
            raise ShuttingDown("The server is shutting down; try again when it is back.")
        if self._settings.offline_mode:
            raise OfflineMode(OFFLINE)

    async def _unfinished(self, download_id: str, done: str) -> LiveDownload:
        live = self._live.get(download_id)
        if live is None:
            row = await self._store.find(download_id)
            raise DownloadEnded(f"This download is {row.state.value}; it cannot be {done}.")
        return live

    async def _enter(self, live: LiveDownload, state: DownloadState) -> None:
        live.enter(state)
        await self._keep(live)

    async def _keep(self, live: LiveDownload) -> None:
        self._feed.publish(live.reply())
        await self._store.save(live.row)

    def _start(self, live: LiveDownload) -> None:
        live.enter(DownloadState.QUEUED)
        self._feed.publish(live.reply())
        live.task = asyncio.create_task(self._carry_out(live))

    async def _carry_out(self, live: LiveDownload) -> None:
        run = DownloadRun(live, self._access, self._promised_beside, self._keep, self._feed)
        try:
            await run.until_ended(self._places)
        except Exception:
            logger.exception("The download of %s failed unexpectedly", live.row.model)
            await run.fail_unexpectedly()
        if live.row.state is DownloadState.COMPLETE:
            logger.info("Downloaded %s", live.row.model)
            self._live.pop(live.row.id, None)

    def _promised_beside(self, live: LiveDownload) -> int:
        """Bytes that the other running downloads will still take."""
        others = (each for each in self._live.values() if each is not live and each.is_moving)
        return sum(each.bytes_left for each in others)


async def _stop(live: LiveDownload) -> None:
    """End its task, and with it the process."""
    if live.task is not None:
        live.task.cancel()
        await asyncio.wait({live.task})
        live.task = None
