"""One download carried to its end: attempt after attempt while that may help."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing

from mlx_manager.schemas.download import DownloadProblem, DownloadState
from mlx_manager.services import disk_room
from mlx_manager.services.download_feed import DownloadFeed
from mlx_manager.services.download_process import DownloadProcess, downloading
from mlx_manager.services.hf_client.messages import Done, Fault, Job, Message, Planned, Progress
from mlx_manager.services.hub_access import HubAccess
from mlx_manager.services.live_download import LiveDownload

PLAN_SECONDS = 90.0
"""A hub that takes longer to say what a model consists of is not there."""

RETRY_SECONDS = (2.0, 5.0, 15.0, 60.0, 300.0, 300.0, 300.0, 300.0)
"""Before each further attempt; progress begins the list anew."""

SAVE_SECONDS = 5.0


class DownloadRun:
    """``keep`` publishes and saves; ``promised_beside`` are bytes other downloads will take."""

    def __init__(
        self,
        live: LiveDownload,
        access: HubAccess,
        promised_beside: Callable[[LiveDownload], int],
        keep: Callable[[LiveDownload], Awaitable[None]],
        feed: DownloadFeed,
    ) -> None:
        self._live = live
        self._access = access
        self._promised_beside = promised_beside
        self._keep = keep
        self._feed = feed
        self._saved = 0.0

    async def until_ended(self, places: asyncio.Semaphore) -> None:
        """Queue for a place, download, and try again after faults that may pass."""
        failures = 0
        while True:
            before = self._live.row.bytes_done
            async with places:
                fault = await self._attempt()
            if fault is None:
                self._live.enter(DownloadState.COMPLETE)
                await self._keep(self._live)
                return
            failures = 0 if self._live.row.bytes_done > before else failures + 1
            problem = DownloadProblem(code=fault.code, message=fault.message)
            if not fault.transient or failures >= len(RETRY_SECONDS):
                self._live.enter(DownloadState.FAILED, problem)
                await self._keep(self._live)
                return
            seconds = max(RETRY_SECONDS[failures], fault.retry_after or 0)
            self._live.wait(seconds, problem)
            await self._keep(self._live)
            await asyncio.sleep(seconds)
            self._live.enter(DownloadState.QUEUED)
            await self._keep(self._live)

    async def fail_unexpectedly(self) -> None:
        """Whatever happened, it does not stay as if it ran."""
        message = "The server failed; its log says why. Resume to try again."
        problem = DownloadProblem(code="internal_error", message=message)
        self._live.enter(DownloadState.FAILED, problem)
        await self._keep(self._live)

    async def _attempt(self) -> Fault | None:
        """Run the process once. What went wrong, or None when all is here."""
        row = self._live.row
        self._live.enter(DownloadState.PLANNING)
        await self._keep(self._live)
        job = Job(
            model=row.model,
            revision=row.revision,
            commit=row.commit,
            cache=str(self._access.cache),
        )
        async with (
            downloading(job, self._access) as process,
            aclosing(process.messages()) as messages,
        ):
            try:
                async with asyncio.timeout(PLAN_SECONDS):
                    planned = await anext(messages)
            except TimeoutError:
                return _too_slow()
            if (fault := await self._accept(planned, process)) is not None:
                return fault
            async for message in messages:
                if isinstance(message, Fault):
                    return message
                if isinstance(message, Done):
                    row.bytes_done = row.bytes_total or 0
                    return None
                await self._note(message)
        raise AssertionError("the messages end with Done or Fault")

    async def _accept(self, planned: Message, process: DownloadProcess) -> Fault | None:
        """Look whether the disk has the room, and let the process begin."""
        if isinstance(planned, Fault):
            return planned
        assert isinstance(planned, Planned)
        self._live.plan(planned)
        free = await asyncio.to_thread(disk_room.free_bytes, self._access.cache)
        promised = self._promised_beside(self._live)
        lacking = disk_room.shortage(self._live.bytes_left, promised, free)
        if lacking is not None:
            return Fault(code="disk_full", message=lacking)
        # Promised from here on: between the sum and this state nothing awaits.
        self._live.progress(planned.bytes_done, verifying=False)
        await self._keep(self._live)
        process.go()
        return None

    async def _note(self, message: Message) -> None:
        assert isinstance(message, Progress)
        self._live.progress(message.bytes_done, message.verifying)
        if time.monotonic() - self._saved > SAVE_SECONDS:
            self._saved = time.monotonic()
            await self._keep(self._live)
        else:
            self._feed.publish(self._live.reply())


def _too_slow() -> Fault:
    return Fault(
        code="hub_slow",
        message=f"The hub did not say within {PLAN_SECONDS:.0f} seconds what the model consists "
        "of; the network or the hub is very slow.",
        transient=True,
    )
