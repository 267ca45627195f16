"""What the audit costs: tokens a second at 32 streams with it and without, turn by turn."""

import asyncio
import os
import statistics
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from bench import model
from bench.client import together
from bench.processes import CORES, free_port, manager_environment, serve
from bench.prompts import chat_body

WIDTH = 32
MAX_TOKENS = 64
CHAT = "/v1/chat/completions"
MOST_LOSS = 0.03

# The same server whose doors hand their records to nobody.
WITHOUT = """
import sys
from mlx_manager.services.request_book import RequestBook
RequestBook.record = lambda self, record: None
from mlx_manager.cli import app
app(["serve", "--port", sys.argv[1]])
"""
WITH = WITHOUT.replace("RequestBook.record = lambda self, record: None\n", "")


def run(*, quick: bool) -> None:
    """Print the medians, and the median of the turns' ratios."""
    rounds = 5 if quick else 21
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        path = model.make(Path(name) / "model")
        if len(CORES) > 1 and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {CORES[1]})
            stack.callback(os.sched_setaffinity, 0, set(CORES))
        ports = {}
        for kind, program in (("with", WITH), ("without", WITHOUT)):
            folder = Path(name) / kind
            folder.mkdir()
            ports[kind] = free_port()
            environment = {**manager_environment(folder), "OPENBLAS_NUM_THREADS": "1"}
            command = [sys.executable, "-c", program, str(ports[kind])]
            stack.enter_context(serve(command, ports[kind], environment=environment, core=CORES[0]))
        _print(_interleave(ports, str(path), rounds))


def _interleave(ports: dict[str, int], name: str, rounds: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {kind: [] for kind in ports}
    for turn in range(rounds + 1):
        # Whoever comes second finds a warmer machine, so they take turns at it.
        for kind in sorted(ports, reverse=turn % 2 == 1):
            speed = asyncio.run(_speed(ports[kind], name, turn))
            if turn:  # the first round warms up
                found[kind].append(speed)
    return found


async def _speed(port: int, name: str, turn: int) -> float:
    bodies = [chat_body(name, turn * 1000 + n, max_tokens=MAX_TOKENS) for n in range(WIDTH)]
    loop = asyncio.get_running_loop()
    began = loop.time()
    replies = await together(port, CHAT, bodies)
    seconds = loop.time() - began
    written = sum(reply.completion_tokens() for reply in replies)
    if written != WIDTH * MAX_TOKENS:
        raise RuntimeError(f"{written} tokens instead of {WIDTH * MAX_TOKENS}")
    return written / seconds


def _print(found: dict[str, list[float]]) -> None:
    print(f"| audit | tok/s at {WIDTH} streams, median of {len(found['with'])} |")
    print("|---|---|")
    for kind, speeds in found.items():
        print(f"| {kind} | {statistics.median(speeds):.0f} |")
    ratios = sorted(a / b for a, b in zip(found["with"], found["without"], strict=True))
    low, ratio, high = statistics.quantiles(ratios, n=4)
    verdict = "within" if ratio >= 1 - MOST_LOSS else "over"
    print(
        f"\nWith the audit {ratio:.3f} of the speed without (quartiles {low:.3f} and {high:.3f} of "
        f"the turns), {verdict} the {MOST_LOSS:.0%} allowed."
    )
