"""Many at once say what each says alone."""

import asyncio
from pathlib import Path

import pytest

from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.core.request import SamplingParams
from mlx_manager.mlx_server.core.tokens import EndReason
from mlx_manager.mlx_server.engine.engine import Engine
from tests.fakes.tiny_models import ARCHITECTURES, make_model
from tests.mlx_server.engine.conftest import load
from tests.mlx_server.engine.sequences import ask, spec

pytestmark = pytest.mark.anyio

PROMPTS = [f"prompt {n}: " + "once upon a time " * (n % 5) for n in range(12)]


@pytest.mark.parametrize("architecture", sorted(ARCHITECTURES))
async def test_a_batch_gives_each_row_what_it_gets_alone(
    engine: Engine, tmp_path: Path, architecture: str
) -> None:
    handle = await load(engine, make_model(tmp_path / architecture, architecture))
    alone = [await ask(engine, handle, text, scope=f"alone {text}") for text in PROMPTS]
    together = await asyncio.gather(
        *(ask(engine, handle, text, scope=f"together {text}") for text in PROMPTS)
    )
    assert [a.ids for a in together] == [a.ids for a in alone]
    assert all(a.ended.reason is EndReason.LENGTH for a in together)
    assert all(a.ended.completion_tokens == len(a.ids) == 12 for a in together)


async def test_a_seed_draws_the_same_alone_and_among_others(
    engine: Engine, handle: ModelHandle
) -> None:
    def wanted(n: int) -> SamplingParams:
        return SamplingParams(
            temperature=0.5 + n / 10, seed=n, top_p=0.9 if n % 2 else 1.0, top_k=5 * (n % 3)
        )

    alone = [
        await ask(engine, handle, text, sampling=wanted(n), scope=f"a{n}")
        for n, text in enumerate(PROMPTS)
    ]
    together = await asyncio.gather(
        *(
            ask(engine, handle, text, sampling=wanted(n), scope=f"b{n}")
            for n, text in enumerate(PROMPTS)
        )
    )
    assert [a.ids for a in together] == [a.ids for a in alone]


async def test_without_a_seed_two_answers_differ(engine: Engine, handle: ModelHandle) -> None:
    hot = SamplingParams(temperature=2.0)
    first = await ask(engine, handle, "go", sampling=hot, max_tokens=40)
    second = await ask(engine, handle, "go", sampling=hot, max_tokens=40)
    assert first.ids != second.ids


async def test_two_resident_models_answer_in_turn(
    engine: Engine, handle: ModelHandle, tmp_path: Path
) -> None:
    other = await load(engine, make_model(tmp_path / "other", "llama", seed=7))
    alone = [await ask(engine, model, "hello", scope="a") for model in (handle, other)]
    both = await asyncio.gather(
        *(ask(engine, model, "hello", scope="b") for model in (handle, other))
    )
    assert [a.ids for a in both] == [a.ids for a in alone]
    assert both[0].ids != both[1].ids


async def test_more_sequences_than_the_batch_holds_all_finish(
    engine: Engine, handle: ModelHandle
) -> None:
    answers = await asyncio.gather(*(ask(engine, handle, f"number {n}") for n in range(30)))
    assert [len(a.ids) for a in answers] == [12] * 30


async def test_the_end_token_ends_and_is_not_text(engine: Engine, handle: ModelHandle) -> None:
    free = await ask(engine, handle, "until the end", ignore_eos=True, max_tokens=8)
    stop_at = free.ids[3]
    fake_eos = _WithEos(handle, {stop_at})
    answer = await ask(engine, fake_eos.handle, "until the end", ignore_eos=False, max_tokens=8)
    first = free.ids.index(stop_at)
    assert answer.ids == free.ids[:first]
    assert answer.ended.reason is EndReason.STOP
    assert answer.ended.completion_tokens == first + 1


async def test_min_tokens_holds_the_end_back(engine: Engine, handle: ModelHandle) -> None:
    free = await ask(engine, handle, "not yet", max_tokens=8)
    # The scheduler reads the end tokens of the handle it was loaded with: forbid a real one.
    answer = await ask(engine, handle, "not yet", max_tokens=8, ignore_eos=False, min_tokens=8)
    assert len(answer.ids) == 8
    assert 256 not in answer.ids
    assert len(free.ids) == 8


async def test_penalties_change_a_repeating_answer(engine: Engine, handle: ModelHandle) -> None:
    plain = await ask(engine, handle, "again", max_tokens=40)
    penalised = SamplingParams(temperature=0, frequency_penalty=2.0, presence_penalty=2.0)
    other = await ask(engine, handle, "again", max_tokens=40, sampling=penalised)
    assert len(set(other.ids)) > len(set(plain.ids))


class _WithEos:
    """The same resident model seen with other end tokens."""

    def __init__(self, handle: ModelHandle, eos: set[int]) -> None:
        handle.tokenizer._wrapper.eos_token_ids = eos  # type: ignore[attr-defined]
        self.handle = handle


def test_a_spec_always_ends_its_cut_points_with_its_length(tmp_path: Path) -> None:
    made = spec(object(), "four", cut_points=(2,))  # type: ignore[arg-type]
    assert made.prompt.cut_points == (2, 4)
