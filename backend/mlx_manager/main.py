"""The composition root: settings, database, inference app, routers, dashboard, in one process."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from mlx_manager import __version__
from mlx_manager.config import ManagerSettings
from mlx_manager.db.engine import Database
from mlx_manager.db.ownership import owned
from mlx_manager.db.prepare import prepare
from mlx_manager.middleware.audit_trail import AuditTrail
from mlx_manager.middleware.body_limit import BodyLimit
from mlx_manager.middleware.host_guard import HostGuard
from mlx_manager.middleware.known_names import KnownNames
from mlx_manager.middleware.page_headers import PageHeaders
from mlx_manager.middleware.request_log import RequestLog
from mlx_manager.mlx_server import main as mlx_server
from mlx_manager.mlx_server.answer import answer
from mlx_manager.mlx_server.api.guard import PLACE_HEADER
from mlx_manager.mlx_server.api.limit_headers import LIMIT_HEADERS
from mlx_manager.mlx_server.config import MLXServerSettings
from mlx_manager.mlx_server.core.doors import NestedDoors
from mlx_manager.mlx_server.core.elsewhere import Nested
from mlx_manager.mlx_server.core.profile import Profile
from mlx_manager.mlx_server.embed import embed
from mlx_manager.mlx_server.models.pool import ModelPoolManager
from mlx_manager.mlx_server.rerank import rerank
from mlx_manager.routers import (
    attachments,
    audit,
    auth,
    branches,
    chat,
    chat_search,
    chat_transfer,
    downloads,
    events,
    folders,
    health,
    hub_token,
    keys,
    models,
    probes,
    profiles,
    providers,
    replies,
    routing,
    servers,
    sessions,
    settings,
    system,
    usage,
    users,
)
from mlx_manager.routers.dashboard import serve_dashboard
from mlx_manager.routers.error_replies import install_error_handlers
from mlx_manager.routers.unknown import unknown_router
from mlx_manager.services.inference import Inference
from mlx_manager.services.log_setup import logging_to
from mlx_manager.services.manager_services import ManagerServices, make_services
from mlx_manager.services.response_store import DatabaseResponseStore
from mlx_manager.services.tracing import configure_tracing
from mlx_manager.services.v1_authenticator import V1Authenticator

__all__ = ["app", "create_app"]

if TYPE_CHECKING:
    app: FastAPI

logger = logging.getLogger(__name__)

STATIC_FOLDER = Path(__file__).parent / "static"
API_ROUTERS = tuple(
    room.router
    for room in (
        auth,
        sessions,
        users,
        keys,
        chat,
        replies,
        branches,
        folders,
        attachments,
        chat_search,
        chat_transfer,
        downloads,
        probes,
        models,
        profiles,
        servers,
        providers,
        routing,
        settings,
        hub_token,
        audit,
        usage,
        system,
        events,
    )
)


def create_app(
    settings: ManagerSettings | None = None,
    inference: MLXServerSettings | None = None,
    static_folder: Path = STATIC_FOLDER,
) -> FastAPI:
    """The whole application. Nothing is opened before its lifespan begins.

    ``inference`` are the settings of the embedded app, from ``MLX_SERVER_*`` when left out; what
    both halves share comes from ``settings``. The lifespan raises ``errors.StartupError``.
    """
    settings = settings or ManagerSettings()
    embedded = mlx_server.create_app(
        embedded=True, settings=_embedded_settings(settings, inference or MLXServerSettings())
    )
    counts: Counter[tuple[str, int]] = Counter()
    application = FastAPI(
        title="MLX Manager",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        middleware=_middleware(settings, counts, static_folder),
        lifespan=_lifespan,
    )
    application.state.settings = settings
    application.state.inference = embedded
    application.state.counts = counts
    install_error_handlers(application)
    for router in (*API_ROUTERS, unknown_router(API_ROUTERS), health.router):
        application.include_router(router)
    application.mount("/v1", embedded)
    serve_dashboard(application, static_folder)
    return application


def _embedded_settings(
    settings: ManagerSettings, inference: MLXServerSettings
) -> MLXServerSettings:
    """One process has one cache, one database and one log; the tighter memory limit holds."""
    return inference.model_copy(
        update={
            "embedded_mode": True,
            "hf_cache_path": settings.hf_cache_path,
            "database_path": settings.database_path,
            "max_memory_percent": min(settings.max_memory_percent, inference.max_memory_percent),
            "log_level": settings.log_level,
        }
    )


def _middleware(
    settings: ManagerSettings, counts: Counter[tuple[str, int]], static_folder: Path
) -> list[Middleware]:
    """Outermost first: what is refused is named and logged like everything else."""
    cross_origin = Middleware(
        CORSMiddleware,
        allow_origins=settings.cors_origins,
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=[
            "x-request-id",
            "retry-after",
            "server-timing",
            PLACE_HEADER,
            *LIMIT_HEADERS,
        ],
    )
    return [
        Middleware(RequestLog, counts=counts),
        Middleware(AuditTrail),
        Middleware(HostGuard, names=KnownNames(settings)),
        *([cross_origin] if settings.cors_origins else []),
        Middleware(PageHeaders, index=static_folder / "index.html"),
        Middleware(BodyLimit),
    ]


@asynccontextmanager
async def _lifespan(application: FastAPI) -> AsyncIterator[None]:
    """Bring everything up, the database first, and end it in the opposite order."""
    settings: ManagerSettings = application.state.settings
    embedded: FastAPI = application.state.inference
    async with AsyncExitStack() as stack:
        stack.enter_context(logging_to(settings))
        configure_tracing(embedded.state.settings)
        stack.enter_context(owned(settings.database_path))
        await asyncio.to_thread(prepare, settings.database_path)
        database = Database(settings.database_path)
        stack.push_async_callback(database.close)
        counts, inference = application.state.counts, _inference(embedded)
        services = make_services(settings, database, inference, counts, embedded.state.settings)
        application.state.services = services
        stack.push_async_callback(services.people.keys.close)
        stack.push_async_callback(services.people.sessions.close)
        stack.callback(services.running.log.close)
        await services.books.open()
        await services.hub_token.load()
        # Closed after all whose requests it keeps the books of.
        stack.push_async_callback(services.books.close)
        application.state.recorder = services.books.book
        _attach(embedded, services, settings, database)
        await services.routing.open()
        stack.push_async_callback(services.routing.close)
        await services.chat.settle_interrupted()
        await services.running.profiles.load()
        # A mounted app's lifespan is never run by the framework.
        await stack.enter_async_context(mlx_server.lifespan(embedded))
        stack.push_async_callback(services.replies.close)
        await services.running.processes.begin()
        await services.running.servers.restore()
        stack.push_async_callback(services.running.servers.close)
        await services.downloads.begin()
        stack.push_async_callback(services.downloads.close)
        services.system.open()
        stack.push_async_callback(services.system.close)
        yield


def _attach(
    embedded: FastAPI, services: ManagerServices, settings: ManagerSettings, database: Database
) -> None:
    """What the inference app has of the manager: who calls, who else answers, who keeps books."""
    embedded.state.recorder = services.books.book
    embedded.state.authenticate = V1Authenticator(
        services.people.sessions, services.people.keys, services.people.quota, settings
    )
    embedded.state.responses = DatabaseResponseStore(database)
    # Rules come first: they may send a profile's requests away, or leave them to its process.
    embedded.state.profiles.beside = services.running.beside
    routing, answers = services.routing.elsewhere, services.running.answers
    embedded.state.elsewhere = Nested(routing, answers)
    embedded.state.doors = NestedDoors(routing, answers)


def _inference(embedded: FastAPI) -> Inference:
    """The embedded app's pool is looked up at each call: it comes with that app's lifespan."""

    def pool() -> ModelPoolManager:
        return cast(ModelPoolManager, embedded.state.pool)

    def adopt(settings: MLXServerSettings) -> None:
        if hasattr(embedded.state, "pool"):  # else it will read them when it starts
            pool().change_limits(
                max_models=settings.max_models,
                idle_seconds=settings.idle_unload_seconds,
                default_max_tokens=settings.default_max_tokens,
            )

    def check(profile: Profile) -> object:
        return pool().catalog.inspect(profile)

    return Inference(
        generate=lambda request, halt: answer(request, pool(), embedded.state.elsewhere, halt),
        embed=lambda request: embed(request, pool()),
        rerank=lambda request: rerank(request, pool()),
        locate=lambda model_id: pool().catalog.locate(model_id, allow_paths=True),
        status=lambda: pool().status(),
        models=lambda: pool().available(),
        find=lambda model_id: pool().find(model_id),
        check=check,
        load=lambda model_id: pool().load(model_id),
        unload=lambda model_id: pool().unload(model_id),
        adopt=adopt,
        profiles=embedded.state.profiles,
    )


@lru_cache(maxsize=1)
def _default_app() -> FastAPI:
    return create_app()


def __getattr__(name: str) -> FastAPI:
    # Built at first use, so that importing create_app reads no settings.
    if name == "app":
        return _default_app()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
