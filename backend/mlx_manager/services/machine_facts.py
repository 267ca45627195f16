"""What the machine is made of: its chip, and what models compute on. Imports no MLX."""

import platform
import subprocess
import sys
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from mlx_manager.mlx_server.engine.backend import is_linux_cpu

ComputesOn = Literal["metal", "cuda", "cpu"]
CPUINFO = Path("/proc/cpuinfo")
_ASKING_SECONDS = 2.0
_NAMES = ("model name", "Model")
"""In ``/proc/cpuinfo``: of x86 processors, and of small ARM boards."""


def installed(distribution: str) -> str | None:
    """Its version; None where it is not here."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


@lru_cache(maxsize=1)
def processor_name() -> str | None:
    """The chip as its maker calls it (``Apple M2 Pro``), or None where the system does not tell."""
    if sys.platform == "darwin":
        return _told_by("sysctl", "-n", "machdep.cpu.brand_string")
    try:
        return processor_in(CPUINFO.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return platform.processor() or None


def processor_in(cpuinfo: str) -> str | None:
    """The name in the text of ``/proc/cpuinfo``, of its first processor (proc(5))."""
    told = dict(_pair(line) for line in reversed(cpuinfo.splitlines()))
    named = (" ".join(told.get(name, "").split()) for name in _NAMES)
    return next((name for name in named if name), None)


def computes_on() -> ComputesOn:
    """What MLX runs models on, by what is installed."""
    if sys.platform == "darwin":
        return "metal" if platform.machine() == "arm64" else "cpu"
    return "cpu" if is_linux_cpu() else "cuda"


def _pair(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip(), value.strip()


def _told_by(*command: str) -> str | None:
    try:
        told = subprocess.run(
            command, capture_output=True, text=True, timeout=_ASKING_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return told.stdout.strip() or None
