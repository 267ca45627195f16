"""/api/servers: profiles as they run."""

import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Query, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from mlx_manager.dependencies import AdminUser, After, CurrentUser, Limit, Services
from mlx_manager.errors import NotSignedIn
from mlx_manager.routers.error_replies import error_replies
from mlx_manager.schemas.page import Page
from mlx_manager.schemas.server import (
    ServerHealth,
    ServerLogEvent,
    ServerLogQuery,
    ServerLogReply,
    ServerReply,
)
from mlx_manager.schemas.system import MemoryReply, ModelMemory
from mlx_manager.services.manager_services import ManagerServices

router = APIRouter(prefix="/api/servers", tags=["servers"], responses=error_replies(401))

KEEP_ALIVE_SECONDS = 15
CHECK_SECONDS = 10.0
"""How often a followed log looks whether its reader is still signed in."""


@router.get("", responses=error_replies(400))
async def list_servers(
    services: Services, user: CurrentUser, after: After, limit: Limit = 50
) -> Page[ServerReply]:
    """Every profile, running or not, in the order they were made."""
    del user
    found = await services.running.servers.list_servers(limit, after)
    return Page(items=list(found.items), next_cursor=found.next_cursor)


@router.get("/memory")
async def read_server_memory(services: Services, user: CurrentUser) -> MemoryReply:
    """Who holds the memory, at this moment."""
    del user
    return services.system.machine.memory()


@router.get("/models")
async def list_server_models(services: Services, user: CurrentUser) -> Page[ModelMemory]:
    """The models that are resident or on their way, and the profiles that run on each."""
    del user
    return Page(items=services.system.machine.memory().models, next_cursor=None)


@router.post("/{profile_id}/start", status_code=202, responses=error_replies(403, 404, 409))
async def start_server(services: Services, admin: AdminUser, profile_id: str) -> ServerReply:
    """Begin to run a profile, and answer before it does: `status` says how far it is."""
    del admin
    return await services.running.servers.start(profile_id)


@router.post("/{profile_id}/stop", responses=error_replies(403, 404, 409))
async def stop_server(services: Services, admin: AdminUser, profile_id: str) -> ServerReply:
    """Stop a profile. The next request that calls it starts it again."""
    del admin
    return await services.running.servers.stop(profile_id)


@router.post("/{profile_id}/restart", status_code=202, responses=error_replies(403, 404, 409))
async def restart_server(services: Services, admin: AdminUser, profile_id: str) -> ServerReply:
    """Stop a profile if it runs, and begin to run it."""
    del admin
    return await services.running.servers.restart(profile_id)


@router.get("/{profile_id}/status", responses=error_replies(404, 409))
async def read_server_status(services: Services, user: CurrentUser, profile_id: str) -> ServerReply:
    """How a profile runs, at this moment."""
    del user
    return await services.running.servers.status(profile_id)


@router.get("/{profile_id}/health", responses=error_replies(404, 409))
async def read_server_health(
    services: Services, user: CurrentUser, profile_id: str
) -> ServerHealth:
    """Whether a profile is well."""
    del user
    return await services.running.servers.health(profile_id)


@router.get(
    "/{profile_id}/logs",
    response_model=ServerLogReply,
    responses={
        200: {"content": {"text/event-stream": {}}, "description": "Its last lines, and new ones."},
        **error_replies(403, 404, 409),
    },
)
async def read_server_log(
    request: Request,
    services: Services,
    admin: AdminUser,
    profile_id: str,
    wanted: Annotated[ServerLogQuery, Query()],
) -> EventSourceResponse | ServerLogReply:
    """The last lines of a profile's log, then each new one as a ``line`` event; for
    administrators, because it tells of everybody's requests (never what they said)."""
    del admin
    if not wanted.follow:
        return ServerLogReply(lines=await services.running.servers.tail(profile_id, wanted.lines))
    token = request.headers["authorization"].partition(" ")[2]
    written = await services.running.servers.follow(profile_id, wanted.lines)
    return EventSourceResponse(_frames(services, token, written), ping=KEEP_ALIVE_SECONDS, sep="\n")


async def _frames(
    services: ManagerServices, token: str, written: AsyncGenerator[str, None]
) -> AsyncIterator[ServerSentEvent]:
    checked = time.monotonic()
    async with aclosing(written) as lines:
        async for line in lines:
            if time.monotonic() - checked > CHECK_SECONDS:
                checked = time.monotonic()
                try:
                    await services.people.sessions.recognise(token)
                except NotSignedIn:
                    return
            event = ServerLogEvent(line=line)
            yield ServerSentEvent(event.model_dump_json(), event=event.event, sep="\n")
