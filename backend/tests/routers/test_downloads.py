"""Downloads over HTTP, from a hub in small, by the real client in its own process."""

import asyncio
import os
import random
import signal
from pathlib import Path

import httpx
import pytest

from mlx_manager.config import ManagerSettings
from mlx_manager.services import download_run
from tests.conftest import Start
from tests.fakes.hub.content import HubRepo
from tests.fakes.hub.faults import Fault
from tests.hub import MODEL, RunningHub, write_sharded
from tests.routers.fetching import (
    DOWNLOADS,
    Shown,
    assert_whole,
    begin_download,
    command,
    process_ids,
    until,
    watching,
)

pytestmark = pytest.mark.anyio


async def local_models(client: httpx.AsyncClient) -> set[str]:
    reply = await client.get("/api/models/local")
    return {model["id"] for model in reply.json()["items"]}


def has_bytes(shown: Shown) -> bool:
    return bool(shown["state"] == "downloading" and shown["bytes_done"] > 0)


async def test_a_model_comes_whole_and_is_listed_only_then(
    start: Start, settings: ManagerSettings, hub: RunningHub
) -> None:
    held = hub.fault(Fault("hold", path="/cdn/", after_bytes=100_000))
    async with start(hf_endpoint=hub.url) as manager:
        ada = await manager.administrator()
        download_id = await begin_download(ada)
        shown = (await until(ada, download_id, has_bytes))[-1]
        total = sum(file.size for file in hub.repo.files.values())
        assert (shown["bytes_total"], shown["commit"]) == (total, hub.repo.sha)
        assert 0 < shown["bytes_done"] < total
        assert MODEL not in await local_models(ada)
        held.lifted.set()
        last = (await until(ada, download_id, "complete"))[-1]
        assert (last["bytes_done"], last["problem"]) == (total, None)
        assert last["finished_at"] is not None
        assert_whole(settings.hf_cache_path, hub.repo)
        assert MODEL in await local_models(ada)
        served = await ada.get("/v1/models")
        assert MODEL in {model["id"] for model in served.json()["data"]}
        again = await begin_download(ada)  # nothing is new
        asked = len(hub.hub.requests)
        await until(ada, again, "complete")
        assert not [path for _, path, _ in hub.hub.requests[asked:] if path.startswith("/cdn/")]


async def test_a_pause_is_at_once_and_keeps_what_came(
    start: Start, settings: ManagerSettings, hub: RunningHub
) -> None:
    hub.fault(Fault("hold", path="/cdn/", after_bytes=300_000))
    async with start(hf_endpoint=hub.url) as manager:
        ada = await manager.administrator()
        download_id = await begin_download(ada)
        await until(ada, download_id, lambda shown: shown["bytes_done"] > 100_000)
        paused = await command(ada, download_id, "pause")
        assert (paused["state"], process_ids()) == ("paused", [])
        assert (await command(ada, download_id, "pause"))["state"] == "paused"
        hub.hub.faults.lift()
        asked = len(hub.hub.requests)
        assert (await command(ada, download_id, "resume"))["state"] == "queued"
        await until(ada, download_id, "complete")
        assert_whole(settings.hf_cache_path, hub.repo)
        ranges = [r for _, path, r in hub.hub.requests[asked:] if path.startswith("/cdn/") and r]
        assert ranges, "a resumed download begins where it stopped"


async def test_a_download_killed_five_times_ends_byte_identical(
    start: Start, settings: ManagerSettings, hub: RunningHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download_run, "RETRY_SECONDS", (3600.0,) * 8)
    async with start(hf_endpoint=hub.url) as manager:
        ada = await manager.administrator()
        points = random.Random(1963)
        reached, download_id = 0, ""
        for _ in range(5):
            hub.hub.faults.lift()
            hub.fault(Fault("hold", path="/cdn/", after_bytes=points.randrange(70_000, 130_000)))
            if download_id:
                await command(ada, download_id, "resume")
            else:
                download_id = await begin_download(ada)
            target = reached + 65_536  # a piece of one file at least
            # More may have come than was seen before the kill: it counts while planning already.
            seen = await until(
                ada,
                download_id,
                lambda s, t=target: s["state"] == "downloading" and s["bytes_done"] >= t,
            )
            reached = seen[-1]["bytes_done"]
            for process_id in process_ids():
                os.kill(process_id, signal.SIGKILL)
            interrupted = (await until(ada, download_id, "waiting"))[-1]
            assert interrupted["problem"]["code"] == "interrupted"
        hub.hub.faults.lift()
        await command(ada, download_id, "resume")
        await until(ada, download_id, "complete")
        assert_whole(settings.hf_cache_path, hub.repo)


async def test_a_cancelled_download_leaves_nothing(
    start: Start, settings: ManagerSettings, hub: RunningHub
) -> None:
    hub.fault(Fault("hold", path="/cdn/", after_bytes=200_000))
    async with start(hf_endpoint=hub.url) as manager:
        ada = await manager.administrator()
        download_id = await begin_download(ada)
        await until(ada, download_id, "downloading")
        cancelled = await command(ada, download_id, "cancel")
        assert (cancelled["state"], cancelled["bytes_done"]) == ("cancelled", 0)
        assert not list(settings.hf_cache_path.glob("models--*"))
        for verb in ("pause", "resume", "cancel"):
            refused = await ada.post(f"{DOWNLOADS}/{download_id}/{verb}")
            assert (refused.status_code, refused.json()["code"]) == (409, "download_ended")
        hub.hub.faults.lift()
        await until(ada, await begin_download(ada), "complete")
        assert_whole(settings.hf_cache_path, hub.repo)


