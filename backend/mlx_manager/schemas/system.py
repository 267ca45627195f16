"""What ``/api/system`` tells of the machine and the process."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from mlx_manager.schemas.live_figures import LiveFigures


class SystemInfo(BaseModel):
    """The machine and the versions of what runs on it; sizes in bytes.

    ``processor`` is the chip's name, null where the system does not tell. ``computes_on`` is what
    runs the models: a Mac's GPU, an NVIDIA GPU, or the processor. ``disk_free_bytes`` is the room
    where models are kept.
    """

    version: str
    python: str
    mlx: str | None
    mlx_lm: str | None
    platform: str
    architecture: str
    processor: str | None
    processors: int
    computes_on: Literal["metal", "cuda", "cpu"]
    machine_memory_bytes: int
    disk_free_bytes: int
    database_bytes: int
    database_revision: str | None
    offline_mode: bool
    started_at: datetime
    uptime_seconds: float


class ModelMemory(BaseModel):
    """One model that is resident, or on its way, and the profiles that run on it; times are Unix
    seconds. ``adapter`` is what is on top of it: with another, or none, it is another resident.
    ``live`` is what it is doing."""

    id: str
    state: str
    weights_bytes: int
    leases: int
    pinned: bool
    load_progress: float
    loaded_at: float | None
    last_used_at: float
    adapter: str | None
    profiles: list[str] = []
    live: LiveFigures


class ProcessMemory(BaseModel):
    """One profile that runs in a process of its own: ``used_bytes`` of the budget are its weights
    and cached prefixes, ``process_bytes`` all that is resident of it, as its last health check
    found them."""

    profile: str
    model: str
    adapter: str | None
    process_id: int
    ready: bool
    used_bytes: int
    process_bytes: int


class MemoryReply(BaseModel):
    """Who holds the memory. ``available_bytes`` of the machine is null where the system does not
    tell; ``used_bytes`` of ``budget_bytes`` are weights and cached prefixes, ``mlx_active_bytes``
    is what MLX holds in all, on the GPU or in unified memory.

    ``models``, ``process_bytes``, ``mlx_active_bytes`` and ``prefix_cache_bytes`` are of the
    server's own process; ``processes`` are beside it, and ``used_bytes`` counts both. No model is
    loaded here into what they hold. The other way round nothing is reserved: each of them may load
    up to the whole budget.
    """

    machine_bytes: int
    available_bytes: int | None
    process_bytes: int
    budget_bytes: int
    used_bytes: int
    mlx_active_bytes: int
    prefix_cache_bytes: int
    models: list[ModelMemory]
    processes: list[ProcessMemory]


class MemorySample(BaseModel):
    """Who held the memory at one moment; the fields are those of ``MemoryReply``, and
    ``weights_bytes`` are those of all models in the server's own process."""

    at: datetime
    available_bytes: int | None
    process_bytes: int
    used_bytes: int
    weights_bytes: int
    prefix_cache_bytes: int
    mlx_active_bytes: int


class MemoryHistoryReply(BaseModel):
    """Memory over time, the oldest sample first, one every ``period_seconds``."""

    period_seconds: float
    machine_bytes: int
    budget_bytes: int
    samples: list[MemorySample]


class DoctorFinding(BaseModel):
    """One thing that was looked at; a ``problem`` keeps the server from working well."""

    name: str
    state: Literal["ok", "warning", "problem"]
    detail: str
    remedy: str | None


class DoctorReply(BaseModel):
    """What ``mlx-manager doctor`` finds on this machine."""

    ok: bool
    checks: list[DoctorFinding]


class LaunchdReply(BaseModel):
    """Whether macOS begins the server at login. ``supported`` is false where there is no launchd;
    ``running`` is the server that launchd began, which may be this one; ``detail`` says what that
    means for a person."""

    supported: bool
    installed: bool
    running: bool
    path: str | None
    detail: str
