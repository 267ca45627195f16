"""Profiles in processes of their own, over HTTP: real processes with the guide, while the server's
own engine follows scripts."""

import json
import os
import signal
from typing import Any

import httpx
import pytest

from mlx_manager.services.server_manager.process_facts import identity_of
from mlx_manager.services.server_manager.process_state import ProcessState
from mlx_manager.services.server_manager.server_manager import ServerManager
from tests.fakes.script import Script
from tests.manager import Manager
from tests.routers.profiling import GUIDE, PROFILES, SERVERS, log_lines, make_profile, order

pytestmark = pytest.mark.anyio
CHAT = "/v1/chat/completions"
QUESTION = [{"role": "user", "content": "What is MLX?"}]
DEFAULTS = {"temperature": 0, "max_tokens": 12, "system_prompt": "Be brief."}
SLOW = 600.0


async def patient(manager: Manager) -> httpx.AsyncClient:
    """The administrator, who can wait for a process."""
    admin = await manager.administrator()
    admin.timeout = httpx.Timeout(SLOW)
    return admin


def processes(manager: Manager) -> ServerManager:
    found: ServerManager = manager.app.state.services.running.processes
    return found


async def ready(manager: Manager, profile_id: str) -> int:
    """Its process id, as soon as it serves."""
    states = {ProcessState.READY, ProcessState.FAILED}
    status = await processes(manager).until(profile_id, states)
    assert status is not None
    assert status.pid is not None, status
    return status.pid


async def chat(client: httpx.AsyncClient, model: str = "writer", **fields: Any) -> dict[str, Any]:
    reply = await client.post(CHAT, json={"model": model, "messages": QUESTION, **fields})
    assert reply.status_code == 200, reply.text
    body: dict[str, Any] = reply.json()
    return body


async def last_row(admin: httpx.AsyncClient) -> dict[str, Any]:
    """The newest audit row of a chat."""
    page = await admin.get("/api/audit", params={"area": "v1"})
    rows: list[dict[str, Any]] = page.json()["items"]
    return rows[0]


async def check_plain_questions(admin: httpx.AsyncClient) -> None:
    """Tokens are counted there, with the profile's system prompt; what cannot be asked there is
    not done here."""
    asked = {"model": "writer", "messages": QUESTION}
    told = (await admin.post("/v1/tokenize", json=asked)).json()
    counted = (await admin.post("/v1/messages/count_tokens", json=asked)).json()
    bare = await admin.post("/v1/tokenize", json={**asked, "add_generation_prompt": False})
    assert counted["input_tokens"] == told["count"] > bare.json()["count"]
    back = await admin.post("/v1/detokenize", json={"model": "writer", "tokens": told["tokens"]})
    assert "Be brief." in back.json()["prompt"]
    refused = await admin.post(
        "/v1/completions", json={"model": "writer", "prompt": [1], "echo": True}
    )
    assert refused.status_code == 400
    assert "runs in a process of its own" in refused.json()["error"]["message"]


async def test_a_call_starts_its_process_which_answers_with_the_profiles_defaults(
    manager: Manager,
) -> None:
    admin = await patient(manager)
    made = await make_profile(admin, placement="process", defaults=DEFAULTS)
    first = await chat(admin)
    assert first["model"] == "writer"
    assert 0 < first["usage"]["completion_tokens"] <= 12
    again = await chat(admin, max_tokens=5, n=2, stop=["zzz"])
    texts = [choice["message"]["content"] for choice in again["choices"]]
    assert texts[0] == texts[1]
    assert first["choices"][0]["message"]["content"].startswith(texts[0])
    running = (await admin.get(f"{SERVERS}/{made['id']}/status")).json()
    assert running["state"] == "running"
    assert identity_of(running["process_id"]) is not None
    assert (running["requests"], running["load_progress"]) == (0, 1.0)
    assert running["last_used_at"] is not None
    spent = sum(each["usage"]["completion_tokens"] for each in (first, again))
    live = running["live"]
    assert (live["running"], live["waiting"], live["completion_tokens"]) == (0, 0, spent)
    assert live["prompt_tokens"] >= first["usage"]["prompt_tokens"] > 0
    # As lists and the feed tell it, so that nobody has to ask for each process.
    assert running["health"]["status"] == "healthy"
    assert running["health"]["response_ms"] > 0
    health = (await admin.get(f"{SERVERS}/{made['id']}/health")).json()
    assert health["status"] == "healthy"
    assert health["response_ms"] > 0
    assert health["memory_bytes"] > 50_000_000
    row = await last_row(admin)
    assert (row["model"], row["completion_tokens"]) == (
        "writer",
        again["usage"]["completion_tokens"],
    )
    shorter = {"defaults": {**DEFAULTS, "max_tokens": 3}}
    assert (await admin.patch(f"{PROFILES}/{made['id']}", json=shorter)).status_code == 200
    assert (await chat(admin))["usage"]["completion_tokens"] == 3
    await check_plain_questions(admin)
    assert (await order(admin, made["id"], "stop"))["state"] == "stopped"
    assert identity_of(running["process_id"]) is None
    assert any(
        "Application startup complete" in line for line in await log_lines(admin, made["id"])
    )


async def test_killed_it_costs_its_own_streams_an_error_and_nobody_else_anything(
    manager: Manager,
) -> None:
    admin = await patient(manager)
    made = await make_profile(admin, placement="process", defaults=DEFAULTS)
    await order(admin, made["id"], "start")
    process_id = await ready(manager, made["id"])
    manager.engine.default = Script.of("Undisturbed.")
    endless = {"model": "writer", "messages": QUESTION, "stream": True, "ignore_eos": True}
    events = []
    async with admin.stream("POST", CHAT, json={**endless, "max_tokens": 100_000}) as reply:
        assert reply.status_code == 200
        async for line in reply.aiter_lines():
            if line.startswith("data: "):
                events.append(line.removeprefix("data: "))
            if len(events) == 3 and identity_of(process_id):
                os.kill(process_id, signal.SIGKILL)
    error = next(json.loads(each)["error"] for each in events if '"error"' in each)
    assert error["code"] == "engine_failed"
    assert "'writer' ended in the middle of this answer" in error["message"]
    other = await chat(admin, GUIDE)
    assert other["choices"][0]["message"]["content"] == "Undisturbed."
    await processes(manager).until(made["id"], frozenset(ProcessState) - {ProcessState.READY})
    refused = await admin.post(CHAT, json={"model": "writer", "messages": QUESTION})
    assert refused.status_code in (200, 503), refused.text
    if refused.status_code == 503:
        assert int(refused.headers["retry-after"]) >= 1
        assert "was ended by SIGKILL" in refused.json()["error"]["message"]
    assert await ready(manager, made["id"]) != process_id
    assert (await chat(admin))["usage"]["completion_tokens"] > 0
