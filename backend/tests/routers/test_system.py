"""The machine, its memory, doctor, and the dashboard's feed."""

import asyncio
import os
from typing import Any

import pytest

from mlx_manager import __version__
from mlx_manager.db.revision import known_revisions
from tests.conftest import Start
from tests.manager import Manager
from tests.routers.feeding import feed
from tests.routers.talk import ask

pytestmark = pytest.mark.anyio


async def test_the_machine_and_its_versions(manager: Manager) -> None:
    admin = await manager.administrator()
    info = (await admin.get("/api/system/info")).json()
    assert info["version"] == __version__
    assert info["processors"] == os.cpu_count()
    assert info["database_revision"] == known_revisions()[-1]
    assert info["database_bytes"] > 0
    assert info["machine_memory_bytes"] > 0
    assert info["mlx_lm"]
    assert info["accelerator"] in ("metal", "cuda", "cpu")


async def test_memory_tells_each_model_and_the_process(manager: Manager) -> None:
    admin = await manager.administrator()
    await ask(admin)
    memory = (await admin.get("/api/system/memory")).json()
    [model] = memory["models"]
    assert (model["id"], model["state"]) == ("mlx-manager/guide", "ready")
    assert memory["used_bytes"] >= model["weights_bytes"] > 0
    assert memory["budget_bytes"] == 10**6
    assert 10**6 < memory["process_bytes"] < memory["machine_bytes"]


async def test_memory_over_time_begins_with_the_server_and_keeps_an_hour(
    manager: Manager,
) -> None:
    admin = await manager.administrator()
    first = (await admin.get("/api/system/memory/history")).json()
    assert (first["period_seconds"], len(first["samples"])) == (5.0, 1)
    assert first["samples"][0]["weights_bytes"] == 0
    await ask(admin)
    history = manager.app.state.services.system.history
    for _ in range(800):  # more than an hour of looks
        history.look()
    whole = (await admin.get("/api/system/memory/history")).json()
    samples = whole["samples"]
    assert len(samples) == 720
    assert [each["at"] for each in samples] == sorted(each["at"] for each in samples)
    memory = (await admin.get("/api/system/memory")).json()
    last = samples[-1]
    assert last["weights_bytes"] == memory["models"][0]["weights_bytes"] > 0
    assert last["used_bytes"] == last["weights_bytes"] + last["prefix_cache_bytes"]
    assert whole["budget_bytes"] == memory["budget_bytes"]
    short = (await admin.get("/api/system/memory/history", params={"minutes": 2})).json()
    assert short["samples"] == samples[-24:]
    for wrong in (0, 61, "x"):
        refused = await admin.get("/api/system/memory/history", params={"minutes": wrong})
        assert refused.status_code == 422


async def test_doctor_looks_at_the_settings_in_force(manager: Manager) -> None:
    admin = await manager.administrator()
    reply = await admin.get("/api/system/doctor", timeout=90)
    found = {check["name"]: check for check in reply.json()["checks"]}
    assert {"Python", "MLX", "Memory", "Database"} <= set(found), reply.text
    database = manager.app.state.settings.database_path
    assert found["Database"]["detail"] == f"{database}: whole and up to date"


async def test_every_watcher_sees_the_state_and_then_what_changes(manager: Manager) -> None:
    admin = await manager.administrator()
    async with asyncio.timeout(20), feed(admin) as one, feed(admin) as other:
        for watcher in (one, other):
            first = dict([await anext(watcher) for _ in range(6)])
            assert list(first) == ["pool", "requests", "memory", "downloads", "servers", "people"]
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
