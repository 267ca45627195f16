"""Replies that do their work while they are sent, and stop when nobody listens any more."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from mlx_manager.mlx_server.api.errors import log_gone, translate
from mlx_manager.mlx_server.api.presence import while_present
from mlx_manager.mlx_server.errors import ClientGone, InferenceError

Item = TypeVar("Item")
Item_contra = TypeVar("Item_contra", contravariant=True)

_HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),  # nginx would collect the events
)


class StreamEncoder(Protocol[Item_contra]):
    """One dialect's stream: bytes of items, of a wait, and of a late error."""

    def encode(self, item: Item_contra) -> bytes: ...
    def keep_alive(self) -> bytes: ...
    def error(self, error: InferenceError) -> bytes: ...


class EventStream(Response, Generic[Item]):
    """Server-sent events of an async generator.

    Headers wait for the first item, so that an error before it keeps its own status (it is raised
    here and rendered by the error handlers). A later error is the stream's last event. While
    nothing comes, a comment every ``keep_alive_seconds`` says that the server is there. When the
    client leaves, the generator is closed at once.
    """

    def __init__(
        self,
        items: AsyncGenerator[Item, None],
        encoder: StreamEncoder[Item],
        *,
        keep_alive_seconds: float,
    ) -> None:
        super().__init__()
        self._items = items
        self._encoder = encoder
        self._keep_alive_seconds = keep_alive_seconds
        self._started = False
        self._sending = False
        self._sent_at = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the whole stream; raise what goes wrong before its first byte."""

        async def tick() -> float:
            return await self._keep_alive(send)

        try:
            await while_present(
                self._pump(scope, send),
                receive,
                tick=tick,
                first_tick_seconds=self._keep_alive_seconds,
            )
        except ClientGone:
            if not self._started:
                raise
            log_gone(scope)
            return
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _pump(self, scope: Scope, send: Send) -> None:
        encode = self._encoder.encode
        try:
            async for item in self._items:
                if not self._started:
                    self._started = True
                    await self._send(
                        send,
                        {"type": "http.response.start", "status": 200, "headers": [*_HEADERS]},
                    )
                frame = encode(item)
                if frame:
                    await self._send_frame(send, frame)
        except Exception as error:
            if not self._started:
                raise
            await self._send_frame(send, self._encoder.error(translate(error, scope)))
        finally:
            await self._items.aclose()

    async def _send_frame(self, send: Send, frame: bytes) -> None:
        await self._send(send, {"type": "http.response.body", "body": frame, "more_body": True})

    async def _send(self, send: Send, message: Message) -> None:
        self._sending = True
        await send(message)
        self._sending = False
        self._sent_at = asyncio.get_running_loop().time()

    async def _keep_alive(self, send: Send) -> float:
        """Fill a silence; returns the seconds until the next look."""
        now = asyncio.get_running_loop().time()
        quiet = now - self._sent_at
        if not self._started or self._sending:
            return self._keep_alive_seconds
        if quiet < self._keep_alive_seconds:
            return self._keep_alive_seconds - quiet
        await self._send_frame(send, self._encoder.keep_alive())
        return self._keep_alive_seconds


@dataclass(frozen=True, slots=True)
class Reply:
    """A JSON body, or one already written, and its headers."""

    body: Mapping[str, Any] | bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class JsonReply(Response):
    """An answer that is worked out while the reply is being sent, so that a client who leaves
    stops the work. Errors are raised and rendered by the error handlers."""

    def __init__(self, work: Callable[[], Coroutine[Any, Any, Reply]]) -> None:
        super().__init__()
        self._work = work

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Work, then send; raises ``ClientGone`` and what the work raises."""
        reply = await while_present(self._work(), receive)
        body = reply.body
        response = Response(
            body
            if isinstance(body, bytes)
            else json.dumps(body, ensure_ascii=False, allow_nan=False),
            media_type="application/json",
            headers=dict(reply.headers),
        )
        await response(scope, receive, send)
