"""Chatting over HTTP: turns, and the events of their replies."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

Event = tuple[str, dict[str, Any]]


async def begin_chat(client: httpx.AsyncClient, **fields: Any) -> str:
    """A new conversation's id."""
    reply = await client.post("/api/chat/conversations", json=fields)
    assert reply.status_code == 201, reply.text
    return str(reply.json()["id"])


async def say(
    client: httpx.AsyncClient, conversation_id: str, content: str = "Hi", **fields: Any
) -> str:
    """A turn; the id of the reply that it began."""
    route = f"/api/chat/conversations/{conversation_id}/messages"
    reply = await client.post(route, json={"content": content, **fields})
    assert reply.status_code == 202, reply.text
    turn = reply.json()
    assert turn["reply"]["status"] == "streaming"
    return str(turn["reply"]["id"])


@asynccontextmanager
async def watching(client: httpx.AsyncClient, reply_id: str) -> AsyncIterator[AsyncIterator[Event]]:
    """The events of a reply as they come."""
    async with client.stream("GET", f"/api/chat/messages/{reply_id}/events") as stream:
        assert stream.status_code == 200
        assert stream.headers["content-type"].startswith("text/event-stream")
        yield _events(stream)


async def watched(client: httpx.AsyncClient, reply_id: str) -> list[Event]:
    """All events of a reply, to its end."""
    async with asyncio.timeout(10), watching(client, reply_id) as events:
        return [event async for event in events]


async def ask(client: httpx.AsyncClient, content: str = "Hi", **fields: Any) -> dict[str, Any]:
    """The finished reply to one question in a conversation of its own."""
    conversation_id = await begin_chat(client)
    reply_id = await say(client, conversation_id, content, **fields)
    message: dict[str, Any] = (await watched(client, reply_id))[-1][1]["message"]
    return message


async def messages(client: httpx.AsyncClient, conversation_id: str) -> list[dict[str, Any]]:
    """The turns of a conversation as they are kept."""
    reply = await client.get(f"/api/chat/conversations/{conversation_id}")
    found: list[dict[str, Any]] = reply.json()["messages"]
    return found


async def _events(stream: httpx.Response) -> AsyncIterator[Event]:
    name = ""
    async for line in stream.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))
