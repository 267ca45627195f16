"""Keeps the reason for a failed start, which uvicorn would only print as a traceback."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


class WatchedApplication:
    """Passes everything on; ``failure`` is what the lifespan raised before it was up."""

    def __init__(self, application: Application) -> None:
        self.failure: Exception | None = None
        self._application = application

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """One ASGI call."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        else:
            await self._application(scope, receive, send)

    async def _live(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "lifespan.startup.complete"
            if message["type"] == "lifespan.startup.failed":
                message = {"type": "lifespan.startup.failed"}  # its text is the traceback
            await send(message)

        try:
            await self._application(scope, receive, watched)
        except Exception as error:
            if started:
                raise
            self.failure = error
