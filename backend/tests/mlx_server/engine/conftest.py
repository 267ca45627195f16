"""A real engine on the CPU over tiny random models."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.core.ports import LoadSpec
from mlx_manager.mlx_server.engine.engine import Engine
from mlx_manager.mlx_server.engine.limits import BatchLimits, EngineLimits
from tests.fakes.tiny_models import make_model

LIMITS = EngineLimits(
    batch=BatchLimits(completion_batch_size=8, prefill_batch_size=4, prefill_step_size=32),
    prefix_cache_bytes=50_000_000,
    memory_budget_bytes=2_000_000_000,
    max_waiting=64,
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    engine = Engine(LIMITS)
    yield engine
    await engine.stop()


@pytest.fixture
async def handle(engine: Engine, tiny_model: Path) -> ModelHandle:
    return await load(engine, tiny_model)


async def load(engine: Engine, path: Path) -> ModelHandle:
    return await engine.load(LoadSpec(ModelId(path.name), str(path), 0), lambda fraction: None)
