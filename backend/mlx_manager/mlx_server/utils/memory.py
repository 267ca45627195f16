"""The machine's memory: how much there is, how much MLX may take, how much it holds."""

import os
import resource
from dataclasses import dataclass
from pathlib import Path

CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
MEMINFO = Path("/proc/meminfo")
STATM = Path("/proc/self/statm")


@dataclass(frozen=True, slots=True)
class MemorySnapshot:
    """Bytes that MLX holds: in use, kept for reuse, and the highest use so far."""

    active_bytes: int
    cache_bytes: int
    peak_bytes: int


def machine_bytes() -> int:
    """The machine's memory, or the container's limit where that is less. Imports no MLX."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        return min(physical, int(CGROUP_LIMIT.read_text()))
    except (OSError, ValueError):  # no cgroup, or "max"
        return physical


def recommended_bytes() -> int | None:
    """The GPU's recommended working set on Metal; None elsewhere. Imports MLX."""
    import mlx.core as mx  # noqa: PLC0415

    if not mx.metal.is_available():
        return None
    size = mx.device_info().get("max_recommended_working_set_size")
    return int(size) if size else None


def set_memory_limit(limit_bytes: int) -> None:
    """Ask MLX to stay within ``limit_bytes``: it waits and frees before it allocates beyond.

    https://ml-explore.github.io/mlx/build/html/python/_autosummary/mlx.core.set_memory_limit.html
    """
    import mlx.core as mx  # noqa: PLC0415

    mx.set_memory_limit(limit_bytes)


def wire_memory() -> None:
    """On a Mac, keep what models use resident, up to the GPU's recommended working set.

    Before the first model: mlx-lm's ``BatchGenerator`` sets it for each model and puts back what
    it found when that model leaves, which for the first would be nothing, for all that stay.
    https://ml-explore.github.io/mlx/build/html/python/_autosummary/mlx.core.set_wired_limit.html
    """
    import mlx.core as mx  # noqa: PLC0415

    if size := recommended_bytes():
        mx.set_wired_limit(size)


def snapshot() -> MemorySnapshot:
    """What MLX holds at this moment. Imports MLX."""
    import mlx.core as mx  # noqa: PLC0415

    return MemorySnapshot(
        int(mx.get_active_memory()), int(mx.get_cache_memory()), int(mx.get_peak_memory())
    )


def available_bytes() -> int | None:
    """What programs could still take without swapping; None where the system does not say."""
    try:
        lines = MEMINFO.read_text().splitlines()
    except OSError:
        return None
    sizes = (line.split() for line in lines if line.startswith("MemAvailable:"))
    return next((int(size[1]) * 1024 for size in sizes), None)


def process_bytes() -> int:
    """This process's resident memory; where the system has no /proc, the most it ever was."""
    try:
        return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        # Bytes on macOS; kilobytes elsewhere, but there /proc is.
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
