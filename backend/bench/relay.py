"""What a process of its own costs: tokens a second of one model at 1, 8 and 32 streams, asked by a
profile that runs in a process and by its own name, embedded, turn by turn.

Both are one manager's, on one core, with the client on the other: what the relay spends, on either
side, is seen in full. Only one of the two works at a time.
"""

import statistics
import tempfile
import time
from functools import partial
from pathlib import Path

from bench import model
from bench.account import Account
from bench.pair import ours_alone
from bench.prompts import chat_body
from bench.speed import interleaved, ratio, tokens_a_second

WIDTHS = (1, 8, 32)
MAX_TOKENS = 64
PROFILE = "relayed"
START_SECONDS = 60.0

Speeds = dict[int, dict[str, list[float]]]
"""By width and by name, a number a round."""


def run(*, quick: bool) -> None:
    """Print the medians, and those of the rounds' ratios."""
    rounds = 3 if quick else 11
    with tempfile.TemporaryDirectory() as name:
        path = str(model.make(Path(name) / "model"))
        with ours_alone(Path(name)) as server:
            _start_profile(Account.registered(server.port), path)
            asked = {"in a process": PROFILE, "embedded": path}
            found = {width: _measured(server.port, asked, width, rounds) for width in WIDTHS}
    _print(found)


def _measured(port: int, asked: dict[str, str], width: int, rounds: int) -> dict[str, list[float]]:
    measures = {kind: partial(_speed, port, name, width) for kind, name in asked.items()}
    return interleaved(measures, rounds)


def _speed(port: int, name: str, width: int, turn: int) -> float:
    first = turn * 1000 + width * 100_000
    seeds = range(first, first + width)
    return tokens_a_second(port, [chat_body(name, seed, max_tokens=MAX_TOKENS) for seed in seeds])


def _start_profile(account: Account, path: str) -> None:
    made = account.ask("/api/profiles", {"name": PROFILE, "model": path, "placement": "process"})
    server = f"/api/servers/{made['id']}"
    account.ask(f"{server}/start", {})
    deadline = time.perf_counter() + START_SECONDS
    while (status := account.ask(f"{server}/status"))["state"] != "running":
        if status["state"] == "failed" or time.perf_counter() > deadline:
            raise RuntimeError(f"the profile's process does not run: {status}")
        time.sleep(0.1)


def _print(found: Speeds) -> None:
    print("| tok/s, median | " + " | ".join(f"{width} streams" for width in found) + " |")
    print("|---|" + "---|" * len(found))
    for kind in next(iter(found.values())):
        cells = [f"{statistics.median(speeds[kind]):.0f}" for speeds in found.values()]
        print(f"| {kind} | " + " | ".join(cells) + " |")
    ratios = [ratio(each["in a process"], each["embedded"]) for each in found.values()]
    print("| in a process / embedded | " + " | ".join(f"{each:.2f}" for each in ratios) + " |")
