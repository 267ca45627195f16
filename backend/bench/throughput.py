"""Tokens a second at 1, 8 and 32 streams: in process, through our HTTP, through mlx_lm.server.

Each server has one core to itself and the client the other, so what a server spends beside the
engine is seen in full.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from bench import model
from bench.pair import ours_and_theirs
from bench.processes import CORES
from bench.prompts import chat_body
from bench.speed import tokens_a_second

WIDTHS = (1, 8, 32)
MAX_TOKENS = 64

Measure = Callable[[int, int], float]
"""``(width, round) -> tokens a second``."""


def run(*, quick: bool) -> None:
    """Print the table of medians."""
    rounds = 3 if quick else 7
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        path = model.make(folder / "model")
        ours, theirs = stack.enter_context(ours_and_theirs(folder, path))
        measures: dict[str, Measure] = {
            "in process": lambda width, turn: _in_process(path, width),
            "mlx-manager": lambda width, turn: _served(ours.port, str(path), width, turn),
            "mlx_lm.server": lambda width, turn: _served(theirs.port, str(path), width, turn),
        }
        _print(_interleave(measures, rounds))


def _interleave(measures: dict[str, Measure], rounds: int) -> dict[tuple[str, int], list[float]]:
    found: dict[tuple[str, int], list[float]] = {}
    for width in WIDTHS:
        for turn in range(rounds + 1):
            for name, measure in measures.items():
                speed = measure(width, turn)
                if turn:  # the first round warms up
                    found.setdefault((name, width), []).append(speed)
    return found


def _in_process(path: Path, width: int) -> float:
    command = [sys.executable, "-m", "bench.inprocess", str(path), str(width), str(MAX_TOKENS), "1"]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    if hasattr(os, "sched_setaffinity"):
        command = [sys.executable, "-c", _PINNED, str(CORES[0]), *command]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout)[0])


_PINNED = """
import os, sys
os.sched_setaffinity(0, {int(sys.argv[1])})
os.execv(sys.argv[2], sys.argv[2:])
"""


def _served(port: int, name: str, width: int, turn: int) -> float:
    bodies = [
        chat_body(name, turn * 1000 + width * 100_000 + n, max_tokens=MAX_TOKENS)
        for n in range(width)
    ]
    return tokens_a_second(port, bodies)


def _print(found: dict[tuple[str, int], list[float]]) -> None:
    names = sorted({name for name, _ in found})
    print("| tok/s, median | " + " | ".join(f"{w} streams" for w in WIDTHS) + " |")
    print("|---|" + "---|" * len(WIDTHS))
    for name in names:
        cells = [f"{statistics.median(found[name, w]):.0f}" for w in WIDTHS]
        print(f"| {name} | " + " | ".join(cells) + " |")
    for name in names:
        if name != "in process":
            ratios = [
                statistics.median(
                    ours / base
                    for ours, base in zip(found[name, w], found["in process", w], strict=True)
                )
                for w in WIDTHS
            ]
            print(f"| {name} / in process | " + " | ".join(f"{r:.2f}" for r in ratios) + " |")
