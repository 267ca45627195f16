"""/api/events: the one feed that a dashboard keeps open."""

from fastapi import APIRouter, Request
from sse_starlette import EventSourceResponse

from mlx_manager.dependencies import CurrentUser, Services
from mlx_manager.routers.error_replies import error_replies
from mlx_manager.routers.watching import watched_feed
from mlx_manager.schemas.feed_event import FOR_ADMINISTRATORS

router = APIRouter(prefix="/api/events", tags=["events"], responses=error_replies(401))


@router.get(
    "",
    response_class=EventSourceResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "Its events."}},
)
async def watch_events(
    request: Request, services: Services, user: CurrentUser
) -> EventSourceResponse:
    """``pool``, ``requests``, ``memory``, ``downloads`` and ``servers``, for administrators
    ``people`` as well: the state of each, and again when it has changed, at most once a second."""
    del user
    return watched_feed(request, services, services.system.feed.watch(), FOR_ADMINISTRATORS)
