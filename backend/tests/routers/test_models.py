"""Models at the hub and on this machine, over HTTP."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from mlx_manager.config import ManagerSettings
from mlx_manager.mlx_server.core.ids import ModelId
from tests.conftest import Start
from tests.fakes.hub.content import HubRepo
from tests.fakes.hub.faults import Fault
from tests.fakes.model_directory import write_cached_model, write_model
from tests.fakes.script import Script
from tests.hub import MODEL, SHAPE, RunningHub, write_sharded
from tests.manager import Manager
from tests.routers.fetching import begin_download, until
from tests.routers.talk import ask

pytestmark = pytest.mark.anyio
KV_BYTES_PER_TOKEN = 2 * 2 * 2 * 16 * 2
"""Keys and values, layers, heads, numbers a head, bytes a number: those of ``SHAPE``."""


async def search(client: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    reply = await client.get("/api/models/search", params=params)
    assert reply.status_code == 200, reply.text
    assert reply.json()["next_cursor"] is None
    found: list[dict[str, Any]] = reply.json()["items"]
    return found


def add(hub: RunningHub, folder: Path, name: str, model_type: str, **facts: Any) -> HubRepo:
    """One more model at the hub."""
    path = write_model(folder / name.replace("/", " "), model_type=model_type, **SHAPE)
    repo = hub.hub.repos[name] = HubRepo(name, path, **facts)
    return repo


async def test_a_search_tells_size_fit_and_whether_it_would_run(
    start: Start, hub: RunningHub
) -> None:
    async with start(hf_endpoint=hub.url) as manager:
        ada = await manager.administrator()
        (found,) = await search(ada, query="tiny", context=1000)
    size = sum(file.size for file in hub.repo.files.values())
    assert (found["id"], found["author"]) == (MODEL, "mlx-community")
    assert (found["downloads"], found["likes"], found["gated"]) == (100, 5, False)
    assert (found["size_bytes"], found["family"], found["unsupported"]) == (size, "qwen3", None)
    assert found["quantization"] == {"bits": 4, "group_size": 64, "mode": None}
    assert (found["is_local"], found["is_downloading"]) == (False, False)
    fit = found["fit"]
    assert fit["kv_bytes_per_token"] == KV_BYTES_PER_TOKEN
    assert fit["kv_cache_bytes"] == 1000 * KV_BYTES_PER_TOKEN
    assert fit["needed_bytes"] == size + 1000 * KV_BYTES_PER_TOKEN
    assert fit["budget_bytes"] == 10**6
    assert fit["largest_context"] == 0  # this hub's model is larger than the test's budget
    assert fit["verdict"] == "too_large"
    assert "1,000 tokens x 0.3 kB" in fit["explanation"]


async def test_a_search_sorts_filters_by_size_and_author_and_knows_what_is_here(
    start: Start, settings: ManagerSettings, hub: RunningHub, tmp_path: Path
) -> None:
    add(hub, tmp_path, "acme/Small", "llama", downloads=1, likes=50)
    add(hub, tmp_path, "acme/Large", "llama", downloads=500, used_storage=90 * 10**9)
    add(hub, tmp_path, "acme/Strange", "from_the_future", downloads=300)
    write_cached_model(settings.hf_cache_path, ModelId("acme/Small"))
    async with start(hf_endpoint=hub.url) as manager:
        ada = await manager.administrator()

        async def names(**params: Any) -> list[str]:
            return [model["id"] for model in await search(ada, **params)]

        assert await names() == ["acme/Large", "acme/Strange", MODEL, "acme/Small"]
        assert await names(sort="likes", limit=2) == ["acme/Small", MODEL]
        assert await names(author="acme", max_size_gb=80) == ["acme/Strange", "acme/Small"]
        by_name = {model["id"]: model for model in await search(ada, author="acme")}
        assert by_name["acme/Small"]["is_local"]
        assert by_name["acme/Large"]["fit"]["verdict"] == "too_large"
        assert "from_the_future" in by_name["acme/Strange"]["unsupported"]
        assert (await ada.get("/api/models/search", params={"sort": "size"})).status_code == 422
    async with start(hf_endpoint=hub.url, hf_organization="acme") as manager:
        anyone = await manager.client()
        login = {"email": "ada@example.com", "password": "a quiet instrument"}
        token = (await anyone.post("/api/auth/login", json=login)).json()["access_token"]
        found = await search(await manager.client(token))
        assert {model["author"] for model in found} == {"acme"}


async def test_sizes_are_remembered_and_one_that_is_not_told_hides_no_other(
    start: Start, hub: RunningHub, tmp_path: Path
) -> None:
    add(hub, tmp_path, "acme/Sick", "llama")
    hub.fault(Fault("status", path="/api/models/acme/Sick", status=500))
    async with start(hf_endpoint=hub.url) as manager:
        ada = await manager.administrator()
        by_name = {model["id"]: model for model in await search(ada)}
        assert by_name["acme/Sick"]["size_bytes"] is None
        assert by_name["acme/Sick"]["fit"]["verdict"] == "unknown"
        assert by_name[MODEL]["size_bytes"] is not None
        asked = len(hub.hub.requests)
        await search(ada)
        paths = [path for _, path, _ in hub.hub.requests[asked:]]
        assert not [path for path in paths if MODEL in path]


class Case(NamedTuple):
    """A fault, and the refusal that it leads to."""

    fault: Fault
    status: int
    code: str
    words: str


CASES = (
    Case(Fault("status", status=429), 503, "hub_rate_limited", "token"),
    Case(Fault("status", status=500), 502, "hub_failing", "nothing is wrong here"),
    Case(Fault("garbage"), 502, "hub_garbage", "sign-in page"),
    Case(Fault("hold"), 504, "hub_slow", "in time"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
async def test_a_hub_that_misbehaves_is_a_clear_refusal(
    start: Start, hub: RunningHub, monkeypatch: pytest.MonkeyPatch, case: Case
) -> None:
    if case.fault.kind == "hold":
        monkeypatch.setattr("mlx_manager.services.hf_api.REQUEST_SECONDS", 1.0)
    hub.fault(replace(case.fault, lifted=asyncio.Event()))
    async with start(hf_endpoint=hub.url) as manager:
        ada = await manager.administrator()
        reply = await ada.get("/api/models/search")
        assert (reply.status_code, reply.json()["code"]) == (case.status, case.code)
        assert case.words in reply.json()["detail"]


async def test_offline_nothing_is_asked_and_what_is_here_still_is(
    start: Start, settings: ManagerSettings
) -> None:
    write_cached_model(settings.hf_cache_path, ModelId("acme/Here"))
    async with start(offline_mode=True) as manager:
        ada = await manager.administrator()
        reply = await ada.get("/api/models/search")
        assert (reply.status_code, reply.json()["code"]) == (503, "offline_mode")
        local = (await ada.get("/api/models/local")).json()["items"]
        assert [model["id"] for model in local] == ["acme/Here", "mlx-manager/guide"]
        config = (await ada.get("/api/models/config/acme/Here")).json()
        assert (config["source"], config["config"]["model_type"]) == ("local", "fake")
        card = (await ada.get("/api/models/card/acme/Here")).json()
        assert (card["source"], card["markdown"]) == ("local", None)


async def test_local_models_say_what_they_are_and_what_is_wrong(
    manager: Manager, settings: ManagerSettings
) -> None:
    cache = settings.hf_cache_path
    whole = write_cached_model(cache, ModelId("acme/Whole"))
    write_model(whole, model_type="qwen3", torch_dtype="bfloat16", **SHAPE)
    broken = write_cached_model(cache, ModelId("acme/Broken"))
    (broken / "model.safetensors").write_bytes(b"short")
    write_cached_model(cache, ModelId("acme/Unknown"))
    ada = await manager.administrator()
    params = {"limit": 2, "context": 3600}
    reply = (await ada.get("/api/models/local", params=params)).json()
    assert [model["id"] for model in reply["items"]] == ["acme/Broken", "acme/Unknown"]
    rest = await ada.get("/api/models/local", params={**params, "cursor": reply["next_cursor"]})
    assert [model["id"] for model in rest.json()["items"]] == ["acme/Whole", "mlx-manager/guide"]
    by_name = {m["id"]: m for m in (*reply["items"], *rest.json()["items"])}
    found = by_name["acme/Whole"]
    assert (found["family"], found["dtype"], found["problem"]) == ("qwen3", "bfloat16", None)
    assert found["quantization"] == {"bits": 4, "group_size": 64, "mode": None}
    assert found["context_length"] == 4096
    assert found["size_bytes"] == sum(file.stat().st_size for file in whole.iterdir())
    assert found["capabilities"]["tools"]
    assert found["last_used_at"] is None
    assert found["fit"]["verdict"] == "tight"  # 16 bytes, and 3600 tokens of 256
    assert "cut short" in by_name["acme/Broken"]["problem"]
    assert "fake" in by_name["acme/Unknown"]["problem"]
    assert by_name["mlx-manager/guide"]["built_in"]
    manager.engine.default = Script.of("Yes.")
    await ask(ada)
    again = (await ada.get("/api/models/local")).json()["items"]
    guide = next(model for model in again if model["built_in"])
    assert guide["loaded"]
    assert guide["last_used_at"] is not None


async def test_capabilities_config_and_card_of_a_model_here_and_at_the_hub(
    start: Start, settings: ManagerSettings, hub: RunningHub
) -> None:
    here = write_cached_model(settings.hf_cache_path, ModelId("acme/Here"))
    (here / "README.md").write_text("---\ntags: [mlx]\n---\n# Here\n")
    async with start(hf_endpoint=hub.url) as manager:
        ada = await manager.administrator()

        async def get(path: str) -> Any:
            reply = await ada.get(f"/api/models/{path}")
            assert reply.status_code == 200, reply.text
            return reply.json()

        assert (await get("capabilities/acme/Here"))["capabilities"]["reasoning"]
        assert (await get("card/acme/Here"))["markdown"] == "# Here"
        card = await get(f"card/{MODEL}")
        assert (card["source"], card["markdown"]) == ("hub", "# Tiny\nA model for tests.")
        config = await get(f"config/{MODEL}")
        assert (config["source"], config["config"]["model_type"]) == ("hub", "qwen3")
        missing = await ada.get(f"/api/models/capabilities/{MODEL}")
        assert missing.status_code == 404
        unknown = await ada.get("/api/models/card/nobody/nothing")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "hub_not_found")
        hub.repo.gated = True
        gated = await ada.get(f"/api/models/card/{MODEL}")
        assert (gated.status_code, gated.json()["code"]) == (403, "hub_gated")
        assert (await ada.get("/api/models/card/..%2F..%2Fetc/passwd")).status_code == 422


async def test_a_model_is_deleted_unless_something_uses_it(
    manager: Manager, settings: ManagerSettings
) -> None:
    write_cached_model(settings.hf_cache_path, ModelId("acme/Old"))
    ada = await manager.administrator()
    builtin = await ada.delete("/api/models/mlx-manager/guide")
    assert (builtin.status_code, builtin.json()["code"]) == (409, "model_in_use")
    pool = manager.app.state.inference.state.pool
    async with pool.lease(ModelId("acme/Old")):
        busy = await ada.delete("/api/models/acme/Old")
        assert (busy.status_code, busy.json()["code"]) == (409, "model_in_use")
    gone = await ada.delete("/api/models/acme/Old")  # it is loaded, and idle
    assert gone.status_code == 204
    assert not list(settings.hf_cache_path.iterdir())
    assert "acme/Old" not in {model.id for model in pool.status().models}
    assert (await ada.delete("/api/models/acme/Old")).status_code == 404


async def test_a_downloaded_model_is_deleted_with_all_it_took(
    start: Start, settings: ManagerSettings, hub: RunningHub, tmp_path: Path
) -> None:
    repo = HubRepo("acme/Real", write_sharded(tmp_path / "real", weights_bytes=1000))
    hub.hub.repos[repo.id] = repo
    async with start(hf_endpoint=hub.url) as manager:
        ada = await manager.administrator()
        await until(ada, await begin_download(ada, repo.id), "complete")
        assert (await ada.delete(f"/api/models/{repo.id}")).status_code == 204
        left = [path for path in settings.hf_cache_path.rglob("*") if path.is_file()]
        assert [path.name for path in left if path.name != "CACHEDIR.TAG"] == []
        await until(ada, await begin_download(ada, repo.id), "complete")
