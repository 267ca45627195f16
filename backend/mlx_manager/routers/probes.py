"""/api/models/probe: what a model on this machine can do when it is run."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Path
from sse_starlette import EventSourceResponse, ServerSentEvent

from mlx_manager.dependencies import AdminUser, RequestName, Services
from mlx_manager.routers.error_replies import error_replies
from mlx_manager.schemas.download import HubModelId
from mlx_manager.schemas.probe import ProbeEvent

router = APIRouter(
    prefix="/api/models/probe", tags=["models"], responses=error_replies(401, 403, 404)
)

KEEP_ALIVE_SECONDS = 15

ModelName = Annotated[HubModelId, Path(description="As at the hub: owner/name.")]


@router.post(
    "/{model_id:path}",
    response_class=EventSourceResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "Its checks."}},
)
async def probe_model(
    services: Services, admin: AdminUser, model_id: ModelName, request_id: RequestName
) -> EventSourceResponse:
    """Load a model and try what its files say it can: ``check`` as each ends, then ``done``.

    What was found is kept and shown with `GET /api/models/local`. A watcher who leaves ends it.
    """
    events = await services.probes.begin(admin, model_id, request_id)
    return EventSourceResponse(_frames(events), ping=KEEP_ALIVE_SECONDS, sep="\n")


async def _frames(events: AsyncGenerator[ProbeEvent, None]) -> AsyncIterator[ServerSentEvent]:
    async with aclosing(events):
        async for event in events:
            yield ServerSentEvent(event.model_dump_json(), event=event.event, sep="\n")
