"""All routes of the inference app on one screen, without the ``/v1`` that the mount adds."""

from fastapi import APIRouter, FastAPI

from mlx_manager.mlx_server.api import (
    admin,
    chat,
    completions,
    embeddings,
    health,
    messages,
    models,
    relay,
    rerank,
    responses,
    responses_compact,
    responses_socket,
    tokenize,
)
from mlx_manager.mlx_server.api.errors import install_error_handlers
from mlx_manager.mlx_server.api.guard import RequestGuard
from mlx_manager.mlx_server.api.relay_log import RelayLog
from mlx_manager.mlx_server.api.responses_background import BackgroundResponses
from mlx_manager.mlx_server.api.responses_memory import MemoryResponseStore
from mlx_manager.mlx_server.core.doors import NoDoors
from mlx_manager.mlx_server.core.elsewhere import Nowhere


def api_router() -> APIRouter:
    """POST /chat/completions, /completions, /messages, /messages/count_tokens,
    /embeddings, /rerank, /tokenize, /detokenize, /admin/load, /admin/unload;
    GET /models, /models/{id}, /health, /admin/status;
    POST /responses (and its WebSocket), /responses/compact, /responses/{id}/cancel;
    GET /responses/{id}, /responses/{id}/input_items; DELETE /responses/{id}."""
    router = APIRouter()
    for room in (
        chat,
        completions,
        messages,
        responses,
        responses_compact,
        responses_socket,
        embeddings,
        rerank,
        tokenize,
        models,
        health,
        admin,
    ):
        router.include_router(room.router)
    return router


def open_doors(app: FastAPI, *, prefix: str = "") -> None:
    """Give an app the routes, the error renderer and the guard around every request.

    ``prefix`` is for an app that no parent mounts at ``/v1``. The app's state brings ``settings``,
    ``pool`` and ``authenticate``; until a parent replaces them, ``state.responses`` keeps responses
    in memory, ``state.elsewhere`` and ``state.doors`` leave every request to this process.
    """
    app.state.doors = NoDoors()
    app.state.elsewhere = Nowhere()
    app.state.responses = MemoryResponseStore()
    app.state.background = BackgroundResponses()
    app.include_router(api_router(), prefix=prefix)
    install_error_handlers(app)
    app.add_middleware(RequestGuard)


def open_relay(app: FastAPI) -> None:
    """The manager's own door to an app that runs as its process."""
    app.state.halts = {}
    app.state.recorder = RelayLog()
    app.include_router(relay.router, prefix="/v1")
