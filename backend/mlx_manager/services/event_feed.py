"""The dashboard's feed: one look a second for all watchers together, and none for nobody."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

logger = logging.getLogger(__name__)

PERIOD_SECONDS = 1.0
Event = TypeVar("Event")


@dataclass(frozen=True, slots=True)
class _News(Generic[Event]):
    event: Event
    number: int


class EventFeed(Generic[Event]):
    """``sources`` tell their state when they are asked, cheaply; an event is a changed state.

    A watcher is given every state at first, then what changes. A slow one misses states that were
    overtaken, never the last. A source that fails has no news until it can be asked again.
    """

    def __init__(self, sources: Mapping[str, Callable[[], Awaitable[Event]]]) -> None:
        self._sources = dict(sources)
        self._latest: dict[str, _News[Event]] = {}
        self._failing: set[str] = set()
        self._numbers = 0
        self._watchers = 0
        self._bell = asyncio.Event()
        self._ticker: asyncio.Task[None] | None = None

    @property
    def is_looking(self) -> bool:
        """Whether the sources are being asked."""
        return self._ticker is not None

    async def watch(self) -> AsyncGenerator[Event, None]:
        """Events, without end. Closing it is leaving."""
        self._watchers += 1
        if self._ticker is None:
            self._ticker = asyncio.create_task(self._tick())
        seen: dict[str, int] = {}
        try:
            while True:
                bell = self._bell
                for kind in self._sources:
                    news = self._latest.get(kind)
                    if news is not None and seen.get(kind) != news.number:
                        seen[kind] = news.number
                        yield news.event
                await bell.wait()
        finally:
            self._watchers -= 1
            if self._watchers == 0:
                self._stop()

    async def close(self) -> None:
        """Stop looking; watchers hear nothing more."""
        if (ticker := self._stop()) is not None:
            await asyncio.wait({ticker})

    async def _tick(self) -> None:
        while True:
            await self._look()
            await asyncio.sleep(PERIOD_SECONDS)

    async def _look(self) -> None:
        found = {kind: await self._ask(kind) for kind in self._sources}
        changed = False
        for kind, event in found.items():
            latest = self._latest.get(kind)
            if event is not None and (latest is None or latest.event != event):
                self._numbers += 1
                self._latest[kind] = _News(event, self._numbers)
                changed = True
        if changed:
            self._bell.set()
            self._bell = asyncio.Event()

    async def _ask(self, kind: str) -> Event | None:
        """Whatever one source runs into, the others' watchers go on hearing of them."""
        try:
            event = await self._sources[kind]()
        except Exception:
            if kind not in self._failing:
                logger.exception("The feed cannot tell of %s", kind)
            self._failing.add(kind)
            return None
        self._failing.discard(kind)
        return event

    def _stop(self) -> asyncio.Task[None] | None:
        ticker, self._ticker = self._ticker, None
        if ticker is not None:
            ticker.cancel()
        self._latest.clear()
        return ticker
