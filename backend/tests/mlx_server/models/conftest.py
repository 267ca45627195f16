"""A real pool over a real engine and a cache directory of tiny models."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.core.ports import LoadSpec
from mlx_manager.mlx_server.core.variant import Variant
from mlx_manager.mlx_server.engine.engine import Engine
from mlx_manager.mlx_server.models.catalog import Catalog
from mlx_manager.mlx_server.models.pool import ModelPoolManager
from mlx_manager.mlx_server.models.pool_limits import PoolLimits
from tests.fakes.tiny_models import make_model
from tests.mlx_server.engine.conftest import LIMITS


class CountingEngine(Engine):
    """The engine itself, remembering what was loaded."""

    loads: list[str]

    async def load(self, spec: LoadSpec, progress: Callable[[float], None]) -> ModelHandle:
        self.loads.append(spec.id)
        return await super().load(spec, progress)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four whole models in the Hugging Face cache's layout."""
    root = tmp_path_factory.mktemp("hub")
    for name in ("one", "two", "three", "four"):
        folder = root / f"models--tiny--{name}"
        make_model(folder / "snapshots" / "abc", seed=len(name))
        (folder / "refs").mkdir()
        (folder / "refs" / "main").write_text("abc")
    return root


@pytest.fixture(scope="session")
def model_bytes(cache: Path) -> int:
    """What one of them needs: its weights, and room to answer in."""
    files = Catalog(cache).inspect(Variant(ModelId("tiny/one"))).files
    return files.weights_bytes + files.headroom_bytes


MakePool = Callable[..., ModelPoolManager]


@pytest.fixture
async def make_pool(cache: Path) -> AsyncIterator[MakePool]:
    """Pools with the given limits; closed at the end."""
    pools: list[ModelPoolManager] = []

    def make(**limits: int | float) -> ModelPoolManager:
        engine = CountingEngine(LIMITS)
        engine.loads = []
        known = {"budget_bytes": 10**9, "max_models": 4, "idle_seconds": 60.0, **limits}
        pool = ModelPoolManager(engine, Catalog(cache), PoolLimits(**known))  # type: ignore[arg-type]
        pools.append(pool)
        return pool

    yield make
    for pool in pools:
        await pool.close()
