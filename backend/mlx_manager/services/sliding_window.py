"""Things that happened in the last seconds, counted by name: exactly, and in bounded memory."""

import time
from collections import deque
from collections.abc import Callable

MOST_NAMES = 65_536


class SlidingWindow:
    """Moments not older than ``seconds``, for each name apart.

    Whoever adds only while ``wait_seconds`` is 0 never sees more than the limit in any span of
    that length. Of too many names the one begun first is dropped.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._moments: dict[str, deque[float]] = {}

    def count(self, name: str) -> int:
        """How many there are."""
        return len(self._fresh(name))

    def wait_seconds(self, name: str, limit: int) -> float:
        """How long until there is room under ``limit``; 0 when there is."""
        moments = self._fresh(name)
        if len(moments) < limit:
            return 0.0
        return moments[len(moments) - limit] + self._seconds - self._clock()

    def reset_seconds(self, name: str) -> float:
        """How long until all of them are past."""
        moments = self._fresh(name)
        return moments[-1] + self._seconds - self._clock() if moments else 0.0

    def add(self, name: str) -> None:
        """One more, now."""
        moments = self._fresh(name)
        if not moments:
            self._make_room()
        moments.append(self._clock())
        self._moments[name] = moments

    def take_back(self, name: str) -> None:
        """The newest did not count after all."""
        moments = self._fresh(name)
        if moments:
            moments.pop()

    def forget(self, name: str) -> None:
        """None of them counts any more."""
        self._moments.pop(name, None)

    def _fresh(self, name: str) -> deque[float]:
        moments = self._moments.get(name)
        if moments is None:
            return deque()
        oldest = self._clock() - self._seconds
        while moments and moments[0] <= oldest:
            moments.popleft()
        if not moments:
            del self._moments[name]
        return moments

    def _make_room(self) -> None:
        if len(self._moments) < MOST_NAMES:
            return
        for name in list(self._moments):
            self._fresh(name)
        if len(self._moments) >= MOST_NAMES:
            del self._moments[next(iter(self._moments))]
