"""Keeps a request body under ``/api`` from filling the memory (``/v1`` has its own limit)."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mlx_manager.errors import BodyTooLarge

MOST_BYTES = 16 * 1024 * 1024


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
            response = JSONResponse(error.to_body(), status_code=error.status)
            await response(scope, receive, send)
            return
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MOST_BYTES:
                # The framework lets only its own exception through while it reads a body.
                raise HTTPException(error.status, error.detail)
            return message

        await self._app(scope, receive_counted, send)
