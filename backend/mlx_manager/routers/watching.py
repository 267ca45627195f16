"""Feeds without an end of their own: they go on for as long as their watcher is signed in."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Collection
from contextlib import aclosing
from typing import Protocol

from fastapi import Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from mlx_manager.errors import NotSignedIn
from mlx_manager.services.manager_services import ManagerServices

KEEP_ALIVE_SECONDS = 15
CHECK_SECONDS = 10.0
"""How often a feed looks whether its watcher is still signed in."""


class FeedItem(Protocol):
    """One event: its name, and itself as JSON."""

    @property
    def event(self) -> str:
        """Its name."""
        ...

    def model_dump_json(self) -> str:
        """Its data."""
        ...


def watched_feed(
    request: Request,
    services: ManagerServices,
    events: AsyncGenerator[FeedItem, None],
    for_administrators: Collection[str] = (),
) -> EventSourceResponse:
    """The events as they come, to whoever made this request, until their session ends; some kinds
    only as long as they are an administrator."""
    token = request.headers["authorization"].partition(" ")[2]
    frames = _frames(services, token, events, for_administrators)
    return EventSourceResponse(frames, ping=KEEP_ALIVE_SECONDS, sep="\n")


async def _frames(
    services: ManagerServices,
    token: str,
    events: AsyncGenerator[FeedItem, None],
    for_administrators: Collection[str],
) -> AsyncIterator[ServerSentEvent]:
    checked = time.monotonic()
    async with aclosing(events):
        async for event in events:
            is_closed = event.event in for_administrators
            if is_closed or time.monotonic() - checked > CHECK_SECONDS:
                checked = time.monotonic()
                try:
                    watcher = await services.people.sessions.recognise(token)
                except NotSignedIn:
                    return
                if is_closed and not watcher.user.is_admin:
                    continue
            yield ServerSentEvent(event.model_dump_json(), event=event.event, sep="\n")
