"""Where a model's process is in its life, and what its health checks found."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ProcessState(StrEnum):
    """``waiting`` is between a death and the next start; ``failed`` waits for a person."""

    STARTING = "starting"
    LOADING = "loading"
    READY = "ready"
    WAITING = "waiting"
    FAILED = "failed"
    STOPPED = "stopped"


SETTLED = frozenset(ProcessState) - {ProcessState.STARTING, ProcessState.LOADING}
"""Not on its way to being ready."""


@dataclass(frozen=True, slots=True)
class HealthSample:
    """One check. ``response_ms`` is None when no answer came; ``cpu_percent`` is of one core,
    since the check before. ``memory_bytes`` is all that is resident of the process; of the memory
    budget it has ``used_bytes``, as it tells itself."""

    at: datetime
    healthy: bool
    response_ms: float | None
    cpu_percent: float | None
    memory_bytes: int | None
    reason: str | None = None
    used_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class ProcessStatus:
    """A snapshot. ``reason`` says why it is not ready; ``restarts`` counts since the start that a
    person asked for; ``retry_at`` is when a waiting one is started again."""

    state: ProcessState
    pid: int | None
    port: int | None
    restarts: int
    reason: str | None
    started_at: datetime | None
    ready_at: datetime | None
    retry_at: datetime | None
    samples: tuple[HealthSample, ...]
