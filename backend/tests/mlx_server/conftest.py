"""A real uvicorn on a real socket, with a scripted engine behind the real pool."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from mlx_manager.cli.listening import listen
from mlx_manager.mlx_server.api.router import open_doors
from mlx_manager.mlx_server.config import KEEP_ALIVE_SECONDS, MLXServerSettings
from mlx_manager.mlx_server.core.ids import GUIDE_MODEL_ID, ModelId
from mlx_manager.mlx_server.core.principal import authenticate_local
from mlx_manager.mlx_server.models.catalog import Catalog
from mlx_manager.mlx_server.models.pool import ModelPoolManager
from mlx_manager.mlx_server.models.pool_limits import PoolLimits
from tests.fakes.engine import ScriptedEngine
from tests.fakes.model_directory import write_cached_model, write_model

MODEL = GUIDE_MODEL_ID
OTHER_MODEL = ModelId("org/other")


@pytest.fixture
def anyio_backend() -> str:
    """The loop that the server runs on."""
    return "asyncio"


@dataclass
class Server:
    """The running doors. ``url`` ends in ``/v1``."""

    url: str
    app: FastAPI
    engine: ScriptedEngine
    pool: ModelPoolManager

    def leases(self) -> int:
        """Leases held on all models."""
        return sum(model.leases for model in self.pool.status().models)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """Serves ``MODEL`` and ``OTHER_MODEL``; afterwards nothing may be left running."""
    engine = ScriptedEngine()
    write_cached_model(tmp_path / "cache", OTHER_MODEL)
    catalog = Catalog(tmp_path / "cache", guide_path=write_model(tmp_path / "guide"))
    limits = PoolLimits(budget_bytes=10**6, max_models=2, idle_seconds=0)
    pool = ModelPoolManager(engine, catalog, limits)
    app = FastAPI(redirect_slashes=False)
    app.state.settings = MLXServerSettings(max_body_mb=12, keep_alive_seconds=0.05)
    app.state.authenticate = authenticate_local
    app.state.pool = pool
    open_doors(app, prefix="/v1")
    config = uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )
    [listener] = listen("127.0.0.1", 0)
    uvicorn_server = uvicorn.Server(config)
    serving = asyncio.create_task(uvicorn_server.serve(sockets=[listener]))
    running = Server(f"http://127.0.0.1:{listener.getsockname()[1]}/v1", app, engine, pool)
    try:
        yield running
        await engine.until_quiet()
    finally:
        uvicorn_server.should_exit = True
        await serving
        await pool.close()
    assert running.leases() == 0


@pytest.fixture
async def client(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    """A plain HTTP client of the server."""
    async with httpx.AsyncClient(base_url=server.url, timeout=10) as http:
        yield http
