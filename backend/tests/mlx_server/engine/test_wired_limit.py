"""A Mac's wired limit, with Metal's part told by a ledger: this machine has none."""

import importlib
from pathlib import Path

import pytest

from mlx_manager.mlx_server.engine import backend
from mlx_manager.mlx_server.engine.engine import Engine
from mlx_manager.mlx_server.utils import memory
from tests.mlx_server.engine.conftest import LIMITS, load
from tests.mlx_server.engine.sequences import ask

backend.prepare()

import mlx.core as mx  # noqa: E402  (after OpenBLAS)

GENERATION = importlib.import_module("mlx_lm.generate")  # the package has a function of that name
pytestmark = pytest.mark.anyio
RECOMMENDED = 12_000_000_000


@pytest.fixture
def wired(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The limits that were set, in order."""
    limits = [0]

    def set_limit(size: int) -> int:
        limits.append(size)
        return limits[-2]

    monkeypatch.setattr(mx, "set_wired_limit", set_limit)
    monkeypatch.setattr(memory, "recommended_bytes", lambda: RECOMMENDED)
    monkeypatch.setattr(
        GENERATION, "maybe_set_recommended_wired_limit", lambda: set_limit(RECOMMENDED)
    )
    return limits


async def test_a_model_that_leaves_takes_the_limit_from_nobody(
    tiny_model: Path, wired: list[int]
) -> None:
    engine = Engine(LIMITS)
    first = await load(engine, tiny_model)
    second = await load(engine, tiny_model)
    await engine.unload(first)
    assert len((await ask(engine, second, "still wired")).ids) == 12
    await engine.unload(second)
    await engine.stop()
    assert wired[0] == 0
    assert set(wired[1:]) == {RECOMMENDED}
