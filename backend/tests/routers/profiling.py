"""Profiles as tests make and run them."""

import asyncio
from typing import Any

import httpx

GUIDE = "mlx-manager/guide"
PROFILES = "/api/profiles"
SERVERS = "/api/servers"
PATIENCE_SECONDS = 120.0


async def make_profile(
    admin: httpx.AsyncClient, name: str = "writer", **fields: Any
) -> dict[str, Any]:
    """A new profile of the guide, unless another model is named."""
    reply = await admin.post(PROFILES, json={"name": name, "model": GUIDE, **fields})
    assert reply.status_code == 201, reply.text
    made: dict[str, Any] = reply.json()
    return made


async def order(admin: httpx.AsyncClient, profile_id: str, verb: str) -> dict[str, Any]:
    """Start, stop or restart; the reply."""
    reply = await admin.post(f"{SERVERS}/{profile_id}/{verb}")
    assert reply.is_success, reply.text
    told: dict[str, Any] = reply.json()
    return told


async def status_of(client: httpx.AsyncClient, profile_id: str) -> dict[str, Any]:
    """How it runs."""
    reply = await client.get(f"{SERVERS}/{profile_id}/status")
    assert reply.status_code == 200, reply.text
    told: dict[str, Any] = reply.json()
    return told


async def until(client: httpx.AsyncClient, profile_id: str, state: str) -> dict[str, Any]:
    """Its status as soon as it is in a state."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (told := await status_of(client, profile_id))["state"] != state:
            assert told["state"] != "failed", told
    return told


async def log_lines(admin: httpx.AsyncClient, profile_id: str) -> list[str]:
    """What its log holds."""
    reply = await admin.get(f"{SERVERS}/{profile_id}/logs", params={"follow": False})
    assert reply.status_code == 200, reply.text
    lines: list[str] = reply.json()["lines"]
    return lines
