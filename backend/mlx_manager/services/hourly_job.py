"""Work that is done once an hour, and whenever something has changed."""

import asyncio
from collections.abc import Awaitable, Callable

PERIOD_SECONDS = 3600.0


class HourlyJob:
    """Runs ``work``, which sees to its own faults, from ``start`` to ``close``."""

    def __init__(self, work: Callable[[], Awaitable[None]]) -> None:
        self._work = work
        self._bell = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, with the first run at once."""
        self._task = asyncio.create_task(self._run())

    def run_now(self) -> None:
        """Run again, now or when the present run has ended."""
        self._bell.set()

    async def close(self) -> None:
        """Stop, also in the middle of a run."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _run(self) -> None:
        while True:
            self._bell.clear()
            await self._work()
            try:
                async with asyncio.timeout(PERIOD_SECONDS):
                    await self._bell.wait()
            except TimeoutError:
                continue
