"""200 streams cut at random moments: nothing is left after a second, and memory stays flat."""

import asyncio
import json
import random
import tempfile
import urllib.request
from pathlib import Path

from bench.client import post
from bench.processes import Server, free_port, manager_command, manager_environment, serve
from bench.prompts import chat_body

CHAT = "/v1/chat/completions"
GUIDE = "mlx-manager/guide"
STREAMS = 200
AT_ONCE = 20
AFTER_SECONDS = 1.0


def run(*, quick: bool) -> None:
    """Print what is left a second after each of several volleys."""
    volleys = 2 if quick else 5
    with tempfile.TemporaryDirectory() as name:
        port = free_port()
        with serve(
            manager_command(port), port, environment=manager_environment(Path(name))
        ) as server:
            asyncio.run(_volley(port, seed=0))
            print("| volley of 200 cut streams | leases | running | waiting | resident MiB |")
            print("|---|---|---|---|---|")
            for volley in range(1, volleys + 1):
                asyncio.run(_volley(port, seed=volley))
                print(_left(server, volley), flush=True)


async def _volley(port: int, seed: int) -> None:
    source = random.Random(seed)
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        body = chat_body(
            GUIDE, seed * STREAMS + number, max_tokens=2000, ignore_eos=True, temperature=1
        )
        async with gate:
            await post(port, CHAT, body, cut_after=source.randrange(1, 12_000))

    await asyncio.gather(*(one(number) for number in range(STREAMS)))
    # Waits for no state: the goal in the issue is that nothing is left "after 1 s".
    await asyncio.sleep(AFTER_SECONDS)


def _left(server: Server, volley: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/v1/admin/status") as reply:
        status = json.load(reply)
    leases = sum(model["leases"] for model in status["models"])
    engine = status["engine"]
    resident = server.resident_bytes() / 2**20
    return f"| {volley} | {leases} | {engine['running']} | {engine['waiting']} | {resident:.0f} |"
