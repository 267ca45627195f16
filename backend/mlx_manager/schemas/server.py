"""Running profiles as ``/api/servers`` shows them."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from mlx_manager.schemas.live_figures import LiveFigures
from mlx_manager.schemas.profile import PlacementKind


class ServerState(StrEnum):
    """``failed``: it was to run and does not; ``problem`` says why."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    FAILED = "failed"


class ServerHealth(BaseModel):
    """``stopped`` is neither well nor ill. ``cpu_percent`` of one processor and ``response_ms``
    are known of processes of their own."""

    status: Literal["healthy", "degraded", "stopped"]
    reason: str | None
    checked_at: datetime
    response_ms: float | None = None
    cpu_percent: float | None = None
    memory_bytes: int | None = None


class ServerStatus(BaseModel):
    """What a placement knows of one profile.

    ``load_progress`` is from 0 to 1; ``requests`` are those it answers at this moment.
    ``process_id`` and ``port`` are those of a process of its own. ``live`` is what the model is
    doing, for all profiles that share it; null while there is none to ask. ``health`` is what the
    last check of a process of its own found; null before the first, and for those in the pool.
    """

    state: ServerState
    problem: str | None = None
    load_progress: float = 0.0
    requests: int = 0
    memory_bytes: int = 0
    started_at: datetime | None = None
    last_used_at: datetime | None = None
    process_id: int | None = None
    port: int | None = None
    live: LiveFigures | None = None
    health: ServerHealth | None = None


class ServerReply(ServerStatus):
    """One profile, and how it runs. A profile that is stopped starts when somebody calls it."""

    profile_id: str
    name: str
    model: str
    placement: PlacementKind
    pinned: bool
    start_with_server: bool


class ServerLogQuery(BaseModel):
    """Most ``lines`` of what was there before; without ``follow`` they come as JSON, and no new
    ones after them."""

    model_config = ConfigDict(extra="forbid")

    lines: int = Field(default=200, ge=1, le=5000)
    follow: bool = True


class ServerLogReply(BaseModel):
    """The end of a profile's log, the oldest line first."""

    lines: list[str]


class ServerLogEvent(BaseModel):
    """A line that was just written."""

    event: Literal["line"] = "line"
    line: str
