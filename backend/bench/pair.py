"""MLX Manager and ``mlx_lm.server`` side by side, on one core, with the client on the other."""

import contextlib
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bench.processes import (
    CORES,
    Server,
    free_port,
    manager_command,
    manager_environment,
    serve,
)

OPENBLAS = {"LD_PRELOAD": "libopenblas.so.0", "MLX_DISABLE_COMPILE": "1"}
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}


@contextlib.contextmanager
def ours_alone(folder: Path) -> Iterator[Server]:
    """The product on the first core, this process on the second."""
    with ExitStack() as stack:
        if len(CORES) > 1 and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {CORES[1]})
            stack.callback(os.sched_setaffinity, 0, set(CORES))
        port = free_port()
        environment = {**manager_environment(folder), **ONE_THREAD}
        yield stack.enter_context(
            serve(manager_command(port), port, environment=environment, core=CORES[0])
        )


@contextlib.contextmanager
def ours_and_theirs(folder: Path, model: Path) -> Iterator[tuple[Server, Server]]:
    """Both with the same model; they are asked in turn, never at once."""
    port = free_port()
    command = [sys.executable, "-m", "mlx_lm", "server", "--model", str(model)]
    beside = {**OPENBLAS, **ONE_THREAD} if sys.platform == "linux" else {}
    with (
        ours_alone(folder) as ours,
        serve([*command, "--port", str(port)], port, environment=beside, core=CORES[0]) as theirs,
    ):
        yield ours, theirs
