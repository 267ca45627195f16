"""Not asking, for a while, a server that keeps failing (M. Nygard, Release It!, circuit breaker).

Pure: the time is told, a new state is returned.
"""

from dataclasses import dataclass, replace

FAILURES = 3
"""In a row, until a server is left alone."""

FIRST_PAUSE_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Circuit:
    """One server's. Closed until ``open_until`` is set; from that moment on one request may probe
    whether it answers again. Each pause in a row is twice the one before."""

    failures: int = 0
    pause_seconds: float = FIRST_PAUSE_SECONDS
    open_until: float | None = None
    is_probed: bool = False

    def admits(self, now: float) -> bool:
        """Whether the server may be asked."""
        return self.open_until is None or (now >= self.open_until and not self.is_probed)

    def retry_seconds(self, now: float) -> float:
        """How long until it may."""
        return 0.0 if self.open_until is None else max(0.0, self.open_until - now)

    def asked(self) -> "Circuit":
        """It is being asked; while it is open, by nobody else."""
        return self if self.open_until is None else replace(self, is_probed=True)

    def let_go(self) -> "Circuit":
        """Who asked left, or asked what no server answers: nothing was learnt."""
        return replace(self, is_probed=False)

    def began(self) -> "Circuit":
        """It answers: others may ask too. Whether it answers to the end is still to be seen."""
        return replace(self, open_until=None, is_probed=False)

    def answered(self) -> "Circuit":
        """All is well."""
        return Circuit()

    def failed(self, now: float, retry_after_seconds: float | None = None) -> "Circuit":
        """It did not answer; it may have said itself how long it wants to be left alone."""
        failures = self.failures + 1
        if retry_after_seconds:
            pause = min(retry_after_seconds, LONGEST_PAUSE_SECONDS)
            return replace(self, failures=failures, open_until=now + pause, is_probed=False)
        if self.open_until is None and failures < FAILURES:
            return replace(self, failures=failures)
        longer = min(2 * self.pause_seconds, LONGEST_PAUSE_SECONDS)
        return Circuit(failures, longer, now + self.pause_seconds)
