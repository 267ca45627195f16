"""All routes of the inference app on one screen, without the ``/v1`` that the mount adds."""

from fastapi import APIRouter, FastAPI

from mlx_manager.mlx_server.api import admin, chat, completions, health, models
from mlx_manager.mlx_server.api.errors import install_error_handlers
from mlx_manager.mlx_server.api.guard import RequestGuard


def api_router() -> APIRouter:
    """POST /chat/completions, /completions, /admin/load, /admin/unload;
    GET /models, /models/{id}, /health, /admin/status."""
    router = APIRouter()
    for room in (chat, completions, models, health, admin):
        router.include_router(room.router)
    return router


def open_doors(app: FastAPI, *, prefix: str = "") -> None:
    """Give an app the routes, the error renderer and the guard around every request.

    ``prefix`` is for an app that no parent mounts at ``/v1``. The app's state brings ``settings``,
    ``pool`` and ``authenticate``.
    """
    app.include_router(api_router(), prefix=prefix)
    install_error_handlers(app)
    app.add_middleware(RequestGuard)
