"""The machine, its memory, doctor, and the dashboard's feed."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from mlx_manager import __version__
from mlx_manager.db.revision import known_revisions
from tests.conftest import Start
from tests.manager import Manager
from tests.routers.talk import ask

pytestmark = pytest.mark.anyio
Event = tuple[str, dict[str, Any]]


async def test_the_machine_and_its_versions(manager: Manager) -> None:
    admin = await manager.administrator()
    info = (await admin.get("/api/system/info")).json()
    assert info["version"] == __version__
    assert info["processors"] == os.cpu_count()
    assert info["database_revision"] == known_revisions()[-1]
    assert info["database_bytes"] > 0
    assert info["machine_memory_bytes"] > 0
    assert info["mlx_lm"]
    assert info["computes_on"] in ("metal", "cuda", "cpu")
    assert info["disk_free_bytes"] > 0


async def test_memory_tells_each_model_and_the_process(manager: Manager) -> None:
    admin = await manager.administrator()
    await ask(admin)
    memory = (await admin.get("/api/system/memory")).json()
    [model] = memory["models"]
    assert (model["id"], model["state"]) == ("mlx-manager/guide", "ready")
    assert memory["used_bytes"] >= model["weights_bytes"] > 0
    assert memory["budget_bytes"] == 10**6
    assert 10**6 < memory["process_bytes"] < memory["machine_bytes"]


async def test_doctor_looks_at_the_settings_in_force(manager: Manager) -> None:
    admin = await manager.administrator()
    reply = await admin.get("/api/system/doctor", timeout=90)
    found = {check["name"]: check for check in reply.json()["checks"]}
    assert {"Python", "MLX", "Memory", "Database"} <= set(found), reply.text
    database = manager.app.state.settings.database_path
    assert found["Database"]["detail"] == f"{database}: whole and up to date"


@asynccontextmanager
async def feed(client: httpx.AsyncClient) -> AsyncIterator[AsyncIterator[Event]]:
    async with client.stream("GET", "/api/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        yield _events(stream)


async def _events(stream: httpx.Response) -> AsyncIterator[Event]:
    name = ""
    async for line in stream.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


async def test_every_watcher_sees_the_state_and_then_what_changes(manager: Manager) -> None:
    admin = await manager.administrator()
    async with asyncio.timeout(20), feed(admin) as one, feed(admin) as other:
        for watcher in (one, other):
            first = dict([await anext(watcher) for _ in range(4)])
            assert set(first) == {"pool", "requests", "memory", "downloads"}
            assert (first["pool"]["models"], first["downloads"]["downloads"]) == ([], [])
        message = await ask(admin)
        for watcher in (one, other):
            changed: dict[str, dict[str, Any]] = {}
            while {"pool", "requests"} - set(changed):
                name, event = await anext(watcher)
                changed[name] = event
            assert changed["pool"]["models"][0]["id"] == "mlx-manager/guide"
            spent = changed["requests"]["completion_tokens"]
            assert spent == message["usage"]["completion_tokens"]


async def test_the_feed_tells_of_downloads(start: Start) -> None:
    nowhere = "http://127.0.0.1:9"
    async with start(hf_endpoint=nowhere) as manager, asyncio.timeout(60):
        admin = await manager.administrator()
        async with feed(admin) as events:
            began = await admin.post("/api/models/downloads", json={"model": "some/model"})
            async for name, event in events:
                if name == "downloads" and event["downloads"]:
                    break
        [shown] = event["downloads"]
        assert (shown["id"], shown["model"]) == (began.json()["id"], "some/model")


async def test_nobody_looks_when_nobody_watches(manager: Manager) -> None:
    admin = await manager.administrator()
    looking = manager.app.state.services.system.feed
    assert not looking.is_looking
    async with asyncio.timeout(10):
        async with feed(admin) as events:
            await anext(events)
            assert looking.is_looking
        while looking.is_looking:
            await admin.get("/health")
