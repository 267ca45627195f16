"""Clients that vanish: nothing of theirs is left behind."""

import asyncio
import json
import random
from urllib.parse import urlsplit

import pytest

from tests.fakes.script import Forever, Prefill, Script, WaitFor
from tests.mlx_server.api.requests import chat, completion, eventually
from tests.mlx_server.conftest import Server

pytestmark = pytest.mark.anyio
CLIENTS = 200


async def test_two_hundred_streams_cut_at_random_leave_nothing(server: Server) -> None:
    chance = random.Random(7)
    server.engine.scripts = {"waits": Script.of(Prefill(1, 2), WaitFor(asyncio.Event()))}
    server.engine.default = Script.of("Hello ", Forever())
    before = asyncio.all_tasks()
    await asyncio.gather(*(_ask_and_vanish(server, chance) for _ in range(CLIENTS)))
    await server.engine.until_quiet()
    await eventually(lambda: server.leases() == 0)
    # Tasks of connections end a turn of the loop after their streams.
    await eventually(lambda: not (asyncio.all_tasks() - before))
    assert len(server.engine.specs) > 0


async def _ask_and_vanish(server: Server, chance: random.Random) -> None:
    """Send one request, read some of the reply, and hang up without a word."""
    to = urlsplit(server.url)
    words = chance.choice(["goes", "waits"])
    if chance.random() < 0.3:
        path, body = "/v1/completions", completion([words, words], stream=True, max_tokens=4000)
    else:
        stream = chance.random() < 0.7
        path, body = "/v1/chat/completions", chat(words, stream=stream, max_tokens=4000)
    raw = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nhost: {to.netloc}\r\ncontent-length: {len(raw)}\r\n\r\n"
    reader, writer = await asyncio.open_connection(to.hostname, to.port)
    writer.write(head.encode() + raw)
    await writer.drain()
    try:
        async with asyncio.timeout(chance.random() * 0.5):
            await reader.read(chance.choice([1, 1, 300, 5000]))
    except TimeoutError:
        pass
    writer.transport.abort()
