"""Profiles of the built-in model, on MLX, over a restart of the whole server."""

import json
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from safetensors.numpy import save_file

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


def write_adapter(folder: Path, hidden: int, out: int) -> Path:
    """A LoRA of the guide's last layer, as mlx-lm's training writes one, strong enough to show."""
    folder.mkdir()
    lora = {"rank": 2, "scale": 500.0, "dropout": 0.0, "keys": ["self_attn.q_proj"]}
    config = {"fine_tune_type": "lora", "num_layers": 1, "lora_parameters": lora}
    (folder / "adapter_config.json").write_text(json.dumps(config), encoding="utf-8")
    draw = np.random.default_rng(7)
    name = "model.layers.4.self_attn.q_proj"
    weights = {
        f"{name}.lora_a": draw.normal(size=(hidden, 2)).astype(np.float32),
        f"{name}.lora_b": draw.normal(size=(2, out)).astype(np.float32),
    }
    save_file(weights, folder / "adapters.safetensors")
    return folder


async def test_an_adapter_makes_another_model_of_the_same_files(
    settings: ManagerSettings, tmp_path: Path
) -> None:
    adapter = write_adapter(tmp_path / "letters", hidden=256, out=256)
    foreign = write_adapter(tmp_path / "foreign", hidden=300, out=256)
    ask = {"prompt": "What can", "max_tokens": 1, "temperature": 0, "logprobs": 1}
    async with serving(settings, tmp_path, real_engine=True) as manager:
        admin = await manager.administrator()
        made = await make_profile(admin, adapter=str(adapter))
        wrong = await make_profile(admin, "wrong", adapter=str(foreign))
        plain = await call(admin, "/v1/completions", model=GUIDE, **ask)
        adapted = await call(admin, "/v1/completions", model="writer", **ask)
        assert adapted["model"] == "writer"
        assert adapted["choices"] != plain["choices"]
        again = await call(admin, "/v1/completions", model=GUIDE, **ask)
        assert again["choices"] == plain["choices"]
        models = (await admin.get("/api/servers/models")).json()["items"]
        assert {tuple(model["profiles"]) for model in models} == {(), ("writer",)}
        assert models[1]["weights_bytes"] > models[0]["weights_bytes"]
        refused = await admin.post("/v1/completions", json={"model": "wrong", **ask})
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid_model")
        assert "foreign" in refused.json()["error"]["message"]
        assert (await order(admin, made["id"], "stop"))["state"] == "stopped"
        nowhere = {"name": "third", "model": GUIDE, "adapter": str(tmp_path / "nowhere")}
        for reply in (
            await admin.post(PROFILES, json=nowhere),
            await admin.patch(f"{PROFILES}/{wrong['id']}", json={"adapter": nowhere["adapter"]}),
        ):
            assert (reply.status_code, reply.json()["code"]) == (409, "profile_model_missing")
