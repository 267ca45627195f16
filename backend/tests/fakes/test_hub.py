"""The stand-in is a hub to the real client."""

import asyncio
import hashlib
from pathlib import Path

import httpx
import pytest
from huggingface_hub import HfApi, hf_hub_download, snapshot_download
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from tests.fakes.hub.content import HubRepo
from tests.fakes.hub.faults import Fault
from tests.hub import MODEL, RunningHub, write_sharded

pytestmark = pytest.mark.anyio


async def test_a_snapshot_comes_whole_into_the_cache(hub: RunningHub, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    planned = await asyncio.to_thread(
        snapshot_download, MODEL, cache_dir=cache, endpoint=hub.url, dry_run=True
    )
    assert sum(file.file_size for file in planned) == sum(f.size for f in hub.repo.files.values())
    folder = Path(
        await asyncio.to_thread(snapshot_download, MODEL, cache_dir=cache, endpoint=hub.url)
    )
    assert folder.name == hub.repo.sha
    for name, file in hub.repo.files.items():
        assert (folder / name).read_bytes() == file.content
        assert (folder / name).resolve().name == file.etag


async def test_models_are_searched_sorted_and_paged(hub: RunningHub, tmp_path: Path) -> None:
    for number in range(5):
        name = f"acme/Model-{number}"
        folder = write_sharded(tmp_path / str(number), shards=1, weights_bytes=64)
        hub.hub.repos[name] = HubRepo(name, folder, downloads=number)
    api = HfApi(endpoint=hub.url)

    def names(**query: object) -> list[str]:
        return [model.id for model in api.list_models(**query)]  # type: ignore[arg-type]

    found = await asyncio.to_thread(names, author="acme", sort="downloads", limit=2, filter="mlx")
    assert found == ["acme/Model-4", "acme/Model-3"]
    assert await asyncio.to_thread(names, search="tiny") == [MODEL]
    assert await asyncio.to_thread(names, filter="gguf") == []
    async with httpx.AsyncClient(base_url=hub.url) as client:
        first = await client.get("/api/models", params={"author": "acme", "limit": 3})
        second = await client.get(first.links["next"]["url"])
    assert (len(first.json()), len(second.json())) == (3, 2)
    assert "next" not in second.links


async def test_a_models_info_tells_what_is_asked(hub: RunningHub) -> None:
    api = HfApi(endpoint=hub.url)
    info = await asyncio.to_thread(api.model_info, MODEL, expand=["usedStorage", "sha"])
    assert (info.sha, info.used_storage) == (
        hub.repo.sha,
        sum(file.size for file in hub.repo.files.values()),
    )
    blobs = await asyncio.to_thread(api.model_info, MODEL, files_metadata=True)
    shard = next(each for each in blobs.siblings or () if each.rfilename.endswith("safetensors"))
    file = hub.repo.files[shard.rfilename]
    assert shard.lfs is not None
    assert (shard.size, shard.lfs.sha256) == (file.size, hashlib.sha256(file.content).hexdigest())


async def test_refusals_are_the_hubs_own(hub: RunningHub, tmp_path: Path) -> None:
    api = HfApi(endpoint=hub.url)
    with pytest.raises(RepositoryNotFoundError):
        await asyncio.to_thread(api.model_info, "no/body")
    with pytest.raises(RevisionNotFoundError):
        await asyncio.to_thread(api.model_info, MODEL, revision="v9")

    def fetch(name: str = "config.json", token: str | None = None) -> bytes:
        path = hf_hub_download(MODEL, name, cache_dir=tmp_path, endpoint=hub.url, token=token)
        return Path(path).read_bytes()

    with pytest.raises(RemoteEntryNotFoundError):
        await asyncio.to_thread(fetch, "missing.json")
    hub.repo.gated = True
    hub.repo.tokens = {"hf_good"}
    with pytest.raises(GatedRepoError):
        await asyncio.to_thread(fetch)
    with pytest.raises(GatedRepoError):
        await asyncio.to_thread(fetch, token="hf_other")
    shard = "model-00001-of-00003.safetensors"
    assert await asyncio.to_thread(fetch, shard, "hf_good") == hub.repo.files[shard].content
    hub.repo.gated, hub.repo.private = False, True
    with pytest.raises(RepositoryNotFoundError):
        await asyncio.to_thread(api.model_info, MODEL)


async def test_ranges_are_served_and_faults_strike_as_told(hub: RunningHub) -> None:
    name = "model-00001-of-00003.safetensors"
    content = hub.repo.files[name].content
    async with httpx.AsyncClient(base_url=hub.url, follow_redirects=True) as client:
        url = f"/{MODEL}/resolve/main/{name}"
        part = await client.get(url, headers={"range": "bytes=100-199"})
        assert (part.status_code, part.content) == (206, content[100:200])
        beyond = await client.get(url, headers={"range": f"bytes={len(content)}-"})
        assert beyond.status_code == 416
        hub.fault(Fault("cut", path="/cdn/", after_bytes=1000, times=1))
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get(url)
        assert (await client.get(url)).content == content
        hub.fault(Fault("corrupt", path="/cdn/", times=1))
        wrong = (await client.get(url)).content
        assert (len(wrong), wrong == content) == (len(content), False)
        told = {"kind": "status", "path": "/api/", "status": 429, "headers": {"retry-after": "7"}}
        await client.post("/_hub/faults", json=told)
        refused = await client.get("/api/models")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "7")
        await client.delete("/_hub/faults")
        assert (await client.get("/api/models")).status_code == 200
        hub.fault(Fault("garbage", path=f"/api/models/{MODEL}"))
        with pytest.raises((HfHubHTTPError, ValueError)):
            await asyncio.to_thread(HfApi(endpoint=hub.url).model_info, MODEL)
