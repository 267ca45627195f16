"""Downloading over HTTP: begin one, and watch until it is where it should be."""

import asyncio
import json
import os
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from mlx_manager.services.download_process import MODULE
from tests.fakes.hub.content import HubRepo
from tests.hub import MODEL

DOWNLOADS = "/api/models/downloads"
PATIENCE_SECONDS = 240
Shown = dict[str, Any]


async def begin_download(client: httpx.AsyncClient, model: str = MODEL) -> str:
    """A new download's id."""
    reply = await client.post(DOWNLOADS, json={"model": model})
    assert reply.status_code == 201, reply.text
    assert reply.json()["state"] == "queued"
    return str(reply.json()["id"])


async def command(client: httpx.AsyncClient, download_id: str, verb: str) -> Shown:
    """Pause, resume or cancel; the download as it is after it."""
    reply = await client.post(f"{DOWNLOADS}/{download_id}/{verb}")
    assert reply.status_code == 200, reply.text
    shown: Shown = reply.json()
    return shown


@asynccontextmanager
async def watching(client: httpx.AsyncClient) -> AsyncIterator[AsyncIterator[Shown]]:
    """Every state of every download: first as they are, then as they change."""
    async with client.stream("GET", DOWNLOADS) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        async with aclosing(_shown(stream)) as states:
            yield states


async def until(
    client: httpx.AsyncClient, download_id: str, wanted: Callable[[Shown], bool] | str
) -> list[Shown]:
    """The states of one download, up to the first that is wanted."""
    seen: list[Shown] = []
    async with asyncio.timeout(PATIENCE_SECONDS), watching(client) as states:
        async for shown in states:
            if shown["id"] == download_id:
                seen.append(shown)
                if wanted(shown) if callable(wanted) else shown["state"] == wanted:
                    return seen
                assert shown["state"] != "failed", shown
    raise AssertionError(f"the feed ended before that: {seen[-1:]}")


async def _shown(stream: httpx.Response) -> AsyncIterator[Shown]:
    async for line in stream.aiter_lines():
        if line.startswith("data: "):
            data = json.loads(line.removeprefix("data: "))
            for shown in data["downloads"] if "downloads" in data else [data["download"]]:
                yield shown


def assert_whole(cache: Path, repo: HubRepo) -> None:
    """Every file of the repository is in the cache, as the hub's own client would have it."""
    folder = cache / f"models--{repo.id.replace('/', '--')}"
    commit = (folder / "refs" / "main").read_text()
    assert commit == repo.sha
    for name, file in repo.files.items():
        path = folder / "snapshots" / commit / name
        assert path.read_bytes() == file.content, name
        assert path.resolve() == (folder / "blobs" / file.etag).resolve()
    assert {blob.name for blob in (folder / "blobs").iterdir()} == {
        file.etag for file in repo.files.values()
    }


def process_ids(parent: int | None = None) -> list[int]:
    """The downloading processes of a manager; of this one when none is named."""
    found = subprocess.run(
        ["pgrep", "-P", str(parent or os.getpid()), "-f", MODULE],
        capture_output=True,
        text=True,
        check=False,
    )
    return [int(line) for line in found.stdout.split()]