async def test_a_cancelled_update_leaves_the_model_as_it_was(
    start: Start, settings: ManagerSettings, hub: RunningHub
) -> None:
    async with start(hf_endpoint=hub.url) as manager:
        ada = await manager.administrator()
        await until(ada, await begin_download(ada), "complete")
        old = hub.repo.sha
        shard = hub.repo.folder / "model-00001-of-00003.safetensors"
        shard.write_bytes(shard.read_bytes()[:-2] + b"!!")
        hub.repo.change()
        hub.fault(Fault("hold", path="/cdn/", after_bytes=200_000))
        update = await begin_download(ada)
        await until(ada, update, "downloading")
        await command(ada, update, "cancel")
        folder = settings.hf_cache_path / f"models--{MODEL.replace('/', '--')}"
        assert (folder / "refs" / "main").read_text() == old
        assert [path.name for path in (folder / "snapshots").iterdir()] == [old]
        assert len(list((folder / "blobs").iterdir())) == len(hub.repo.files)
        assert MODEL in await local_models(ada)


async def test_a_restart_goes_on_with_what_it_interrupted_and_leaves_what_was_paused(
    start: Start, settings: ManagerSettings, hub: RunningHub, tmp_path: Path
) -> None:
    other = HubRepo("acme/Other", write_sharded(tmp_path / "other", weights_bytes=100_000))
    hub.hub.repos[other.id] = other
    hub.fault(Fault("hold", path="/cdn/", after_bytes=50_000))
    async with start(hf_endpoint=hub.url) as manager:
        ada = await manager.administrator()
        token = ada.headers["authorization"].removeprefix("Bearer ")
        running, paused = await begin_download(ada), await begin_download(ada, other.id)
        await until(ada, running, "downloading")
        await command(ada, paused, "pause")
    assert process_ids() == []
    hub.hub.faults.lift()
    async with start(hf_endpoint=hub.url) as manager:
        ada = await manager.client(token)
        await until(ada, running, "complete")
        assert_whole(settings.hf_cache_path, hub.repo)
        reply = await ada.get(f"{DOWNLOADS}/{paused}")
        assert reply.json()["state"] == "paused"
        await command(ada, paused, "resume")
        await until(ada, paused, "complete")
        assert_whole(settings.hf_cache_path, other)


async def test_only_so_many_run_at_once_and_the_others_wait_their_turn(
    start: Start, hub: RunningHub, tmp_path: Path
) -> None:
    hub.hub.repos["acme/Other"] = HubRepo("acme/Other", write_sharded(tmp_path / "other"))
    hub.fault(Fault("hold", path="/cdn/", after_bytes=1000))
    async with start(hf_endpoint=hub.url, max_downloads=1) as manager:
        ada = await manager.administrator()
        first, second = await begin_download(ada), await begin_download(ada, "acme/Other")
        await until(ada, first, "downloading")
        assert (await ada.get(f"{DOWNLOADS}/{second}")).json()["state"] == "queued"
        assert len(process_ids()) == 1
        hub.hub.faults.lift()
        await until(ada, first, "complete")
        await until(ada, second, "complete")


async def test_many_watchers_see_progress_that_only_grows_how_long_it_takes_and_one_end(
    start: Start, hub: RunningHub
) -> None:
    hub.fault(Fault("slow", path="/cdn/", bytes_per_second=400_000))
    async with start(hf_endpoint=hub.url) as manager:
        ada = await manager.administrator()
        download_id = await begin_download(ada)
        seen = await asyncio.gather(*(until(ada, download_id, "complete") for _ in range(5)))
    for states in seen:
        counts = [shown["bytes_done"] for shown in states if shown["bytes_total"]]
        assert counts == sorted(counts)
        moving = [shown for shown in states if shown["bytes_per_second"]]
        assert moving
        assert None not in {shown["seconds_left"] for shown in moving}
    assert len({states[-1]["bytes_done"] for states in seen}) == 1


async def test_what_cannot_be_is_refused_with_the_reason(start: Start, hub: RunningHub) -> None:
    hub.fault(Fault("hold", path="/api/"))
    async with start(hf_endpoint=hub.url) as manager:
        ada = await manager.administrator()
        for name in ("no-slash", "a/b/c", "../etc/x", "a--b/c", "a/" + "x" * 100, "a/b.git"):
            assert (await ada.post(DOWNLOADS, json={"model": name})).status_code == 422
        download_id = await begin_download(ada)
        twice = await ada.post(DOWNLOADS, json={"model": MODEL})
        assert (twice.status_code, twice.json()["code"]) == (409, "download_exists")
        assert (await ada.get(f"{DOWNLOADS}/missing")).status_code == 404
        deleted = await ada.delete(f"/api/models/{MODEL}")
        assert (deleted.status_code, deleted.json()["code"]) == (409, "model_in_use")
        await command(ada, download_id, "cancel")
    async with start(offline_mode=True) as manager:
        anyone = await manager.client()
        login = {"email": "ada@example.com", "password": "a quiet instrument"}
        token = (await anyone.post("/api/auth/login", json=login)).json()["access_token"]
        offline = await manager.client(token)
        refused = await offline.post(DOWNLOADS, json={"model": MODEL})
        assert (refused.status_code, refused.json()["code"]) == (503, "offline_mode")
        assert "MLX_MANAGER_OFFLINE_MODE" in refused.json()["detail"]
        async with watching(offline) as states:
            assert (await anext(states))["state"] == "cancelled"
