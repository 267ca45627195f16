"""A second start to ``/health``, against importing the three libraries it stands on."""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.processes import free_port, manager_command, manager_environment, serve

IMPORTS = "import fastapi, sqlmodel, uvicorn"


def run(*, quick: bool) -> None:
    """Print seconds, their ratio, and memory at rest."""
    rounds = 5 if quick else 15
    baseline: list[float] = []
    starts: list[float] = []
    memory: list[int] = []
    with tempfile.TemporaryDirectory() as name:
        environment = manager_environment(Path(name))
        for turn in range(rounds + 1):
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", IMPORTS], check=True)
            imported = time.perf_counter() - started
            port = free_port()
            with serve(manager_command(port), port, environment=environment) as server:
                if turn:  # the first start makes the database
                    baseline.append(imported)
                    starts.append(server.ready_seconds)
                    memory.append(server.resident_bytes())
    ratios = [start / base for start, base in zip(starts, baseline, strict=True)]
    print("| | median | min | max |")
    print("|---|---|---|---|")
    for label, values in (("imports, s", baseline), ("to /health, s", starts), ("ratio", ratios)):
        print(
            f"| {label} | {statistics.median(values):.2f} | {min(values):.2f} | {max(values):.2f} |"
        )
    mebibytes = [value / 2**20 for value in memory]
    print(
        f"| memory at rest, MiB | {statistics.median(mebibytes):.0f} | {min(mebibytes):.0f} "
        f"| {max(mebibytes):.0f} |"
    )
