"""/api/events: the one feed that a dashboard keeps open."""

from fastapi import APIRouter, Request
from sse_starlette import EventSourceResponse

from mlx_manager.dependencies import CurrentUser, Services
from mlx_manager.routers.error_replies import error_replies
from mlx_manager.routers.watching import watched_feed

router = APIRouter(prefix="/api/events", tags=["events"], responses=error_replies(401))


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
    return watched_feed(request, services, services.feed.watch())
