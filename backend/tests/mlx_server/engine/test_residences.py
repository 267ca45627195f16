"""What a resident model is known by."""

from pathlib import Path

import pytest

from mlx_manager.mlx_server.engine.engine import Engine
from tests.mlx_server.engine.conftest import LIMITS, load

pytestmark = pytest.mark.anyio


async def test_no_two_residences_of_a_process_share_a_number(tiny_model: Path) -> None:
    first, second = Engine(LIMITS), Engine(LIMITS)
    try:
        loaded = [await load(engine, tiny_model) for engine in (first, second, first)]
    finally:
        await first.stop()
        await second.stop()
    # Compiled grammars are kept by this number, for the whole process.
    assert len({handle.generation for handle in loaded}) == 3
