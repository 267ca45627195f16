"""A running manager and the people who use it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from mlx_manager.cli.listening import listen
from mlx_manager.config import ManagerSettings
from mlx_manager.main import create_app
from mlx_manager.mlx_server.config import KEEP_ALIVE_SECONDS, MLXServerSettings
from mlx_manager.mlx_server.models.catalog import Catalog
from mlx_manager.mlx_server.models.pool import ModelPoolManager
from mlx_manager.mlx_server.models.pool_limits import PoolLimits
from mlx_manager.mlx_server.models.profiles import Profiles
from tests.fakes.engine import ScriptedEngine
from tests.fakes.model_directory import write_model
from tests.settings import inference_settings

PASSWORD = "a quiet instrument"
NEW_PASSWORD = "another calm machine"


@dataclass
class Manager:
    """The application on its socket. ``engine`` is scripted, behind the real pool."""

    url: str
    app: FastAPI
    engine: ScriptedEngine
    clients: AsyncExitStack

    async def client(self, token: str | None = None, **headers: str) -> httpx.AsyncClient:
        """An HTTP client, closed with the manager."""
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        client = httpx.AsyncClient(base_url=self.url, headers=headers, timeout=30)
        return await self.clients.enter_async_context(client)

    async def administrator(self) -> httpx.AsyncClient:
        """The first account, signed in."""
        anyone = await self.client()
        await register(anyone, "ada@example.com")
        return await self.client(await log_in(anyone, "ada@example.com"))

    async def user(self, admin: httpx.AsyncClient, email: str) -> httpx.AsyncClient:
        """An approved account, signed in."""
        anyone = await self.client()
        account = await register(anyone, email)
        approval = await admin.put(f"/api/auth/users/{account['id']}", json={"status": "approved"})
        assert approval.status_code == 200, approval.text
        return await self.client(await log_in(anyone, email))


async def register(client: httpx.AsyncClient, email: str) -> dict[str, Any]:
    """A new account, as the reply shows it."""
    reply = await client.post("/api/auth/register", json={"email": email, "password": PASSWORD})
    assert reply.status_code == 201, reply.text
    account: dict[str, Any] = reply.json()
    return account


async def log_in(client: httpx.AsyncClient, email: str, password: str = PASSWORD) -> str:
    """A fresh token."""
    reply = await client.post("/api/auth/login", json={"email": email, "password": password})
    assert reply.status_code == 200, reply.text
    return str(reply.json()["access_token"])


@asynccontextmanager
async def serving(
    settings: ManagerSettings,
    folder: Path,
    *,
    inference: MLXServerSettings | None = None,
    real_engine: bool = False,
) -> AsyncIterator[Manager]:
    """Run the application on a free port; when the block ends, so does the server."""
    static = folder / "static"
    app = create_app(settings, inference or inference_settings(), static)
    async with app.router.lifespan_context(app):
        engine = ScriptedEngine()
        if not real_engine:
            embedded = app.state.inference.state
            embedded.pool = _scripted_pool(engine, settings, folder, embedded.profiles)
        async with listening(app) as url, AsyncExitStack() as clients:
            yield Manager(url, app, engine, clients)


@asynccontextmanager
async def listening(app: ASGIApp) -> AsyncIterator[str]:
    """Serve an application on a free port for the length of a block; its address."""
    [listener] = listen("127.0.0.1", 0)
    config = uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


def _scripted_pool(
    engine: ScriptedEngine, settings: ManagerSettings, folder: Path, profiles: Profiles
) -> ModelPoolManager:
    guide = write_model(folder / "guide")
    catalog = Catalog(settings.hf_cache_path, guide, profiles)
    return ModelPoolManager(
        engine, catalog, PoolLimits(budget_bytes=10**6, max_models=2, idle_seconds=0)
    )
