"""What computes: Metal, CUDA, or the Linux CPU with its three remedies.

On Linux without a GPU the wheel's reference BLAS, half-precision products and run-time compiled
kernels are each 20 to 100 times too slow (DESIGN, fact 10). All three remedies live here and are
applied there only.
"""

import ctypes
import importlib.util
import sys
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

OPENBLAS_NAMES = ("libopenblas.so.0", "libopenblas.so")
OPENBLAS_REMEDY = "install it: `apt-get install libopenblas0` (Debian, Ubuntu)"


@dataclass(frozen=True, slots=True)
class BackendInfo:
    """What was found. ``openblas`` is None where it plays no part."""

    kind: str
    mlx_version: str | None
    openblas: bool | None
    notes: tuple[str, ...]


def is_linux_cpu() -> bool:
    """Whether MLX will run on a Linux CPU: told from the installed files, without importing it."""
    if not sys.platform.startswith("linux"):
        return False
    return not any(_installed(name) for name in ("mlx-cuda", "mlx-cuda-12", "mlx-cuda-13"))


@lru_cache(maxsize=1)
def prepare() -> BackendInfo:
    """Make MLX ready; call it before anything else imports ``mlx.core``.

    Raises ``ImportError`` when MLX is not installed.
    """
    linux_cpu = is_linux_cpu()
    # The symbols must be global before mlx.core resolves cblas_sgemm.
    openblas = _load_openblas() if linux_cpu else None
    import mlx.core as mx  # noqa: PLC0415  (after OpenBLAS, and not before the first model)

    if linux_cpu:
        mx.disable_compile()
    kind = "cpu" if linux_cpu else ("metal" if mx.metal.is_available() else "cuda")
    return BackendInfo(kind, _installed("mlx"), openblas, _notes(linux_cpu, openblas))


def describe() -> BackendInfo:
    """The same facts for ``doctor``; never raises.

    ``mlx_version`` is None when MLX is not installed.
    """
    if importlib.util.find_spec("mlx") is None:
        return BackendInfo("none", None, None, ("MLX is not installed: `pip install mlx-manager`",))
    try:
        return prepare()
    except (ImportError, OSError) as error:
        return BackendInfo("broken", _installed("mlx"), None, (f"MLX does not import: {error}",))


def _installed(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def _load_openblas() -> bool:
    for name in OPENBLAS_NAMES:
        try:
            ctypes.CDLL(name, mode=ctypes.RTLD_GLOBAL)
        except OSError:
            continue
        return True
    return False


def _notes(linux_cpu: bool, openblas: bool | None) -> tuple[str, ...]:
    if not linux_cpu:
        return ()
    blas = (
        "OpenBLAS is loaded for matrix products"
        if openblas
        else f"OpenBLAS is missing, models run up to 50 times slower; {OPENBLAS_REMEDY}"
    )
    return (
        blas,
        "weights are converted to float32 at load when they fit the budget",
        "run-time compiled kernels are off",
    )
