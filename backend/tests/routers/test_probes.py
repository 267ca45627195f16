"""Probing models over HTTP: what they do when they are run is told, kept and shown."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from mlx_manager.config import ManagerSettings
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.errors import EngineFailed
from tests.fakes.model_directory import write_cached_model, write_model
from tests.fakes.script import Script
from tests.manager import Manager, serving

pytestmark = pytest.mark.anyio
GUIDE = "mlx-manager/guide"
CALL = '<tool_call>{"name": "get_weather", "arguments": {"city": "Oslo"}}</tool_call>'


async def probed(client: httpx.AsyncClient, model: str) -> tuple[list[Any], dict[str, Any]]:
    """The checks as they came, and the probe at the end."""
    reply = await client.post(f"/api/models/probe/{model}")
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"].startswith("text/event-stream")
    events = [
        json.loads(line.removeprefix("data: "))
        for line in reply.text.splitlines()
        if line.startswith("data: ")
    ]
    *checks, done = events
    assert {each["event"] for each in checks} <= {"check"}
    assert done["event"] == "done"
    return [each["check"] for each in checks], done["probe"]


async def shown(client: httpx.AsyncClient, model: str) -> dict[str, Any] | None:
    models = (await client.get("/api/models/local")).json()["items"]
    [found] = [each["probe"] for each in models if each["id"] == model]
    probe: dict[str, Any] | None = found
    return probe


async def test_a_probe_runs_the_model_and_what_it_found_is_shown(manager: Manager) -> None:
    ada = await manager.administrator()
    engine = manager.engine
    engine.scripts["three colours"] = Script.of("Red, green and blue are three colours.")
    engine.scripts["Use the tool"] = Script.of(CALL)
    engine.scripts["17 + 25"] = Script.of("<think>Ten and seven.</think>42")
    assert await shown(ada, GUIDE) is None
    checks, probe = await probed(ada, GUIDE)
    assert [(check["name"], check["passed"]) for check in checks] == [
        ("text", True),
        ("schema", False),  # a script follows no grammar
        ("tools", True),
        ("reasoning", True),
    ]
    assert "cannot be held to a format" in checks[1]["detail"]
    assert "get_weather" in checks[2]["detail"]
    assert probe["checks"] == checks
    assert (probe["works"], probe["problem"], probe["is_current"]) == (True, None, True)
    assert probe["weights_bytes"] > 0
    assert probe["speed"]["load_seconds"] is not None
    assert probe["speed"]["tokens_per_second"] > 0
    assert await shown(ada, GUIDE) == probe
    _, again = await probed(ada, GUIDE)
    assert again["speed"]["load_seconds"] is None  # it was there already
    assert await shown(ada, GUIDE) == again
    capabilities = await ada.get(f"/api/models/capabilities/{GUIDE}")
    assert capabilities.status_code == 200


async def test_the_guide_itself_is_run_and_held_to_a_schema(
    settings: ManagerSettings, tmp_path: Path
) -> None:
    async with serving(settings, tmp_path, real_engine=True) as manager:
        ada = await manager.administrator()
        checks, probe = await probed(ada, GUIDE)
        assert await shown(ada, GUIDE) == probe
    names = [check["name"] for check in checks]
    assert names[:2] == ["text", "schema"]
    assert [check["passed"] for check in checks[:2]] == [True, True], checks
    assert probe["works"]
    assert probe["weights_bytes"] > 1_000_000
    speed = probe["speed"]
    assert speed["load_seconds"] > 0
    assert speed["prompt_tokens_per_second"] > 0
    assert speed["tokens_per_second"] > 0


async def test_what_a_model_only_promises_is_found_out(manager: Manager) -> None:
    ada = await manager.administrator()
    manager.engine.default = Script.of("I would rather not.")
    checks, probe = await probed(ada, GUIDE)
    assert [(check["name"], check["passed"]) for check in checks] == [
        ("text", True),
        ("schema", False),
        ("tools", False),
        ("reasoning", False),
    ]
    assert "called no tool" in checks[2]["detail"]
    assert probe["works"]


async def test_a_model_that_cannot_run_is_told_why_and_asked_no_more(
    manager: Manager, settings: ManagerSettings
) -> None:
    write_cached_model(settings.hf_cache_path, ModelId("acme/Sick"))
    broken = write_cached_model(settings.hf_cache_path, ModelId("acme/Broken"))
    (broken / "model.safetensors").write_bytes(b"short")
    ada = await manager.administrator()
    manager.engine.load_errors[ModelId("acme/Sick")] = EngineFailed("It has no head.")
    checks, probe = await probed(ada, "acme/Sick")
    assert [check["name"] for check in checks] == ["text"]
    assert (probe["works"], probe["problem"]) == (False, "It has no head.")
    checks, probe = await probed(ada, "acme/Broken")
    assert [(check["name"], check["passed"]) for check in checks] == [("files", False)]
    assert "cut short" in probe["problem"]
    assert manager.engine.loads == 0


async def test_a_probe_of_other_files_is_shown_as_such(
    manager: Manager, settings: ManagerSettings
) -> None:
    folder = write_cached_model(settings.hf_cache_path, ModelId("acme/Moved"))
    ada = await manager.administrator()
    await probed(ada, "acme/Moved")
    newer = folder.with_name("def")
    write_model(newer)
    (folder.parent.parent / "refs" / "main").write_text("def", encoding="utf-8")
    kept = await shown(ada, "acme/Moved")
    assert kept is not None
    assert kept["is_current"] is False


async def test_a_model_that_is_not_here_and_a_user_are_refused(manager: Manager) -> None:
    ada = await manager.administrator()
    bob = await manager.user(ada, "bob@example.com")
    missing = await ada.post("/api/models/probe/acme/Nowhere")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    refused = await bob.post(f"/api/models/probe/{GUIDE}")
    assert (refused.status_code, refused.json()["code"]) == (403, "administrators_only")


async def test_a_probe_is_in_the_books_of_who_began_it(manager: Manager) -> None:
    ada = await manager.administrator()
    await probed(ada, GUIDE)
    [row] = (await ada.get("/api/audit", params={"model": GUIDE})).json()["items"]
    assert (row["method"], row["path"]) == ("POST", f"/api/models/probe/{GUIDE}")
    assert row["user_email"] == "ada@example.com"
    assert row["completion_tokens"] > 0
