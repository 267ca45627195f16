"""A manager that is killed while a profile runs in a process of its own, and started again."""

import asyncio
from typing import Any

import httpx
import pytest

from mlx_manager.services.server_manager.process_facts import ProcessIdentity, identity_of
from tests.cli.test_killed_while_downloading import PATIENCE_SECONDS, served
from tests.manager import log_in, register
from tests.routers.profiling import SERVERS, make_profile

pytestmark = pytest.mark.anyio


async def running_process(client: httpx.AsyncClient, profile_id: str) -> ProcessIdentity:
    """The profile's process, as soon as there is one."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            told: dict[str, Any] = (await client.get(f"{SERVERS}/{profile_id}/status")).json()
            found = identity_of(told["process_id"]) if told["process_id"] else None
            if found is not None:
                return found


async def test_its_process_ends_with_it_and_another_is_there_after_the_next_start(
    environment: dict[str, str],
) -> None:
    async with served(environment) as (client, _):
        await register(client, "ada@example.com")
        client.headers["authorization"] = f"Bearer {await log_in(client, 'ada@example.com')}"
        made = await make_profile(client, placement="process", start_with_server=True)
        await client.post(f"{SERVERS}/{made['id']}/start")
        before = await running_process(client, made["id"])
        headers = dict(client.headers)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await asyncio.to_thread(identity_of, before.pid) == before:
            pass
    async with served(environment) as (client, _):
        client.headers["authorization"] = headers["authorization"]
        after = await running_process(client, made["id"])
    assert after != before
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await asyncio.to_thread(identity_of, after.pid) == after:
            pass
