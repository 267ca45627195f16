"""A resident model while another loads: the longest pause between two of its tokens."""

import asyncio
import itertools
import json
import statistics
import tempfile
import time
from pathlib import Path

from bench import model
from bench.client import post
from bench.processes import free_port, manager_command, manager_environment, serve
from bench.prompts import chat_body

CHAT = "/v1/chat/completions"
GUIDE = "mlx-manager/guide"


def run(*, quick: bool) -> None:
    """Print gaps with and without a load under way."""
    rounds = 3 if quick else 7
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        port = free_port()
        with serve(manager_command(port), port, environment=manager_environment(folder)):
            asyncio.run(post(port, CHAT, chat_body(GUIDE, 0, max_tokens=4)))
            quiet, loading = [], []
            for turn in range(rounds):
                path = model.make(folder / f"model{turn}")
                quiet.append(asyncio.run(_longest_gap(port, turn, None)))
                loading.append(asyncio.run(_longest_gap(port, turn, path)))
    print("| longest gap between tokens, ms | median | worst |")
    print("|---|---|---|")
    for label, gaps in (("alone", quiet), ("while another model loads", loading)):
        print(f"| {label} | {statistics.median(gaps):.0f} | {max(gaps):.0f} |")


async def _longest_gap(port: int, turn: int, path: Path | None) -> float:
    body = chat_body(GUIDE, turn, max_tokens=300, ignore_eos=True)
    times = asyncio.create_task(_arrivals(port, body))
    if path is not None:
        await post(port, CHAT, chat_body(str(path), turn, max_tokens=2))
    arrivals = await times
    return 1000 * max(later - sooner for sooner, later in itertools.pairwise(arrivals))


async def _arrivals(port: int, body: dict[str, object]) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    payload = json.dumps(body).encode()
    writer.write(
        f"POST {CHAT} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(payload)}\r\nConnection: close\r\n\r\n".encode()
        + payload
    )
    arrivals = []
    while chunk := await reader.read(65536):
        if b'"content"' in chunk:
            arrivals.append(time.perf_counter())
    writer.close()
    return arrivals
