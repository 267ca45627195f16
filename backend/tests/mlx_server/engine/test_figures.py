"""What the engine tells of each model: who runs and waits, and which tokens it read and wrote."""

import asyncio
import time
from pathlib import Path

import pytest

from mlx_manager.mlx_server.core.figures import ModelFigures
from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.engine.engine import Engine
from mlx_manager.mlx_server.engine.paces import Paces
from tests.fakes.tiny_models import make_model
from tests.mlx_server.engine.conftest import LIMITS, load
from tests.mlx_server.engine.sequences import ask, spec

pytestmark = pytest.mark.anyio
LONG = "a prompt that is worth keeping: " + "once upon a time " * 20


async def test_each_model_has_its_own_sums_and_speed(
    engine: Engine, handle: ModelHandle, tmp_path: Path
) -> None:
    other = await load(engine, make_model(tmp_path / "other", "llama", seed=7))
    first = await ask(engine, handle, LONG)
    again = await ask(engine, handle, LONG)
    await ask(engine, other, "hello", max_tokens=3)
    models = engine.status().models
    mine, theirs = models[handle.generation], models[other.generation]
    assert mine.prompt_tokens == 2 * len(LONG)
    assert mine.cached_tokens == again.ended.cached_tokens > len(LONG) // 2
    assert mine.cache_hit_rate == mine.cached_tokens / mine.prompt_tokens
    assert mine.completion_tokens == len(first.ids) + len(again.ids)
    assert (theirs.completion_tokens, theirs.cached_tokens) == (3, 0)
    assert mine.tokens_per_second > theirs.tokens_per_second > 0
    assert (mine.running, mine.waiting) == (0, 0)
    await engine.unload(other)
    assert engine.status().models.keys() == {handle.generation}


async def test_those_in_the_batch_and_those_in_the_queue_are_told_apart(
    engine: Engine, handle: ModelHandle
) -> None:
    places = LIMITS.batch.completion_batch_size
    streams = [
        engine.submit(spec(handle, f"number {n}", max_tokens=5000)) for n in range(places + 3)
    ]
    async with asyncio.timeout(30):
        while (told := engine.status().models[handle.generation]).waiting != 3:
            await anext(streams[0])
    assert told.running == places
    for stream in streams:
        stream.cancel()
        async for _ in stream:
            pass
    told = engine.status().models[handle.generation]
    assert (told.running, told.waiting) == (0, 0)


def test_a_worker_that_begins_anew_writes_no_tokens_backwards() -> None:
    paces, now = Paces(), time.monotonic()
    paces.note({1: ModelFigures(completion_tokens=500)}, now)
    paces.note({1: ModelFigures(completion_tokens=2)}, now + 1)
    paces.note({1: ModelFigures(completion_tokens=12)}, now + 2)
    assert paces.figures(now + 2)[1].tokens_per_second == 510 / 2
    assert paces.figures(now + 60)[1].tokens_per_second == 0.0
