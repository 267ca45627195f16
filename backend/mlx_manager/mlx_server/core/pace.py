"""How fast something is written at this moment: a mean over the last few seconds."""

from collections import deque
from dataclasses import dataclass

WINDOW_SECONDS = 5.0
MARK_SECONDS = 0.25
"""What is counted within it is one mark: a window is some twenty, however often it is told."""


@dataclass(slots=True)
class _Mark:
    began: float
    count: int


class Pace:
    """Times are of one clock, in seconds, and do not go back."""

    def __init__(self) -> None:
        self._marks: deque[_Mark] = deque()

    def add(self, count: int, now: float) -> None:
        """So many more."""
        if self._marks and now - self._marks[-1].began < MARK_SECONDS:
            self._marks[-1].count += count
        else:
            self._forget(now)
            self._marks.append(_Mark(now, count))

    def per_second(self, now: float) -> float:
        """The mean since what the window still holds began, and of a second at least: one token
        that just came is no thousand a second."""
        self._forget(now)
        if not self._marks:
            return 0.0
        span = max(now - self._marks[0].began, 1.0)
        return sum(mark.count for mark in self._marks) / span

    def _forget(self, now: float) -> None:
        while self._marks and now - self._marks[0].began >= WINDOW_SECONDS:
            self._marks.popleft()
