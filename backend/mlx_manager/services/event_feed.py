"""The dashboard's feed: one look a second for all watchers together, and none for nobody."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

PERIOD_SECONDS = 1.0
Event = TypeVar("Event")


@dataclass(frozen=True, slots=True)
class _News(Generic[Event]):
    event: Event
    number: int


class EventFeed(Generic[Event]):
    """``sources`` tell their state when they are asked, cheaply; an event is a changed state.

    A watcher is given every state at first, then what changes. A slow one misses states that were
    overtaken, never the last.
    """

    def __init__(self, sources: Mapping[str, Callable[[], Event]]) -> None:
        self._sources = dict(sources)
        self._latest: dict[str, _News[Event]] = {}
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
            self._look()
            self._ticker = asyncio.create_task(self._tick())
        seen: dict[str, int] = {}
        try:
            while True:
                bell = self._bell
                for kind, news in list(self._latest.items()):
                    if seen.get(kind) != news.number:
                        seen[kind] = news.number
                        yield news.event
                await bell.wait()
        finally:
            self._watchers -= 1
            if self._watchers == 0:
                self._stop()

    async def close(self) -> None:
        """Stop looking; watchers hear nothing more."""
        self._stop()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(PERIOD_SECONDS)
            self._look()

    def _look(self) -> None:
        changed = False
        for kind, source in self._sources.items():
            event, latest = source(), self._latest.get(kind)
            if latest is None or latest.event != event:
                self._numbers += 1
                self._latest[kind] = _News(event, self._numbers)
                changed = True
        if changed:
            self._bell.set()
            self._bell = asyncio.Event()

    def _stop(self) -> None:
        if self._ticker is not None:
            self._ticker.cancel()
            self._ticker = None
        self._latest.clear()
