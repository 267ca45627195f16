"""/api/events: the one feed that a dashboard keeps open."""

import time
from collections.abc import AsyncIterator
from contextlib import aclosing

from fastapi import APIRouter, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from mlx_manager.dependencies import CurrentUser, Services
from mlx_manager.errors import NotSignedIn
from mlx_manager.routers.error_replies import error_replies
from mlx_manager.services.manager_services import ManagerServices

router = APIRouter(prefix="/api/events", tags=["events"], responses=error_replies(401))

KEEP_ALIVE_SECONDS = 15
CHECK_SECONDS = 10.0
"""How often a feed looks whether its watcher is still signed in: it has no end of its own."""


@router.get(
    "",
    response_class=EventSourceResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "Its events."}},
)
async def watch_events(
    request: Request, services: Services, user: CurrentUser
) -> EventSourceResponse:
    """``pool``, ``requests``, ``memory`` and ``downloads``: the state of each, and again when it
    has changed, at most once a second."""
    del user
    token = request.headers["authorization"].partition(" ")[2]
    return EventSourceResponse(_frames(services, token), ping=KEEP_ALIVE_SECONDS, sep="\n")


async def _frames(services: ManagerServices, token: str) -> AsyncIterator[ServerSentEvent]:
    checked = time.monotonic()
    async with aclosing(services.feed.watch()) as events:
        async for event in events:
            if time.monotonic() - checked > CHECK_SECONDS:
                checked = time.monotonic()
                try:
                    await services.sessions.recognise(token)
                except NotSignedIn:
                    return
            yield ServerSentEvent(event.model_dump_json(), event=event.event, sep="\n")
