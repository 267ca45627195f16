"""The machine: Python, MLX and what it computes on, memory."""

import platform
import sys

from mlx_manager.cli.checks.finding import Finding, State
from mlx_manager.config import ManagerSettings
from mlx_manager.mlx_server.config import GIB, MLXServerSettings
from mlx_manager.mlx_server.engine.backend import OPENBLAS_REMEDY, BackendInfo, describe
from mlx_manager.mlx_server.models.budget import budget_bytes
from mlx_manager.mlx_server.utils.memory import machine_bytes, recommended_bytes

OLDEST_PYTHON = (3, 11)
LEAST_MEMORY_GIB = 4
BACKEND_NAMES = {"metal": "the GPU (Metal)", "cuda": "the GPU (CUDA)", "cpu": "the CPU"}


def check_python() -> Finding:
    """Old interpreters do not get this far from a package, but do from a checkout."""
    detail = f"{platform.python_version()} at {sys.executable}"
    if sys.version_info < OLDEST_PYTHON:
        return Finding("Python", State.PROBLEM, detail, "Install Python 3.11 or newer.")
    return Finding("Python", State.OK, detail)


def check_mlx() -> list[Finding]:
    """MLX imports and computes; on a Linux CPU, how fast."""
    backend = describe()
    name = BACKEND_NAMES.get(backend.kind)
    if name is None:
        detail = "; ".join(backend.notes) or "MLX does not work here"
        remedy = "Install it again: pip install --force-reinstall mlx-manager"
        return [Finding("MLX", State.PROBLEM, detail, remedy)]
    return [Finding("MLX", State.OK, f"{backend.mlx_version} on {name}"), *_openblas(backend)]


def _openblas(backend: BackendInfo) -> list[Finding]:
    if backend.openblas is None:  # plays no part here
        return []
    if backend.openblas:
        return [Finding("OpenBLAS", State.OK, "found")]
    remedy = OPENBLAS_REMEDY[:1].upper() + OPENBLAS_REMEDY[1:]
    return [Finding("OpenBLAS", State.WARNING, "not found; models run many times slower", remedy)]


def check_memory(manager: ManagerSettings, inference: MLXServerSettings) -> Finding:
    """What the machine has and what models may use of it: the smallest of its limits."""
    total = machine_bytes()
    budget = budget_bytes(
        max_bytes=inference.max_memory_bytes,
        max_percent=min(manager.max_memory_percent, inference.max_memory_percent),
        machine_bytes=total,
        recommended_bytes=recommended_bytes() if describe().kind == "metal" else None,
    )
    detail = f"{total / GIB:.1f} GB in the machine, models may use {budget / GIB:.1f} GB"
    if total < LEAST_MEMORY_GIB * GIB:
        remedy = "Expect only the smallest models to fit."
        return Finding("Memory", State.WARNING, detail, remedy)
    return Finding("Memory", State.OK, detail)
