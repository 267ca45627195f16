"""Servers under measurement: started, awaited, ended, each by its own process id."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 60.0
LOOK_SECONDS = 0.005
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]


@dataclass(frozen=True)
class Server:
    """A running server; ``ready_seconds`` from its start to its first good answer."""

    port: int
    pid: int
    ready_seconds: float

    def resident_bytes(self) -> int:
        """Resident memory of the process (Linux)."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) * 1024


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serve(
    command: Sequence[str],
    port: int,
    *,
    environment: Mapping[str, str] | None = None,
    health: str = "/health",
    core: int | None = None,
) -> Iterator[Server]:
    """Run a server for the length of a block; ``core`` pins it to one processor."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        if core is not None and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(process.pid, {core})
        _await_health(process, port, health)
        yield Server(port, process.pid, time.perf_counter() - started)
    finally:
        process.terminate()
        process.wait(timeout=20)


def manager_command(port: int) -> list[str]:
    """The product itself."""
    return [sys.executable, "-m", "mlx_manager", "serve", "--port", str(port)]


def manager_environment(folder: Path) -> dict[str, str]:
    """A home of its own for one run."""
    return {
        "MLX_MANAGER_DATABASE_PATH": str(folder / "manager.db"),
        "MLX_MANAGER_LOG_DIR": str(folder / "logs"),
        "MLX_MANAGER_HF_CACHE_PATH": str(folder / "hub"),
    }


def _await_health(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    deadline = time.perf_counter() + START_SECONDS
    while time.perf_counter() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with exit code {process.returncode}")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        # After a refusal and after an answer that is not 200 alike: asking without a pause takes
        # the processor that the server needs to start.
        time.sleep(LOOK_SECONDS)
    raise RuntimeError(f"no answer on port {port} within {START_SECONDS:.0f} s")
