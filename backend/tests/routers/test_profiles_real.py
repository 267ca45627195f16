"""Profiles of the built-in model, on MLX, over a restart of the whole server."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from mlx_manager.config import ManagerSettings
from tests.manager import serving
from tests.routers.profiling import GUIDE, PROFILES, log_lines, make_profile, order, until

pytestmark = pytest.mark.anyio
TURNS = [{"role": "user", "content": "What can you do?"}]
CALLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/v1/chat/completions", {"messages": TURNS}),
    ("/v1/completions", {"prompt": "What can"}),
    ("/v1/messages", {"messages": TURNS, "max_tokens": 6}),
    ("/v1/responses", {"input": "What can you do?"}),
)


async def call(client: httpx.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    reply = await client.post(path, json=body)
    assert reply.status_code == 200, (path, reply.text)
    answered: dict[str, Any] = reply.json()
    return answered


def completion_tokens(answered: dict[str, Any]) -> int:
    usage = answered["usage"]
    return int(usage.get("completion_tokens", usage.get("output_tokens")))


def prompt_tokens(answered: dict[str, Any]) -> int:
    usage = answered["usage"]
    return int(usage.get("prompt_tokens", usage.get("input_tokens")))


async def test_profiles_answer_in_every_dialect_and_run_again_after_a_restart(
    settings: ManagerSettings, tmp_path: Path
) -> None:
    defaults = {
        "temperature": 0,
        "max_tokens": 6,
        "system_prompt": "You write letters, and nothing but letters.",
        "reasoning_effort": "none",
    }
    async with serving(settings, tmp_path, real_engine=True) as manager:
        admin = await manager.administrator()
        pinned = await make_profile(admin, pinned=True, defaults=defaults)
        early = await make_profile(admin, "early", start_with_server=True)
        late = await make_profile(admin, "late")
        for path, body in CALLS:
            answered = await call(admin, path, model="writer", **body)
            assert answered["model"] == "writer"
            assert 0 < completion_tokens(answered) <= 6
            bare = await call(admin, path, model=GUIDE, **{"max_tokens": 1, **body})
            is_chat = "prompt" not in body
            assert (prompt_tokens(answered) > prompt_tokens(bare)) is is_chat
        first = await call(admin, CALLS[0][0], model="writer", **CALLS[0][1])
        await until(admin, pinned["id"], "running")
        await order(admin, late["id"], "start")
        await until(admin, late["id"], "running")
        token = admin.headers["authorization"].partition(" ")[2]
    async with serving(settings, tmp_path, real_engine=True) as manager:
        admin = await manager.client(token)
        for made in (pinned, early):
            running = await until(admin, made["id"], "running")
            assert running["last_used_at"] is not None
        stopped = (await admin.get(f"/api/servers/{late['id']}/status")).json()
        assert stopped["state"] == "stopped"
        again = await call(admin, CALLS[0][0], model="writer", **CALLS[0][1])
        assert again["choices"] == first["choices"]
        told = await log_lines(admin, pinned["id"])
        assert "Starting writer on mlx-manager/guide" in told[-3]
        assert "Started after" in told[-2]
        assert "POST /v1/chat/completions 200" in told[-1]
        [resident] = (await admin.get("/api/servers/models")).json()["items"]
        assert (resident["id"], resident["pinned"]) == (GUIDE, True)
        assert set(resident["profiles"]) == {"early", "writer"}
        assert len((await admin.get(PROFILES)).json()["items"]) == 3
