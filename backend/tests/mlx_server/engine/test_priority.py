"""Who goes first while the batch is full, on the real engine."""

import asyncio

import pytest

from mlx_manager.mlx_server.core.ids import SequenceId
from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.core.ports import TokenStream
from mlx_manager.mlx_server.engine.engine import Engine
from mlx_manager.mlx_server.engine.sequence import HEAD_START_SECONDS, Sequence
from tests.mlx_server.engine.conftest import LIMITS
from tests.mlx_server.engine.sequences import read, spec

pytestmark = pytest.mark.anyio
WIDTH = LIMITS.batch.completion_batch_size


async def test_those_with_priority_are_served_first_and_equals_as_they_came(
    engine: Engine, handle: ModelHandle
) -> None:
    order: list[str] = []

    async def admitted(name: str, stream: TokenStream) -> TokenStream:
        await anext(stream)
        order.append(name)
        return stream

    def submit(name: str, priority: int, max_tokens: int) -> asyncio.Task[TokenStream]:
        wanted = spec(handle, name, priority=priority, max_tokens=max_tokens)
        return asyncio.create_task(admitted(name, engine.submit(wanted)))

    running = [submit(f"running {number}", 0, 200) for number in range(WIDTH)]
    streams = await asyncio.gather(*running)
    order.clear()
    waiting = [("low", -1), ("first", 0), ("second", 0), ("high", 1), ("higher", 1)]
    late = [submit(name, priority, 4) for name, priority in waiting]
    await asyncio.gather(*(read(stream) for stream in streams))
    await asyncio.gather(*(read(stream) for stream in await asyncio.gather(*late)))
    assert order == ["high", "higher", "first", "second", "low"]


@pytest.mark.parametrize(
    ("priority", "behind"), [(0, 0), (1, -HEAD_START_SECONDS), (-1, HEAD_START_SECONDS)]
)
async def test_a_step_of_priority_is_worth_a_while_and_no_more(
    handle: ModelHandle, priority: int, behind: float
) -> None:
    wanted = spec(handle, "a", priority=priority)
    sequence = Sequence(SequenceId(1), wanted, submitted_at=1000.0)
    assert sequence.queued_since == 1000.0 + behind
