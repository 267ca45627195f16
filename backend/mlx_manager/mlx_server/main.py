"""The inference app: embedded in the manager, or alone with
``python -m mlx_manager.mlx_server.main``."""

import asyncio
import contextlib
import logging
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from fastapi import FastAPI

from mlx_manager import __version__
from mlx_manager.mlx_server import config
from mlx_manager.mlx_server.api.local_access import StaticKey
from mlx_manager.mlx_server.api.router import open_doors, open_relay
from mlx_manager.mlx_server.config import KEEP_ALIVE_SECONDS, MLXServerSettings
from mlx_manager.mlx_server.core.principal import authenticate_local
from mlx_manager.mlx_server.engine import backend
from mlx_manager.mlx_server.engine.engine import Engine
from mlx_manager.mlx_server.engine.limits import BatchLimits, EngineLimits
from mlx_manager.mlx_server.models import pool as pool_module
from mlx_manager.mlx_server.models.budget import budget_bytes
from mlx_manager.mlx_server.models.catalog import Catalog
from mlx_manager.mlx_server.models.pool import ModelPoolManager
from mlx_manager.mlx_server.models.pool_limits import PoolLimits
from mlx_manager.mlx_server.models.profiles import Profiles
from mlx_manager.mlx_server.utils import memory
from mlx_manager.mlx_server.utils.lifeline import ParentGoneError, tie_to
from mlx_manager.mlx_server.utils.log_file import WholeLog

__all__ = ["app", "create_app", "lifespan"]

if TYPE_CHECKING:
    app: FastAPI

logger = logging.getLogger(__name__)

LOOPBACK = ("127.0.0.1", "::1", "localhost")
IDLE_CHECKS_PER_PERIOD = 10
SHORTEST_IDLE_CHECK_SECONDS, LONGEST_IDLE_CHECK_SECONDS = 0.5, 60.0
GRACEFUL_SECONDS = 1
STARTUP_FAILURE = 3  # uvicorn's own


def create_app(embedded: bool = False, settings: MLXServerSettings | None = None) -> FastAPI:
    """The ``/v1`` application.

    ``embedded``: a parent mounts it at ``/v1``, enters ``lifespan`` itself (a mounted app's is
    never run), replaces ``app.state.authenticate`` and ``app.state.recorder``, and owns logging
    and tracing.
    """
    settings = settings or config.mlx_server_settings
    if embedded:
        config.mark_embedded()
    application = FastAPI(
        title="MLX Manager inference",
        version=__version__,
        lifespan=None if embedded else lifespan,
        redirect_slashes=False,
    )
    application.state.settings = settings
    application.state.profiles = Profiles()
    application.state.authenticate = (
        StaticKey(settings.api_key) if settings.api_key and not embedded else authenticate_local
    )
    open_doors(application, prefix="" if embedded else "/v1")
    if settings.parent_pid is not None and not embedded:
        open_relay(application)
    return application


@asynccontextmanager
async def lifespan(application: FastAPI) -> AsyncIterator[None]:
    """Bring up the pool (the engine's thread starts with the first model), and end it."""
    settings: MLXServerSettings = application.state.settings
    pool = _make_pool(settings, application.state.profiles)
    application.state.pool = pool
    pool_module.model_pool = pool
    janitor = asyncio.create_task(_unload_idle(pool))
    logger.info("MLX Server model pool initialized")
    try:
        yield
    finally:
        janitor.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await janitor
        await application.state.background.close()
        await pool.close()
        pool_module.model_pool = None


