"""Loading told as it goes, and reading a model's files again."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from mlx_manager.mlx_server.errors import InvalidModel
from tests.fakes.script import Forever, Script
from tests.mlx_server.api.requests import chat
from tests.mlx_server.conftest import MODEL, OTHER_MODEL, Server

pytestmark = pytest.mark.anyio
ORDER = {"model": OTHER_MODEL, "stream": True}


async def told(reply: httpx.Response) -> AsyncIterator[dict[str, Any]]:
    async for line in reply.aiter_lines():
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


async def test_a_load_is_told_as_it_goes_and_to_its_end(
    server: Server, client: httpx.AsyncClient
) -> None:
    server.engine.load_gate = asyncio.Event()
    async with client.stream("POST", "/admin/load", json={**ORDER, "pinned": True}) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        events = told(reply)
        first = await anext(events)
        assert first["status"] == "loading"
        assert (first["resident"]["id"], first["resident"]["load_progress"]) == (OTHER_MODEL, 0.5)
        server.engine.load_gate.set()
        last = [event async for event in events][-1]
    assert last["status"] == "done"
    resident = last["resident"]
    assert (resident["state"], resident["load_progress"], resident["pinned"]) == ("ready", 1, True)
    async with client.stream("POST", "/admin/load", json=ORDER) as reply:
        assert [event["status"] async for event in told(reply)] == ["done"]


async def test_a_load_that_fails_says_so_before_and_after_its_first_word(
    server: Server, client: httpx.AsyncClient
) -> None:
    absent = await client.post("/admin/load", json={"model": "nobody/nothing", "stream": True})
    assert (absent.status_code, absent.json()["error"]["code"]) == (404, "model_not_found")
    server.engine.load_gate = asyncio.Event()
    server.engine.load_errors[OTHER_MODEL] = InvalidModel("model.safetensors: no 'lm_head'.")
    async with client.stream("POST", "/admin/load", json=ORDER) as reply:
        events = told(reply)
        assert (await anext(events))["status"] == "loading"
        server.engine.load_gate.set()
        last = [event async for event in events][-1]
    assert (last["status"], last["error"]["code"]) == ("failed", "invalid_model")


async def test_who_leaves_a_load_does_not_stop_it(
    server: Server, client: httpx.AsyncClient
) -> None:
    server.engine.load_gate = asyncio.Event()
    async with client.stream("POST", "/admin/load", json=ORDER) as reply:
        await anext(told(reply))
    server.engine.load_gate.set()
    loaded = (await client.post("/admin/load", json={"model": OTHER_MODEL})).json()
    assert loaded["resident"]["state"] == "ready"
    assert server.engine.loads == 1


async def test_a_reload_reads_the_files_again_and_keeps_the_pin(
    server: Server, client: httpx.AsyncClient
) -> None:
    assert (await client.post("/admin/reload", json={"model": MODEL})).status_code == 200
    await client.post("/admin/load", json={"model": MODEL, "pinned": True})
    again = (await client.post("/admin/reload", json={"model": MODEL})).json()
    assert (again["resident"]["state"], again["resident"]["pinned"]) == ("ready", True)
    assert server.engine.loads == 2
    loose = (await client.post("/admin/reload", json={"model": MODEL, "pinned": False})).json()
    assert loose["resident"]["pinned"] is False
    server.engine.default = Script((Forever("on and on "),))
    async with client.stream("POST", "/chat/completions", json=chat(stream=True)) as busy:
        await anext(busy.aiter_lines())
        refused = await client.post("/admin/reload", json={"model": MODEL})
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "overloaded")
