"""/api/models/downloads: models on their way from the hub."""

from fastapi import APIRouter, Request
from sse_starlette import EventSourceResponse

from mlx_manager.dependencies import AdminUser, CurrentUser, Services
from mlx_manager.routers.error_replies import error_replies
from mlx_manager.routers.watching import watched_feed
from mlx_manager.schemas.download import DownloadCreate, DownloadReply

router = APIRouter(prefix="/api/models/downloads", tags=["downloads"], responses=error_replies(401))


@router.get(
    "",
    response_class=EventSourceResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "Their progress."}},
)
async def watch_downloads(
    request: Request, services: Services, user: CurrentUser
) -> EventSourceResponse:
    """Everybody's downloads: ``snapshot``, then ``download`` at each change of one."""
    del user
    return watched_feed(request, services, services.downloads.watch())


@router.post("", status_code=201, responses=error_replies(403, 409, 503))
async def create_download(
    services: Services, admin: AdminUser, body: DownloadCreate
) -> DownloadReply:
    """Begin a download; it goes on whoever watches, and over restarts."""
    return await services.downloads.create(admin, body)


@router.get("/{download_id}", responses=error_replies(404))
async def read_download(services: Services, user: CurrentUser, download_id: str) -> DownloadReply:
    """One download as it is now."""
    del user
    return await services.downloads.find(download_id)


@router.post("/{download_id}/pause", responses=error_replies(403, 404, 409))
async def pause_download(services: Services, admin: AdminUser, download_id: str) -> DownloadReply:
    """Stop at once; what has come is kept."""
    del admin
    return await services.downloads.pause(download_id)


@router.post("/{download_id}/resume", responses=error_replies(403, 404, 409, 503))
async def resume_download(services: Services, admin: AdminUser, download_id: str) -> DownloadReply:
    """Go on where it stopped; one that waits to be tried again is tried now."""
    del admin
    return await services.downloads.resume(download_id)


@router.post("/{download_id}/cancel", responses=error_replies(403, 404, 409))
async def cancel_download(services: Services, admin: AdminUser, download_id: str) -> DownloadReply:
    """Stop, and delete what has come."""
    del admin
    return await services.downloads.cancel(download_id)
