"""How fast something comes, and when it will be here: over the last seconds, not since ever."""

from collections import deque

WINDOW_SECONDS = 10.0


class TransferRate:
    """Fed with times (seconds on any rising clock) and byte counts."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def note(self, now: float, bytes_done: int) -> None:
        """So many bytes are here. A smaller count than before begins anew."""
        if self._samples and bytes_done < self._samples[-1][1]:
            self._samples.clear()
        self._samples.append((now, bytes_done))
        while len(self._samples) > 2 and now - self._samples[0][0] > WINDOW_SECONDS:
            self._samples.popleft()

    def forget(self) -> None:
        """It stands still."""
        self._samples.clear()

    @property
    def bytes_per_second(self) -> float | None:
        """None before there is anything to compare."""
        if len(self._samples) < 2:
            return None
        (begun, first), (ended, last) = self._samples[0], self._samples[-1]
        return (last - first) / (ended - begun) if ended > begun else None

    def seconds_left(self, bytes_left: int) -> float | None:
        """None while nothing comes."""
        rate = self.bytes_per_second
        return bytes_left / rate if rate else None
