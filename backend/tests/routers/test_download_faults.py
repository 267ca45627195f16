"""Everything that goes wrong with a download says what to do, and what can pass is tried again."""

import asyncio
import shutil
import socket
from dataclasses import replace
from typing import NamedTuple

import pytest

from mlx_manager.config import ManagerSettings
from mlx_manager.services import disk_room, download_run
from tests.conftest import Start
from tests.fakes.hub.faults import Fault
from tests.hub import MODEL, RunningHub
from tests.routers.fetching import Shown, assert_whole, begin_download, command, until

pytestmark = pytest.mark.anyio


def has_problem(shown: Shown) -> bool:
    return shown["problem"] is not None


@pytest.fixture
def never_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Further attempts are too far away for a test to see."""
    monkeypatch.setattr(download_run, "RETRY_SECONDS", (3600.0,) * 8)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Further attempts follow without a pause."""
    monkeypatch.setattr(download_run, "RETRY_SECONDS", (0.01,) * 8)


class Usage(NamedTuple):
    """What ``shutil.disk_usage`` returns."""

    total: int
    used: int
    free: int


class Case(NamedTuple):
    """A fault, and the state, code and words that it leads to."""

    fault: Fault
    state: str
    code: str
    words: str


CASES = (
    Case(Fault("garbage", "/api/"), "failed", "hub_garbage", "sign-in page"),
    Case(
        Fault("status", "/api/", status=429, headers={"retry-after": "7200"}),
        "waiting",
        "hub_rate_limited",
        "HF_TOKEN",
    ),
    Case(Fault("status", "/api/", status=503), "waiting", "hub_failing", "nothing is wrong here"),
    Case(Fault("status", "/api/", status=403), "failed", "hub_refused", "expired"),
    Case(Fault("corrupt", "/cdn/"), "failed", "corrupt", "another network"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
@pytest.mark.usefixtures("never_again")
async def test_a_hub_that_misbehaves_is_a_state_that_says_so_and_passes(
    start: Start, settings: ManagerSettings, hub: RunningHub, case: Case
) -> None:
    hub.fault(replace(case.fault, lifted=asyncio.Event()))
    async with start(hf_endpoint=hub.url) as manager:
        ada = await manager.administrator()
        download_id = await begin_download(ada)
        shown = (await until(ada, download_id, has_problem))[-1]
        assert (shown["state"], shown["problem"]["code"]) == (case.state, case.code)
        assert case.words in shown["problem"]["message"]
        assert (shown["retry_at"] is not None) == (case.state == "waiting")
        hub.hub.faults.lift()
        await command(ada, download_id, "resume")
        await until(ada, download_id, "complete")
        assert_whole(settings.hf_cache_path, hub.repo)


@pytest.mark.usefixtures("never_again")
async def test_a_gated_a_missing_and_a_useless_model_say_what_to_do(
    start: Start, hub: RunningHub
) -> None:
    async with start(hf_endpoint=hub.url) as manager:
        ada = await manager.administrator()

        async def problem(model: str) -> dict[str, str]:
            download_id = await begin_download(ada, model)
            shown = (await until(ada, download_id, has_problem))[-1]
            await command(ada, download_id, "cancel")
            assert shown["state"] == "failed"
            found: dict[str, str] = shown["problem"]
            return found

        missing = await problem("nobody/nothing")
        assert missing["code"] == "hub_not_found"
        assert "nobody/nothing" in missing["message"]
        hub.repo.gated = True
        gated = await problem(MODEL)
        assert gated["code"] == "hub_gated"
        assert "Accept" in gated["message"]
        hub.repo.gated = False
        for file in hub.repo.folder.glob("*.safetensors"):
            file.rename(file.with_suffix(".gguf"))
        hub.repo.change()
        assert (await problem(MODEL))["code"] == "no_weights"


@pytest.mark.usefixtures("never_again")
async def test_no_hub_at_all_and_one_that_says_nothing(
    start: Start, hub: RunningHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with start(hf_endpoint=f"http://127.0.0.1:{port}") as manager:
        ada = await manager.administrator()
        download_id = await begin_download(ada)
        shown = (await until(ada, download_id, "waiting"))[-1]
        assert shown["problem"]["code"] == "hub_unreachable"
        token = ada.headers["authorization"].removeprefix("Bearer ")
    hub.fault(Fault("hold", path="/api/"))
    monkeypatch.setattr(download_run, "PLAN_SECONDS", 0.5)
    async with start(hf_endpoint=hub.url) as manager:
        ada = await manager.client(token)
        shown = (await until(ada, download_id, has_problem))[-1]
        assert (shown["state"], shown["problem"]["code"]) == ("waiting", "hub_slow")


@pytest.mark.usefixtures("at_once")
async def test_cut_connections_and_a_spoilt_file_are_mended_without_anybody(
    start: Start, settings: ManagerSettings, hub: RunningHub
) -> None:
    hub.fault(Fault("cut", path="/cdn/", after_bytes=400_000, times=2))
    hub.fault(Fault("corrupt", path="/cdn/", times=1))
    hub.fault(Fault("status", path="/api/", status=502, times=1))
    async with start(hf_endpoint=hub.url) as manager:
        ada = await manager.administrator()
        await until(ada, await begin_download(ada), "complete")
        assert_whole(settings.hf_cache_path, hub.repo)


async def test_a_disk_without_room_is_said_before_the_first_byte(
    start: Start, settings: ManagerSettings, hub: RunningHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = disk_room.KEPT_FREE_BYTES
    with monkeypatch.context() as patch:
        patch.setattr(disk_room.shutil, "disk_usage", lambda path: Usage(10**12, 0, kept + 1000))
        async with start(hf_endpoint=hub.url) as manager:
            ada = await manager.administrator()
            download_id = await begin_download(ada)
            shown = (await until(ada, download_id, has_problem))[-1]
            assert (shown["state"], shown["problem"]["code"]) == ("failed", "disk_full")
            assert "resume" in shown["problem"]["message"]
            assert not [path for _, path, _ in hub.hub.requests if path.startswith("/cdn/")]
            patch.undo()
            await command(ada, download_id, "resume")
            await until(ada, download_id, "complete")
    assert_whole(settings.hf_cache_path, hub.repo)
    assert shutil.disk_usage(settings.hf_cache_path).free > 0


async def test_a_disk_that_fills_up_under_way_keeps_what_came(
    start: Start, settings: ManagerSettings, hub: RunningHub
) -> None:
    shard = hub.repo.files["model-00002-of-00003.safetensors"]
    blobs = settings.hf_cache_path / f"models--{MODEL.replace('/', '--')}" / "blobs"
    blobs.mkdir(parents=True)
    full = blobs / f"{shard.etag}.mlx-manager-partial"
    full.symlink_to("/dev/full")  # Linux's disk that is always full
    hub.fault(Fault("hold", path=f"/cdn/{shard.etag}"))
    hub.fault(Fault("hold", path="/cdn/", after_bytes=200_000))
    async with start(hf_endpoint=hub.url) as manager:
        ada = await manager.administrator()
        download_id = await begin_download(ada)
        await until(ada, download_id, lambda shown: shown["bytes_done"] > 100_000)
        hub.hub.faults.lift()
        shown = (await until(ada, download_id, has_problem))[-1]
        assert (shown["state"], shown["problem"]["code"]) == ("failed", "disk_full")
        full.unlink()
        kept = {blob.name: blob.stat().st_size for blob in blobs.iterdir()}
        assert sum(kept.values()) > 100_000
        asked = len(hub.hub.requests)
        await command(ada, download_id, "resume")
        await until(ada, download_id, "complete")
        assert_whole(settings.hf_cache_path, hub.repo)
    begun = {
        path.removeprefix("/cdn/").partition("?")[0]: int((wanted or "bytes=0-")[6:-1])
        for method, path, wanted in hub.hub.requests[asked:]
        if path.startswith("/cdn/") and method == "GET"
    }
    assert shard.etag in begun
    for file in hub.repo.files.values():
        there = kept.get(f"{file.etag}.mlx-manager-partial", 0)
        assert file.etag not in kept or file.etag not in begun, "what is whole is not asked for"
        if 0 < there < file.size:
            assert begun[file.etag] == there, "it goes on where it was"
