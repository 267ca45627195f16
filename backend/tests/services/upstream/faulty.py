"""Another server that does exactly as it is told: raw bytes, silences and cuts on a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

STREAM_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"


@dataclass
class Asked:
    """One request as it came."""

    line: str
    headers: dict[str, str]
    body: Any


@dataclass
class FaultyServer:
    """``url`` is its base address. Each request gets what ``reply`` says: bytes are sent, None is
    silence until the client leaves; at the end of the list the connection is closed."""

    url: str
    reply: list[bytes | None] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)


def frames(*chunks: Any) -> bytes:
    """Chunks as an event stream writes them."""
    told = [chunk if isinstance(chunk, str) else json.dumps(chunk) for chunk in chunks]
    return "".join(f"data: {each}\n\n" for each in told).encode()


def said(status: str, body: Any = None, **headers: str) -> bytes:
    """A whole reply that is no stream."""
    raw = json.dumps(body).encode() if not isinstance(body, bytes) else body
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(raw)}", "connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + raw


def delta(**fields: Any) -> dict[str, Any]:
    """A chat chunk with more of an answer."""
    return {"choices": [{"index": 0, "delta": fields, "finish_reason": None}]}


def end(reason: str = "stop") -> dict[str, Any]:
    """The chat chunk that ends an answer."""
    return {"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}


ANSWER = STREAM_HEAD + frames(delta(content="From "), delta(content="afar"), end(), "[DONE]")


@asynccontextmanager
async def faulty_server() -> AsyncIterator[FaultyServer]:
    """One on a free port."""
    told = FaultyServer("")
    server = await asyncio.start_server(_handler(told), "127.0.0.1", 0)
    told.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    async with server:
        yield told


def _handler(
    told: FaultyServer,
) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            told.asked.append(await _read(reader))
            for step in told.reply:
                if step is None:
                    await reader.read()  # returns when the client leaves
                    told.left.set()
                    break
                writer.write(step)
                await writer.drain()
        finally:
            writer.close()

    return handle


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    pairs = (line.partition(": ") for line in head[1:] if line)
    headers = {name.lower(): value for name, _, value in pairs}
    raw = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(head[0], headers, json.loads(raw) if raw else None)
