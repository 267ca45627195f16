"""Prefixes: kept, found, trimmed, never shared between callers."""

import dataclasses
from pathlib import Path

import pytest

from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.engine.engine import Engine
from tests.fakes.tiny_models import ARCHITECTURES, make_model
from tests.mlx_server.engine.conftest import LIMITS, load
from tests.mlx_server.engine.sequences import ask

pytestmark = pytest.mark.anyio

SYSTEM = "You are a careful assistant who answers in one short sentence. "


@pytest.mark.parametrize("architecture", sorted(ARCHITECTURES))
async def test_a_cached_prefix_changes_no_token(
    engine: Engine, tmp_path: Path, architecture: str
) -> None:
    handle = await load(engine, make_model(tmp_path / architecture, architecture))
    fresh = await ask(engine, handle, SYSTEM + "second question", scope="nobody else")
    cuts = (len(SYSTEM),)
    await ask(engine, handle, SYSTEM + "first question", cut_points=cuts)
    warm = await ask(engine, handle, SYSTEM + "second question", cut_points=cuts)
    assert warm.ended.cached_tokens >= len(SYSTEM)
    assert warm.ids == fresh.ids


async def test_a_longer_conversation_continues_from_its_last_turn(
    engine: Engine, handle: ModelHandle
) -> None:
    first = await ask(engine, handle, SYSTEM)
    grown = SYSTEM.encode() + bytes(i % 256 for i in first.ids[:-1])
    again = await ask(engine, handle, grown.decode("latin-1"), scope="someone")
    assert again.ended.cached_tokens >= len(SYSTEM) - 1


async def test_another_caller_gets_nothing_of_it(engine: Engine, handle: ModelHandle) -> None:
    text = SYSTEM + "my secret is 1234"
    await ask(engine, handle, text, scope="alice")
    mine = await ask(engine, handle, text, scope="alice")
    theirs = await ask(engine, handle, text, scope="bob")
    assert mine.ended.cached_tokens == len(text) - 1
    assert theirs.ended.cached_tokens == 0


async def test_unloading_forgets_the_prefixes(engine: Engine, tiny_model: Path) -> None:
    handle = await load(engine, tiny_model)
    await ask(engine, handle, SYSTEM)
    assert engine.status().prefix_cache_bytes > 0
    await engine.unload(handle)
    assert engine.status().prefix_cache_bytes == 0


async def test_a_prefix_that_must_go_is_copied_before_it_does(tiny_model: Path) -> None:
    """Room for one sequence and no more: its own prefix is idle until it is admitted."""
    weights = tiny_model.joinpath("model.safetensors").stat().st_size
    engine = Engine(dataclasses.replace(LIMITS, memory_budget_bytes=weights + 350_000))
    handle = await load(engine, tiny_model)
    text = SYSTEM * 4
    await ask(engine, handle, text)
    assert engine.status().prefix_cache_bytes > 0
    again = await ask(engine, handle, text + "and more", max_tokens=300)
    assert again.ended.cached_tokens >= len(text)
    await engine.stop()
