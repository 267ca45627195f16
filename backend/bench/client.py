"""A client that costs little: one socket a stream, bytes counted, JSON read once at the end."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reply:
    """``first_seconds`` to the first byte of content, ``total_seconds`` to the last."""

    status: int
    first_seconds: float
    total_seconds: float
    body: bytes

    def events(self) -> list[dict[str, Any]]:
        """The stream's chunks."""
        lines = self.body.split(b"\n")
        return [json.loads(line[6:]) for line in lines if line.startswith(b"data: {")]

    def text(self) -> str:
        """The streamed content, joined."""
        return "".join(
            choice["delta"].get("content") or ""
            for event in self.events()
            for choice in event["choices"]
        )

    def completion_tokens(self) -> int:
        """From the final usage chunk."""
        usages = [event["usage"] for event in self.events() if event.get("usage")]
        return int(usages[-1]["completion_tokens"])


async def post(port: int, path: str, body: Mapping[str, Any], *, cut_after: int = 0) -> Reply:
    """POST and read to the end; ``cut_after`` bytes of reply the connection is dropped."""
    started = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    payload = json.dumps(body).encode()
    writer.write(
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(payload)}\r\nConnection: close\r\n\r\n".encode()
        + payload
    )
    chunks: list[bytes] = []
    first, size = 0.0, 0
    while chunk := await reader.read(65536):
        chunks.append(chunk)
        size += len(chunk)
        if not first and b'"content"' in chunk:
            first = time.perf_counter() - started
        if cut_after and size >= cut_after:
            break
    writer.transport.abort() if cut_after else writer.close()
    raw = b"".join(chunks)
    status = int(raw.split(b" ", 2)[1]) if raw else 0
    return Reply(status, first, time.perf_counter() - started, raw)


async def together(port: int, path: str, bodies: Sequence[Mapping[str, Any]]) -> list[Reply]:
    """All at once."""
    return list(await asyncio.gather(*(post(port, path, body) for body in bodies)))
