"""Watching the dashboard's feed."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

Event = tuple[str, dict[str, Any]]


@asynccontextmanager
async def feed(client: httpx.AsyncClient) -> AsyncIterator[AsyncIterator[Event]]:
    """The events of ``/api/events``, for the length of a block."""
    async with client.stream("GET", "/api/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        yield _events(stream)


async def until(events: AsyncIterator[Event], kind: str) -> AsyncIterator[Event]:
    """Events to the next of a kind, that one meant."""
    async for name, event in events:
        yield name, event
        if name == kind:
            return


async def _events(stream: httpx.Response) -> AsyncIterator[Event]:
    name = ""
    async for line in stream.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))
