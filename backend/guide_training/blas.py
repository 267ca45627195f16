"""OpenBLAS for MLX on Linux without a GPU; import this before the first `mlx` import.

The `mlx-cpu` wheel carries the reference BLAS, 50 times slower. Loading OpenBLAS with global
symbols first makes MLX use it. Each training thread multiplies on one core of its own.
"""

from __future__ import annotations

import ctypes
import os
import sys


def use_openblas() -> None:
    """Load OpenBLAS where there is one; without it training works, slowly."""
    if not sys.platform.startswith("linux"):
        return
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        ctypes.CDLL("libopenblas.so.0", mode=ctypes.RTLD_GLOBAL)
    except OSError:
        print("OpenBLAS is missing (Debian: apt install libopenblas0-pthread); this will be slow")


use_openblas()
