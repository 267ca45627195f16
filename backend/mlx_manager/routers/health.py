"""/health and /metrics: for people, load balancers and Prometheus."""

from fastapi import APIRouter, Response

from mlx_manager.dependencies import Services
from mlx_manager.schemas.health import HealthReply

router = APIRouter(tags=["health"])


@router.get("/health")
async def health(services: Services) -> HealthReply:
    """Both halves of the process, truthfully; ``degraded`` says why."""
    return await services.health.look()


@router.get("/metrics", responses={200: {"content": {"text/plain": {}}}})
async def metrics(services: Services) -> Response:
    """The same and more as Prometheus text."""
    text = services.metrics(await services.health.look()).exposition()
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")
