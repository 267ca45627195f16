"""Keeps a request body under ``/api`` from filling the memory (``/v1`` has its own limit)."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mlx_manager.errors import BodyTooLarge

MOST_BYTES = 16 * 1024 * 1024
_PATIENCE_BYTES = 8 * MOST_BYTES


class BodyLimit:
    """ASGI middleware: 413 when a body says that it is too large, or turns out to be."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        error = BodyTooLarge(f"The body is larger than {MOST_BYTES} bytes; send less.")
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > MOST_BYTES:
            await _read_on(receive)
            response = JSONResponse(error.to_body(), status_code=error.status)
            await response(scope, receive, send)
            return
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MOST_BYTES:
                if message.get("more_body", False):
                    await _read_on(receive)
                # The framework lets only its own exception through while it reads a body.
                raise HTTPException(error.status, error.detail)
            return message

        await self._app(scope, receive_counted, send)


async def _read_on(receive: Receive) -> None:
    """Throw the rest away: a client that is still sending would see a reset connection instead
    of the reply. One that goes on for long is cut off all the same."""
    read = 0
    while read < _PATIENCE_BYTES:
        message = await receive()
        read += len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body", False):
            return
