"""HTTP questions to a process of ours, each on a connection of its own.

The manager's start may not pay for an HTTP client's import, and what answers is our own server:
an answer with its length or in chunks (RFC 9112, 7.1), then the end of the connection.
"""

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

from mlx_manager.services.server_manager.free_port import HOST

_END_OF_HEAD = b"\r\n\r\n"
_MANY_BYTES = 65_536


class NoAnswerError(Exception):
    """The connection failed, ended early or brought no HTTP."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a JSON object (``{}`` where the body was none); header names in lower case."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


class Refused(Exception):
    """An answer other than the stream that was asked for."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"status {answer.status}")
        self.answer = answer


async def ask(port: int, secret: str, path: str, order: dict[str, Any] | None = None) -> Answer:
    """GET, or POST when there is an ``order``. Waits for as long as it takes; cancelling closes
    the connection. Raises ``NoAnswerError``."""
    body = None if order is None else json.dumps(order).encode()
    try:
        reader, writer = await asyncio.open_connection(HOST, port)
        try:
            writer.write(_question(port, secret, path, body))
            status, headers = _head(await reader.readuntil(_END_OF_HEAD))
            raw = await reader.read()
            # A thousand vectors are worth a thread.
            read = _object(raw) if len(raw) < _MANY_BYTES else await asyncio.to_thread(_object, raw)
            return Answer(status, read, headers)
        finally:
            writer.transport.abort()
    except (OSError, EOFError) as error:
        raise NoAnswerError(_why(error)) from error


async def lines_of(
    port: int, secret: str, path: str, body: bytes, name: str
) -> AsyncGenerator[bytes, None]:
    """POST a JSON text; each line of the answer when it is there. ``name`` is the request's, for
    the log over there. Closing the generator closes the connection, without a further await.
    Raises ``Refused``, ``NoAnswerError``."""
    try:
        reader, writer = await asyncio.open_connection(HOST, port)
        try:
            writer.write(_question(port, secret, path, body, f"X-Request-Id: {name}"))
            status, headers = _head(await reader.readuntil(_END_OF_HEAD))
            if status != 200:
                raise Refused(Answer(status, _object(await reader.read()), headers))
            rest = b""
            while chunk := await _chunk(reader):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    yield line
        finally:
            writer.transport.abort()
    except (OSError, EOFError, ValueError) as error:
        raise NoAnswerError(_why(error)) from error


async def _chunk(reader: asyncio.StreamReader) -> bytes:
    """The next one; empty at the end."""
    size = int((await reader.readuntil(b"\r\n")).partition(b";")[0], 16)
    return (await reader.readexactly(size + 2))[:size]


def _question(port: int, secret: str, path: str, body: bytes | None, *more: str) -> bytes:
    lines = (
        f"{'GET' if body is None else 'POST'} {path} HTTP/1.1",
        f"Host: {HOST}:{port}",
        f"Authorization: Bearer {secret}",
        "Connection: close",
        "Content-Type: application/json",
        *more,
        f"Content-Length: {len(body or b'')}",
        "",
        "",
    )
    return "\r\n".join(lines).encode() + (body or b"")


def _head(text: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = text.decode("latin-1").strip().split("\r\n")
    words = first.split()
    if len(words) < 2 or not words[0].startswith("HTTP/") or not words[1].isdigit():
        raise NoAnswerError("what answered does not speak HTTP")
    pairs = (line.partition(":") for line in lines)
    return int(words[1]), {name.strip().lower(): value.strip() for name, _, value in pairs}


def _object(body: bytes) -> dict[str, Any]:
    try:
        read = json.loads(body)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _why(error: Exception) -> str:
    if isinstance(error, EOFError):
        return "the connection ended in the middle"
    return str(error) or type(error).__name__
