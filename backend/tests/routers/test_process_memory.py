"""What a profile in a process of its own holds of the machine, as everybody is told; a real process
with the guide, while the server's own engine follows scripts."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from tests.manager import Manager
from tests.routers.profiling import GUIDE, SERVERS, make_profile, order
from tests.routers.test_process_servers import CHAT, QUESTION, chat, patient, ready

pytestmark = pytest.mark.anyio
BUDGET_BYTES = 10**6
PATIENCE_SECONDS = 120


async def loaded(client: httpx.AsyncClient) -> dict[str, bool]:
    """By name, in the list and one by one."""
    listed = {
        each["id"]: each["loaded"] for each in (await client.get("/v1/models")).json()["data"]
    }
    for name, is_loaded in listed.items():
        assert (await client.get(f"/v1/models/{name}")).json()["loaded"] == is_loaded
    return listed


async def memory(client: httpx.AsyncClient) -> dict[str, Any]:
    told: dict[str, Any] = (await client.get("/api/system/memory")).json()
    return told


async def counted(client: httpx.AsyncClient) -> dict[str, Any]:
    """The memory, as soon as a health check has found what the process holds."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (told := await memory(client))["used_bytes"]:
            pass
    return told


async def test_what_it_holds_is_told_and_not_given_to_a_model_here(manager: Manager) -> None:
    admin = await patient(manager)
    made = await make_profile(admin, placement="process")
    await make_profile(admin, "here")
    assert await loaded(admin) == {"writer": False, "here": False, GUIDE: False}
    await order(admin, made["id"], "start")
    process_id = await ready(manager, made["id"])
    assert await loaded(admin) == {"writer": True, "here": False, GUIDE: True}
    told = await counted(admin)
    [process] = told["processes"]
    assert (process["profile"], process["model"], process["ready"]) == ("writer", GUIDE, True)
    assert process["process_id"] == process_id
    assert process["process_bytes"] > 50_000_000
    assert told["used_bytes"] == process["used_bytes"] > BUDGET_BYTES
    assert told["models"] == []
    beside = (await admin.get("/v1/admin/status")).json()["beside"]
    assert [(each["profile"], each["used_bytes"]) for each in beside] == [
        ("writer", process["used_bytes"])
    ]
    # Here it would fit, were the budget not all the process's.
    refused = await admin.post(CHAT, json={"model": GUIDE, "messages": QUESTION})
    assert refused.status_code == 503
    assert "Profiles in processes of their own hold" in refused.json()["error"]["message"]
    await order(admin, made["id"], "stop")
    assert await loaded(admin) == {"writer": False, "here": False, GUIDE: False}
    told = await memory(admin)
    assert (told["processes"], told["used_bytes"]) == ([], 0)
    await chat(admin, GUIDE)
    # Its model is in memory, and it is not: it would be answered in a process that does not run.
    assert await loaded(admin) == {"writer": False, "here": True, GUIDE: True}


async def test_stopped_it_ends_its_answers_within_a_second_and_says_so(manager: Manager) -> None:
    admin = await patient(manager)
    made = await make_profile(admin, placement="process")
    await order(admin, made["id"], "start")
    await ready(manager, made["id"])
    endless = {"model": "writer", "messages": QUESTION, "stream": True, "ignore_eos": True}
    events, stopping = [], None
    async with admin.stream("POST", CHAT, json={**endless, "max_tokens": 100_000}) as reply:
        assert reply.status_code == 200
        async for line in reply.aiter_lines():
            if line.startswith("data: "):
                events.append(line.removeprefix("data: "))
            if len(events) == 3 and stopping is None:
                stopping = asyncio.create_task(order(admin, made["id"], "stop"))
    assert stopping is not None
    assert (await stopping)["state"] == "stopped"
    error = next(json.loads(each)["error"] for each in events if '"error"' in each)
    assert error["code"] == "engine_failed"
    assert "'writer' was stopped in the middle of this answer" in error["message"]
    status = (await admin.get(f"{SERVERS}/{made['id']}/status")).json()
    assert (status["requests"], status["process_id"]) == (0, None)
