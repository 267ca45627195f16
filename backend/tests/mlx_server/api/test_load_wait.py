"""A model that takes long to load: whoever waits is told in time, and the load goes on."""

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest

from mlx_manager.mlx_server.errors import EngineFailed
from tests.mlx_server.api.requests import chat
from tests.mlx_server.conftest import MODEL, Server

pytestmark = pytest.mark.anyio


@pytest.fixture
def gate(server: Server) -> asyncio.Event:
    """Loads end when it is set; a request waits for a hundredth of a second."""
    wait(server, 0.01)
    server.engine.load_gate = asyncio.Event()
    return server.engine.load_gate


def wait(server: Server, seconds: float) -> None:
    server.pool._limits = replace(server.pool._limits, load_wait_seconds=seconds)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/chat/completions", chat()),
        ("/chat/completions", chat(stream=True)),
        ("/responses", {"model": MODEL, "input": "Hi"}),
        ("/admin/load", {"model": MODEL}),
    ],
)
async def test_a_request_does_not_wait_for_ever(
    server: Server, client: httpx.AsyncClient, gate: asyncio.Event, path: str, body: dict[str, Any]
) -> None:
    late = await client.post(path, json=body)
    assert (late.status_code, late.headers["retry-after"]) == (503, "5")
    message = late.json()["error"]["message"]
    assert "still loading (50% read) after 0.01 s" in message
    assert "MLX_SERVER_LOAD_WAIT_SECONDS" in message
    wait(server, 0)
    gate.set()
    assert (await client.post(path, json=body)).status_code == 200


async def test_one_load_serves_those_who_come_back(
    server: Server, client: httpx.AsyncClient, gate: asyncio.Event
) -> None:
    replies = await asyncio.gather(
        *(client.post("/chat/completions", json=chat()) for _ in range(3))
    )
    assert [reply.status_code for reply in replies] == [503] * 3
    (model,) = (await client.get("/admin/status")).json()["models"]
    assert (model["state"], model["leases"]) == ("loading", 0)
    wait(server, 0)
    gate.set()
    assert (await client.post("/chat/completions", json=chat())).status_code == 200
    assert server.engine.loads == 1


async def test_a_failure_in_time_is_told_as_itself(
    server: Server, client: httpx.AsyncClient, gate: asyncio.Event
) -> None:
    server.engine.load_errors[MODEL] = EngineFailed("The engine failed: a bad kernel.")
    wait(server, 60)
    gate.set()
    reply = await client.post("/chat/completions", json=chat())
    assert (reply.status_code, reply.json()["error"]["code"]) == (500, "engine_failed")
