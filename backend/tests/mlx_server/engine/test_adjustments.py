"""Bias, penalties, log-probabilities and grammars, each row for itself, all in one batch."""

import asyncio
import dataclasses
import math
from pathlib import Path
from typing import Any

import pytest

from mlx_manager.mlx_server.core.logprob import TokenLogprob
from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.core.ports import SequenceSpec
from mlx_manager.mlx_server.core.request import SamplingParams
from mlx_manager.mlx_server.core.tokens import Ended, EndReason, Tokens
from mlx_manager.mlx_server.engine.engine import Engine
from mlx_manager.mlx_server.errors import EngineFailed
from tests.mlx_server.engine.conftest import LIMITS, load
from tests.mlx_server.engine.sequences import GREEDY, ask, spec

pytestmark = pytest.mark.anyio


class OnlyTheseTokens:
    """A grammar: the given ids in this order, then the end token, then no rule.

    The engine is a step ahead of what it has told: a row is asked once more after its end.
    """

    def __init__(self, *ids: int) -> None:
        self._left = [*ids, 256]

    def fill_mask(self, words: memoryview) -> None:
        if not self._left:
            return
        for index in range(len(words)):
            words[index] = 0
        wanted = self._left[0]
        bit = 1 << (wanted % 32)
        words[wanted // 32] = bit - (1 << 32) if bit >= 1 << 31 else bit

    def consume(self, token: int) -> bool:
        return bool(self._left) and self._left.pop(0) == token


async def with_logprobs(engine: Engine, wanted: SequenceSpec) -> list[TokenLogprob]:
    found: list[TokenLogprob] = []
    async for item in engine.submit(wanted):
        if isinstance(item, Tokens):
            assert len(item.logprobs) == len(item.ids)
            found.extend(item.logprobs)
    return found


async def test_a_bias_of_a_hundred_decides_and_of_minus_a_hundred_forbids(
    engine: Engine, handle: ModelHandle
) -> None:
    free = await ask(engine, handle, "go")
    forced = SamplingParams(temperature=0, logit_bias=((65, 1000.0),))
    assert set((await ask(engine, handle, "go", sampling=forced)).ids) == {65}
    banned = SamplingParams(temperature=0, logit_bias=((free.ids[0], -1000.0),))
    assert free.ids[0] not in (await ask(engine, handle, "go", sampling=banned)).ids


async def test_a_grammar_holds_until_its_end(engine: Engine, handle: ModelHandle) -> None:
    hot = SamplingParams(temperature=2.0, seed=1)
    answer = await ask(
        engine,
        handle,
        "say it",
        sampling=hot,
        grammar=OnlyTheseTokens(72, 105, 33),
        ignore_eos=False,
    )
    assert answer.ids == (72, 105, 33)
    assert answer.ended.reason is EndReason.STOP


async def test_logprobs_are_those_of_the_chosen_and_of_the_best(
    engine: Engine, handle: ModelHandle
) -> None:
    found = await with_logprobs(engine, spec(handle, "tell me", top_logprobs=5))
    assert len(found) == 12
    for entry in found:
        best = [value for _, value in entry.top]
        assert len(best) == 5
        assert best == sorted(best, reverse=True)
        assert entry.top[0] == (entry.token, pytest.approx(entry.logprob))
        assert sum(math.exp(value) for value in best) <= 1.0001


async def test_zero_top_logprobs_tell_the_chosen_alone(engine: Engine, handle: ModelHandle) -> None:
    hot = SamplingParams(temperature=1.5, seed=3)
    found = await with_logprobs(engine, spec(handle, "tell me", top_logprobs=0, sampling=hot))
    assert all(entry.top == () and entry.logprob < 0 for entry in found)


class Breaks:
    """A grammar with a fault of its own, after ``after`` tokens; a panic in Rust looks so."""

    class Panic(BaseException):
        """Not an ``Exception``."""

    def __init__(self, after: int) -> None:
        self._left = after

    def fill_mask(self, words: memoryview) -> None:
        self._left -= 1
        if self._left < 0:
            raise self.Panic("of its own")

    def consume(self, token: int) -> bool:
        return True


@pytest.mark.parametrize("after", [0, 3])
async def test_a_grammar_that_fails_ends_its_own_row_alone(
    engine: Engine, handle: ModelHandle, after: int
) -> None:
    alone = await ask(engine, handle, "innocent", scope="alone")
    beside = asyncio.create_task(ask(engine, handle, "innocent", scope="beside"))
    for _ in range(3):
        with pytest.raises(EngineFailed, match="of its own"):
            await ask(engine, handle, "guilty", grammar=Breaks(after))
    assert (await beside).ids == alone.ids
    assert engine.status().degraded_reason is None
    assert engine.status().running == 0


async def test_a_grammar_decides_over_a_minimum_length(engine: Engine, handle: ModelHandle) -> None:
    answer = await ask(
        engine, handle, "short", grammar=OnlyTheseTokens(72, 105), ignore_eos=False, min_tokens=9
    )
    assert answer.ids == (72, 105)


async def test_logprobs_are_the_models_own_whoever_is_in_the_batch(
    engine: Engine, handle: ModelHandle
) -> None:
    biased = SamplingParams(temperature=0, logit_bias=((65, 1000.0),))
    wanted = spec(handle, "tell me", sampling=biased, top_logprobs=2, max_tokens=6)
    alone = await with_logprobs(engine, wanted)
    others = [asyncio.create_task(ask(engine, handle, f"{n}", max_tokens=40)) for n in range(3)]
    beside = await with_logprobs(engine, wanted)
    await asyncio.gather(*others)
    assert [e.logprob for e in beside] == pytest.approx([e.logprob for e in alone], abs=1e-3)


async def test_equal_prompts_go_side_by_side_where_nothing_can_be_kept(tiny_model: Path) -> None:
    engine = Engine(dataclasses.replace(LIMITS, prefix_cache_bytes=0))
    handle = await load(engine, tiny_model)
    answers = await asyncio.gather(*(ask(engine, handle, "the same prompt " * 9) for _ in range(4)))
    assert {a.ended.cached_tokens for a in answers} == {0}
    assert len({a.ids for a in answers}) == 1
    await engine.stop()


KINDS: list[dict[str, Any]] = [
    {"sampling": GREEDY},
    {"sampling": SamplingParams(temperature=1.0, seed=11)},
    {"sampling": SamplingParams(temperature=0.8, seed=12, top_p=0.9, top_k=30, min_p=0.01)},
    {"sampling": SamplingParams(temperature=0, frequency_penalty=1.0, presence_penalty=0.5)},
    {"sampling": SamplingParams(temperature=0, repetition_penalty=1.5)},
    {"sampling": SamplingParams(temperature=1.0, seed=5, logit_bias=((70, 5.0), (71, -5.0)))},
    {"sampling": GREEDY, "top_logprobs": 3},
    {"sampling": GREEDY, "ignore_eos": False, "min_tokens": 6},
]


async def test_rows_of_every_kind_in_one_batch_answer_as_alone(
    engine: Engine, handle: ModelHandle
) -> None:
    async def run(kind: int, scope: str) -> tuple[int, ...]:
        changes = dict(KINDS[kind % len(KINDS)])
        if kind == len(KINDS):
            changes = {"grammar": OnlyTheseTokens(1, 2, 3, 4), "ignore_eos": False}
        return (await ask(engine, handle, f"row {kind}", scope=scope, **changes)).ids

    kinds = range(len(KINDS) + 1)
    alone = [await run(kind, f"alone {kind}") for kind in kinds]
    together = await asyncio.gather(*(run(kind, f"together {kind}") for kind in kinds))
    assert together == alone


async def test_equal_prompts_at_once_share_one_prefill(engine: Engine, handle: ModelHandle) -> None:
    text = "the same long prompt for everyone who asks at this moment. " * 6
    answers = await asyncio.gather(
        *(
            ask(
                engine,
                handle,
                text,
                sampling=SamplingParams(temperature=1.0, seed=seed),
                scope="one caller",
            )
            for seed in range(5)
        )
    )
    cached = sorted(answer.ended.cached_tokens for answer in answers)
    assert cached == [0] + [len(text) - 1] * 4
    assert len({answer.ids for answer in answers}) > 1


async def test_a_leader_that_is_cancelled_frees_those_behind_it(
    engine: Engine, handle: ModelHandle
) -> None:
    text = "a prompt that takes several chunks to prefill, and then some more. " * 20
    leader = engine.submit(spec(handle, text))
    follower = asyncio.create_task(ask(engine, handle, text))
    leader.cancel()
    last = [item async for item in leader][-1]
    assert isinstance(last, Ended)
    assert len((await follower).ids) == 12
