"""The loop's end of a sequence: what a slow reader finds."""

from typing import Any

import pytest

from mlx_manager.mlx_server.core.events import Timing
from mlx_manager.mlx_server.core.ids import SequenceId
from mlx_manager.mlx_server.core.logprob import TokenLogprob
from mlx_manager.mlx_server.core.tokens import Ended, EndReason, Prefilled, StreamItem, Tokens
from mlx_manager.mlx_server.engine.stream import GenerationStream

pytestmark = pytest.mark.anyio
END = Ended(EndReason.STOP, 3, 0, Timing(0, 0, 0))


class Watched(tuple[Any, ...]):
    """Counts the entries that adding to it copies."""

    copied = 0

    def __add__(self, other: Any) -> "Watched":
        Watched.copied += len(self) + len(other)
        return Watched((*self, *other))


def stream_of(*items: StreamItem) -> GenerationStream:
    stream = GenerationStream(SequenceId(1), lambda _: None)
    stream.deliver(items)
    return stream


async def test_tokens_that_have_queued_up_come_as_one_item() -> None:
    logprobs = [TokenLogprob(n, -1.0, ()) for n in range(3)]
    waiting = [Tokens((n,), (logprobs[n],)) for n in range(3)]
    stream = stream_of(waiting[0], waiting[1], Prefilled(1, 1), waiting[2], END)
    items = [item async for item in stream]
    joined = Tokens((0, 1), tuple(logprobs[:2]))
    assert items == [joined, Prefilled(1, 1), waiting[2], END]


async def test_joining_copies_no_token_twice() -> None:
    count = 5000
    waiting = [Tokens(Watched((n,)), Watched((n,))) for n in range(count)]
    first = await anext(stream_of(*waiting, END))
    assert isinstance(first, Tokens)
    assert first.ids == tuple(range(count))
    assert Watched.copied < 4 * count
