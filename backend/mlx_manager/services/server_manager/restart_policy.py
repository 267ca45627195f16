"""When a process that died is started again. Pure."""

from dataclasses import dataclass

DELAYS_SECONDS = (1.0, 2.0, 5.0, 15.0, 30.0, 60.0)
"""Before the first, the second ... start after deaths in a row."""

STEADY_SECONDS = 300.0
"""Who was ready for this long did not die of its start: the count begins anew."""


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """``steady_seconds`` in readiness make the next death the first one again."""

    delays_seconds: tuple[float, ...] = DELAYS_SECONDS
    steady_seconds: float = STEADY_SECONDS

    def deaths_in_a_row(self, before: int, ready_seconds: float) -> int:
        """The count with one more, that of a process which was ready for so long."""
        return 1 if ready_seconds >= self.steady_seconds else before + 1

    def delay_seconds(self, deaths: int) -> float | None:
        """How long to wait after so many deaths in a row; None to leave it."""
        return self.delays_seconds[deaths - 1] if deaths <= len(self.delays_seconds) else None
