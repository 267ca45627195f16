"""Profiles as they run, over HTTP: started, stopped, shared, failed, looked at."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from mlx_manager.config import ManagerSettings
from mlx_manager.mlx_server.core.ids import GUIDE_MODEL_ID, ModelId
from mlx_manager.mlx_server.errors import InvalidModel
from tests.conftest import Start
from tests.fakes.model_directory import write_cached_model
from tests.fakes.script import Say, Script, WaitFor
from tests.manager import Manager
from tests.routers.profiling import (
    GUIDE,
    PROFILES,
    SERVERS,
    log_lines,
    make_profile,
    order,
    status_of,
    until,
)

pytestmark = pytest.mark.anyio
HELLO = {"messages": [{"role": "user", "content": "Hello, secret"}]}
CHAT = "/v1/chat/completions"


async def test_a_profile_starts_runs_restarts_and_stops(manager: Manager) -> None:
    admin = await manager.administrator()
    made = await make_profile(admin, pinned=True)
    health = f"{SERVERS}/{made['id']}/health"
    assert (await status_of(admin, made["id"]))["state"] == "stopped"
    assert (await admin.get(health)).json()["status"] == "stopped"
    manager.engine.load_gate = asyncio.Event()
    assert (await order(admin, made["id"], "start"))["state"] == "starting"
    assert (await order(admin, made["id"], "start"))["state"] == "starting"
    manager.engine.load_gate.set()
    running = await until(admin, made["id"], "running")
    assert (running["profile_id"], running["name"], running["model"]) == (
        made["id"],
        "writer",
        GUIDE,
    )
    assert running["memory_bytes"] > 0
    assert running["started_at"] is not None
    assert (await admin.get(health)).json()["status"] == "healthy"
    [listed] = (await admin.get(SERVERS)).json()["items"]
    assert listed == running
    [model] = (await admin.get(f"{SERVERS}/models")).json()["items"]
    assert (model["id"], model["profiles"], model["pinned"]) == (GUIDE, ["writer"], True)
    memory = (await admin.get(f"{SERVERS}/memory")).json()
    assert memory["models"] == [model]
    await order(admin, made["id"], "restart")
    await until(admin, made["id"], "running")
    assert manager.engine.loads == 2
    assert (await order(admin, made["id"], "stop"))["state"] == "stopped"
    assert (await order(admin, made["id"], "stop"))["state"] == "stopped"
    assert manager.engine.resident == {}


async def test_a_call_starts_what_is_stopped(manager: Manager) -> None:
    admin = await manager.administrator()
    made = await make_profile(admin)
    assert (await admin.post(CHAT, json={"model": "writer", **HELLO})).status_code == 200
    assert (await status_of(admin, made["id"]))["state"] == "running"
    other = await make_profile(admin, "poet")  # on the same model, which it did not ask for
    assert (await status_of(admin, other["id"]))["state"] == "stopped"


async def test_a_model_stays_until_the_last_profile_on_it_stops(manager: Manager) -> None:
    admin = await manager.administrator()
    writer, poet = await make_profile(admin), await make_profile(admin, "poet")
    for made in (writer, poet):
        await order(admin, made["id"], "start")
        await until(admin, made["id"], "running")
    assert manager.engine.loads == 1
    assert (await order(admin, writer["id"], "stop"))["state"] == "stopped"
    assert (await status_of(admin, poet["id"]))["state"] == "running"
    assert GUIDE_MODEL_ID in manager.engine.resident
    await order(admin, poet["id"], "stop")
    assert manager.engine.resident == {}


async def test_a_profile_in_use_is_neither_stopped_nor_moved_nor_deleted(manager: Manager) -> None:
    admin = await manager.administrator()
    made = await make_profile(admin)
    path = f"{PROFILES}/{made['id']}"
    gate = asyncio.Event()
    manager.engine.default = Script((Say("Well"), WaitFor(gate)))
    async with admin.stream("POST", CHAT, json={"model": "writer", "stream": True, **HELLO}) as s:
        lines = s.aiter_lines()  # forgetting it would close the connection
        await anext(lines)
        busy = await admin.post(f"{SERVERS}/{made['id']}/stop")
        assert (busy.status_code, busy.json()["code"]) == (409, "server_busy")
        assert (await status_of(admin, made["id"]))["requests"] == 1
    await manager.engine.until_quiet()
    for refused in (await admin.delete(path), await admin.patch(path, json={"name": "poet"})):
        assert (refused.status_code, refused.json()["code"]) == (409, "profile_in_use")
        assert f"/api/servers/{made['id']}/stop" in refused.json()["detail"]
    assert (await admin.patch(path, json={"name": "writer", "pinned": True})).status_code == 200
    await order(admin, made["id"], "stop")
    assert (await admin.delete(path)).status_code == 204
    gone = await admin.post(CHAT, json={"model": "writer", **HELLO})
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "model_not_found")


async def test_what_keeps_it_from_starting_is_said(manager: Manager) -> None:
    admin = await manager.administrator()
    made = await make_profile(admin)
    manager.engine.load_errors[GUIDE_MODEL_ID] = InvalidModel("config.json: it is torn.")
    await order(admin, made["id"], "start")
    async with asyncio.timeout(10):
        while (failed := await status_of(admin, made["id"]))["state"] != "failed":
            pass
    assert failed["problem"] == "config.json: it is torn."
    health = (await admin.get(f"{SERVERS}/{made['id']}/health")).json()
    assert (health["status"], health["reason"]) == ("degraded", "config.json: it is torn.")
    assert any("it is torn" in line for line in await log_lines(admin, made["id"]))
    manager.engine.load_errors.clear()
    await order(admin, made["id"], "start")
    assert (await until(admin, made["id"], "running"))["problem"] is None


async def test_a_pinned_profile_keeps_its_model_and_gives_it_up_when_it_is_changed(
    start: Start, settings: ManagerSettings
) -> None:
    for name in ("acme/One", "acme/Two"):
        write_cached_model(settings.hf_cache_path, ModelId(name))
    async with start() as manager:
        admin = await manager.administrator()
        pool = manager.app.state.inference.state.pool
        made = await make_profile(admin, pinned=True, idle_seconds=1e-9)
        brief = await make_profile(admin, "brief", model="acme/One", idle_seconds=1e-9)
        for profile_id in (made["id"], brief["id"]):
            await order(admin, profile_id, "start")
            await until(admin, profile_id, "running")
        assert pool.idle_seconds == 1e-9
        await pool.unload_idle()
        await until(admin, brief["id"], "stopped")
        assert (await status_of(admin, made["id"]))["state"] == "running"
        for name in ("acme/One", "acme/Two"):  # two at most: one makes room for the other
            assert (await admin.post(CHAT, json={"model": name, **HELLO})).status_code == 200
        assert GUIDE_MODEL_ID in manager.engine.resident
        await admin.patch(f"{PROFILES}/{made['id']}", json={"pinned": False})
        await pool.unload_idle()
        await until(admin, made["id"], "stopped")


async def test_a_log_has_a_line_a_request_and_nothing_of_what_was_said(
    manager: Manager, settings: ManagerSettings
) -> None:
    admin = await manager.administrator()
    made = await make_profile(admin)
    path = f"{SERVERS}/{made['id']}/logs"
    for model in ("writer", GUIDE):
        name = {"x-request-id": f"req-{model[:3]}"}
        await admin.post(CHAT, json={"model": model, **HELLO}, headers=name)
    async with asyncio.timeout(10), admin.stream("GET", path) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        lines = _events(reply)
        first = await anext(lines)
        assert f"req-wri POST {CHAT} 200" in first["line"]
        await order(admin, made["id"], "stop")
        assert "Stopped" in (await anext(lines))["line"]
    told = await log_lines(admin, made["id"])
    assert len(told) == 2
    assert "secret" not in "".join(told)
    assert (settings.log_dir / f"{made['id']}.log").is_file()
    await admin.patch(f"{PROFILES}/{made['id']}", json={"log_level": "ERROR"})
    await admin.post(CHAT, json={"model": "writer", **HELLO})
    assert await log_lines(admin, made["id"]) == told
    await order(admin, made["id"], "stop")
    await admin.delete(f"{PROFILES}/{made['id']}")
    assert logs_in(settings.log_dir) == []


async def _events(reply: httpx.Response) -> AsyncIterator[dict[str, str]]:
    async for line in reply.aiter_lines():
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


def logs_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if not path.name.startswith("mlx-manager")]
