"""GET /health: the truth about the engine, for people and for load balancers."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from mlx_manager.mlx_server.api.residence import status_body
from mlx_manager.mlx_server.core.ports import EngineStatus
from mlx_manager.mlx_server.errors import Forbidden, Unauthorized

router = APIRouter(tags=["health"])


@router.get("/health")
async def health(request: Request) -> JSONResponse:
    """200 while requests can be served, 503 when the engine is down.

    Everybody learns the status and its reason; who may call also sees what is resident.
    """
    status = request.app.state.pool.status()
    body: dict[str, Any] = {"status": health_word(status.engine)}
    if status.engine.degraded_reason:
        body["reason"] = status.engine.degraded_reason
    if await _may_see_more(request):
        body |= status_body(status)
    return JSONResponse(body, status_code=200 if status.engine.alive else 503)


def health_word(engine: EngineStatus) -> str:
    """One word for it."""
    return "healthy" if engine.alive and not engine.degraded_reason else "degraded"


async def _may_see_more(request: Request) -> bool:
    try:
        await request.app.state.authenticate(request.headers)
    except (Unauthorized, Forbidden):
        return False
    return True
