"""A manager that is killed in the middle of a download, and started again."""

import asyncio
import contextlib
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.fakes.hub.faults import Fault
from tests.hub import RunningHub
from tests.manager import log_in, register
from tests.routers.fetching import assert_whole, begin_download, process_ids, until

pytestmark = pytest.mark.anyio
PATIENCE_SECONDS = 240


@contextlib.asynccontextmanager
async def served(environment: dict[str, str]) -> AsyncIterator[tuple[httpx.AsyncClient, int]]:
    """``mlx-manager serve`` and its process id, killed at the end of the block."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "mlx_manager", "serve", "--port", "0"),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            ready = (await process.stdout.readline()).decode()
        url = "http://127.0.0.1:" + ready.split("http://127.0.0.1:")[1].split()[0]
        async with httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS) as client:
            yield client, process.pid
    finally:
        process.send_signal(signal.SIGKILL)
        await process.wait()


def is_running(process_id: int) -> bool:
    """Whether a process lives; one that nobody has asked after is dead too."""
    found = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process_id)], capture_output=True, text=True, check=False
    )
    return found.stdout.strip() not in ("", "Z", "Zs")


async def test_it_goes_on_where_it_was_and_no_process_outlives_the_manager(
    environment: dict[str, str], hub: RunningHub
) -> None:
    environment["MLX_MANAGER_HF_ENDPOINT"] = hub.url
    hub.fault(Fault("hold", path="/cdn/", after_bytes=300_000))
    async with served(environment) as (client, manager_id):
        await register(client, "ada@example.com")
        client.headers["authorization"] = f"Bearer {await log_in(client, 'ada@example.com')}"
        download_id = await begin_download(client)
        await until(client, download_id, lambda shown: shown["bytes_done"] > 100_000)
        headers = dict(client.headers)
        (orphan,) = process_ids(manager_id)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await asyncio.to_thread(is_running, orphan):
            pass
    asked = len(hub.hub.requests)
    hub.hub.faults.lift()
    async with served(environment) as (client, _):
        client.headers["authorization"] = headers["authorization"]
        await until(client, download_id, "complete")
    cache = Path(environment["HOME"]) / ".cache" / "huggingface" / "hub"
    assert_whole(cache, hub.repo)
    ranges = [r for _, path, r in hub.hub.requests[asked:] if path.startswith("/cdn/") and r]
    assert ranges
