"""How the server ends, with an application that streams for ever under it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import httpx
import uvicorn

from mlx_manager.cli.lifespan import Message, Receive, Send
from mlx_manager.cli.listening import listen
from mlx_manager.cli.server import DRAIN_SECONDS, Server

START: Message = {"type": "http.response.start", "status": 200, "headers": []}


@dataclass
class Endless:
    """``/stream`` writes until its client leaves, ``/silent`` never answers, ``/brief`` does."""

    began: asyncio.Event = field(default_factory=asyncio.Event)
    ended: list[str] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        path = scope["path"]
        await receive()  # the request itself
        if path == "/stream":
            await send(START)
            await send({"type": "http.response.body", "body": b"x" * 2**20, "more_body": True})
        self.began.set()
        if path == "/brief":
            await asyncio.sleep(DRAIN_SECONDS / 5)
            await send(START)
            await send({"type": "http.response.body", "body": b"whole"})
        else:
            message = await receive()
            assert message["type"] == "http.disconnect"
        self.ended.append(path)


@contextlib.asynccontextmanager
async def running(application: Endless, path: str) -> AsyncIterator[asyncio.StreamReader]:
    """A server with one request under way; leaving stops it."""
    [listener] = listen("127.0.0.1", 0)
    config = uvicorn.Config(application, lifespan="on", log_config=None)
    ready, stopped = asyncio.Event(), asyncio.Event()
    server = Server(config, on_ready=ready.set, on_stopped=stopped.set)
    serving = asyncio.create_task(server._serve([listener]))
    await ready.wait()
    reader, writer = await asyncio.open_connection(*listener.getsockname(), limit=1024)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: test\r\n\r\n".encode())
    await application.began.wait()
    server.should_exit = True
    began = monotonic()
    yield reader
    await serving
    assert stopped.is_set()
    assert monotonic() - began < 2
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


def test_an_open_stream_is_ended_at_once_even_if_its_client_does_not_read() -> None:
    async def scenario() -> None:
        application = Endless()
        async with running(application, "/stream"):
            began = monotonic()
        assert application.ended == ["/stream"]
        assert monotonic() - began < DRAIN_SECONDS

    asyncio.run(scenario())


def test_a_request_that_is_nearly_done_is_answered_whole() -> None:
    async def scenario() -> None:
        application = Endless()
        async with running(application, "/brief") as reader:
            assert (await reader.read()).endswith(b"whole\r\n0\r\n\r\n")
        assert application.ended == ["/brief"]

    asyncio.run(scenario())


def test_a_request_that_never_answers_is_ended_after_a_moment() -> None:
    async def scenario() -> None:
        application = Endless()
        began = monotonic()
        async with running(application, "/silent") as reader:
            with contextlib.suppress(ConnectionError):
                assert await reader.read() == b""
        assert application.ended == ["/silent"]
        assert monotonic() - began > DRAIN_SECONDS

    asyncio.run(scenario())


def test_a_client_gives_up_an_idle_connection_before_the_server_does() -> None:
    server = Server(
        uvicorn.Config(Endless(), log_config=None), on_ready=lambda: None, on_stopped=lambda: None
    )
    patience = httpx.Limits().keepalive_expiry
    assert patience is not None
    assert server.config.timeout_keep_alive > 10 * patience