def _make_pool(settings: MLXServerSettings, profiles: Profiles) -> ModelPoolManager:
    budget = budget_bytes(
        max_bytes=settings.max_memory_bytes,
        max_percent=settings.max_memory_percent,
        machine_bytes=memory.machine_bytes(),
        # Only a Mac has one, and there mlx.core imports in milliseconds.
        recommended_bytes=memory.recommended_bytes() if sys.platform == "darwin" else None,
    )
    batch = BatchLimits(
        completion_batch_size=settings.completion_batch_size,
        prefill_batch_size=settings.prefill_batch_size,
        prefill_step_size=settings.prefill_step_size,
    )
    engine = Engine(
        EngineLimits(
            batch=batch,
            # Idle prefixes never crowd out models on a small machine.
            prefix_cache_bytes=min(settings.prefix_cache_bytes, budget // 4),
            memory_budget_bytes=budget,
            max_waiting=settings.max_waiting,
        )
    )
    limits = PoolLimits(
        budget_bytes=budget,
        max_models=settings.max_models,
        idle_seconds=settings.idle_unload_seconds,
        default_max_tokens=settings.default_max_tokens,
        float32=backend.is_linux_cpu(),
        load_wait_seconds=settings.load_wait_seconds,
    )
    catalog = Catalog(settings.hf_cache_path, profiles=profiles)
    return ModelPoolManager(engine, catalog, limits)


async def _unload_idle(pool: ModelPoolManager) -> None:
    while True:
        # The idle time may change while we run, from and to 0, which keeps every model.
        period = pool.idle_seconds / IDLE_CHECKS_PER_PERIOD or LONGEST_IDLE_CHECK_SECONDS
        period = max(min(period, LONGEST_IDLE_CHECK_SECONDS), SHORTEST_IDLE_CHECK_SECONDS)
        await asyncio.sleep(period)
        await pool.unload_idle()


def _configure_logfire(settings: MLXServerSettings) -> None:
    """Alone only; a parent does its own. Without a token nothing is sent, so nothing is loaded."""
    if not (settings.logfire_enabled and settings.logfire_token):
        return
    import logfire  # noqa: PLC0415  (exporters cost start-up time)

    logfire.configure(
        token=settings.logfire_token, service_name="mlx-server", send_to_logfire=True, console=False
    )


def main() -> int:
    """Serve alone on ``MLX_SERVER_HOST:PORT``; the exit code."""
    settings = config.mlx_server_settings
    _log_to(settings)
    if settings.parent_pid is not None:
        try:
            settings = settings.model_copy(update={"api_key": tie_to(settings.parent_pid)})
        except ParentGoneError as error:
            print(f"mlx-server: {error}", file=sys.stderr)
            return 1
    if settings.host not in LOOPBACK and settings.api_key is None:
        print(
            f"mlx-server: refusing to listen on {settings.host} without MLX_SERVER_API_KEY: "
            "anyone on the network could use it. Set a key, or listen on 127.0.0.1.",
            file=sys.stderr,
        )
        return 1
    _configure_logfire(settings)
    return _serve(settings)


def _log_to(settings: MLXServerSettings) -> None:
    handlers = [WholeLog(settings.log_file)] if settings.log_file is not None else None
    logging.basicConfig(level=settings.log_level, handlers=handlers)


def _serve(settings: MLXServerSettings) -> int:
    import uvicorn  # noqa: PLC0415  (embedded, the parent brings the socket)

    uvicorn_config = uvicorn.Config(
        create_app(settings=settings),
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level.lower(),
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
        # A manager's process tells of each answer itself, and not of health checks.
        access_log=settings.parent_pid is None,
        # Its own would write past the file.
        log_config=None if settings.log_file is not None else uvicorn.config.LOGGING_CONFIG,
    )
    given = [] if settings.listen_fd is None else [socket.socket(fileno=settings.listen_fd)]
    server = uvicorn.Server(uvicorn_config)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=given or None)
    return 0 if server.started else STARTUP_FAILURE


@lru_cache(maxsize=1)
def _standalone_app() -> FastAPI:
    return create_app()


def __getattr__(name: str) -> FastAPI:
    # Built at first use, so that importing create_app for an embedded one builds nothing else.
    if name == "app":
        return _standalone_app()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


if __name__ == "__main__":
    sys.exit(main())
