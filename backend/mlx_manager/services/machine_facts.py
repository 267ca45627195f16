"""What the machine is made of, read without importing MLX."""

import platform
import subprocess
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from mlx_manager.schemas.system import Accelerator

CPUINFO = Path("/proc/cpuinfo")
_SYSCTL = ("/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string")
_BACKENDS: tuple[tuple[str, Accelerator], ...] = (
    ("mlx-metal", "metal"),
    ("mlx-cuda", "cuda"),
    ("mlx-cuda-12", "cuda"),
    ("mlx-cuda-13", "cuda"),
    ("mlx-cpu", "cpu"),
)


def installed(distribution: str) -> str | None:
    """Its version; None where it is not here."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def accelerator() -> Accelerator | None:
    """What the MLX that is installed computes on; None where none is."""
    return next((kind for name, kind in _BACKENDS if installed(name)), None)


@lru_cache(maxsize=1)
def chip() -> str | None:
    """The processor by its maker's name; None where the system does not tell. Blocking."""
    return _of_mac() if platform.system() == "Darwin" else _of_cpuinfo()


def _of_mac() -> str | None:
    try:
        told = subprocess.run(_SYSCTL, capture_output=True, text=True, timeout=5, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return told.stdout.strip() or None


def _of_cpuinfo() -> str | None:
    try:
        lines = CPUINFO.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next((name for name in named if name), None)
