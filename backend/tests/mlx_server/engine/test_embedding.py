"""Vectors from the real engine: right, the same in company as alone, and in nobody's way."""

import asyncio
import math
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mlx_manager.mlx_server.core.embedding import (
    EmbedSpec,
    Passage,
    Pooling,
    TokenLogits,
    UnitVector,
)
from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.core.tokens import Ended, Tokens
from mlx_manager.mlx_server.engine.engine import Engine
from mlx_manager.mlx_server.errors import (
    EngineFailed,
    InsufficientMemory,
    ModelNotFound,
    Overloaded,
)
from tests.fakes.embedding_models import make_embedder
from tests.fakes.tiny_models import make_model
from tests.mlx_server.engine.conftest import LIMITS, load
from tests.mlx_server.engine.sequences import ask, spec

pytestmark = pytest.mark.anyio

TEXTS = ("hi", "hello there", "x" * 31, "a longer text about nothing much", "long " * 40, "end")
LAST = UnitVector(Pooling.LAST)


@pytest.fixture
async def wide() -> AsyncIterator[Engine]:
    """An engine whose pieces hold all of ``TEXTS`` together; the usual one's hold 32 tokens."""
    engine = Engine(replace(LIMITS, batch=replace(LIMITS.batch, prefill_step_size=4096)))
    yield engine
    await engine.stop()


def passages(*texts: str) -> tuple[Passage, ...]:
    return tuple(Passage(tuple(text.encode())) for text in texts)


def job(handle: ModelHandle, *texts: str, readout: Any = LAST) -> EmbedSpec:
    return EmbedSpec(handle, passages(*texts), readout)


async def begun(work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
    """A task that has reached its first wait."""
    task = asyncio.create_task(work)
    await asyncio.sleep(0)
    return task


def distance(left: Sequence[float], right: Sequence[float]) -> float:
    return max(abs(a - b) for a, b in zip(left, right, strict=True))


@pytest.mark.parametrize("architecture", ["qwen3", "gemma3_text", "mamba2"])
async def test_a_text_has_the_same_vector_in_company_alone_and_in_pieces(
    engine: Engine, wide: Engine, tmp_path: Path, architecture: str
) -> None:
    path = make_model(tmp_path / architecture, architecture)
    here, there = await load(engine, path), await load(wide, path)
    for pooling in Pooling:
        readout = UnitVector(pooling)
        together = await wide.embed(job(there, *TEXTS, readout=readout))
        for text, vector in zip(TEXTS, together, strict=True):
            (alone,) = await wide.embed(job(there, text, readout=readout))
            (in_pieces,) = await engine.embed(job(here, text, readout=readout))
            assert distance(vector, alone) < 1e-5
            assert distance(vector, in_pieces) < 1e-5
            assert math.hypot(*vector) == pytest.approx(1, abs=1e-6)


async def test_vectors_are_the_models_own_hidden_states(
    engine: Engine, handle: ModelHandle, tiny_model: Path
) -> None:
    expected = await asyncio.to_thread(_reference, tiny_model, TEXTS[3])
    for pooling in Pooling:
        (vector,) = await engine.embed(job(handle, TEXTS[3], readout=UnitVector(pooling)))
        assert distance(vector, expected[pooling]) < 1e-5


def _reference(path: Path, text: str) -> dict[Pooling, list[float]]:
    """Straight through mlx-lm, without our engine."""
    import mlx.core as mx  # noqa: PLC0415
    from mlx_lm.utils import load_model  # noqa: PLC0415

    model, _ = load_model(path)
    states = model.model(mx.array([list(text.encode())]))[0]
    pooled = {
        Pooling.LAST: states[-1],
        Pooling.MEAN: states.mean(axis=0),
        Pooling.CLS: states[0],
    }
    return {mode: (p / mx.linalg.norm(p)).tolist() for mode, p in pooled.items()}


async def test_shorter_vectors_are_the_beginning_made_long_again(
    engine: Engine, handle: ModelHandle
) -> None:
    (whole,) = await engine.embed(job(handle, "hello"))
    (cut,) = await engine.embed(job(handle, "hello", readout=UnitVector(Pooling.LAST, 16)))
    length = math.hypot(*whole[:16])
    assert distance(cut, [value / length for value in whole[:16]]) < 1e-6


async def test_token_logits_are_those_of_the_whole_model(
    engine: Engine, handle: ModelHandle
) -> None:
    tokens = (121, 110, 7)
    logits = await engine.embed(job(handle, *TEXTS, readout=TokenLogits(tokens)))
    for text, some in zip(TEXTS, logits, strict=True):
        stream = engine.submit(spec(handle, text, max_tokens=1, top_logprobs=20))
        (said,) = [item for item in [i async for i in stream] if isinstance(item, Tokens)]
        top = dict(said.logprobs[0].top)
        (best,) = await engine.embed(job(handle, text, readout=TokenLogits((said.ids[0],))))
        others = await engine.embed(job(handle, text, readout=TokenLogits(tuple(top))))
        for (token, logprob), logit in zip(top.items(), others[0], strict=True):
            # Logits differ from log-probabilities by the same constant for all tokens.
            assert logit - best[0] == pytest.approx(logprob - top[said.ids[0]], abs=1e-4), token
        assert len(some) == 3


async def test_weights_without_a_head_are_taken(tmp_path: Path, engine: Engine) -> None:
    whole = make_embedder(tmp_path / "whole", tie_word_embeddings=False)
    bare = make_embedder(tmp_path / "bare", tie_word_embeddings=False)
    await asyncio.to_thread(_strip, bare)
    vectors = [await engine.embed(job(await load(engine, p), "hello")) for p in (whole, bare)]
    assert distance(vectors[0][0], vectors[1][0]) == 0


def _strip(path: Path) -> None:
    import mlx.core as mx  # noqa: PLC0415

    file = str(path / "model.safetensors")
    weights: Any = mx.load(file)
    trunk = {
        name.removeprefix("model."): array
        for name, array in weights.items()
        if not name.startswith("lm_head")
    }
    assert len(trunk) < len(weights)
    mx.eval(trunk)
    mx.save_safetensors(file, trunk)


async def test_answers_go_on_while_a_long_job_is_embedded(
    engine: Engine, handle: ModelHandle
) -> None:
    alone = await ask(engine, handle, "Once upon a time", max_tokens=40)
    embedding = await begun(engine.embed(job(handle, *["x" * 100] * 60)))
    said: list[int] = []
    unfinished = 0
    async for item in engine.submit(spec(handle, "Once upon a time", max_tokens=40)):
        if isinstance(item, Tokens):
            said.extend(item.ids)
            unfinished += not embedding.done()
    # 60 texts of four pieces each take 240 ticks: an answer of 40 tokens ends long before.
    assert not embedding.done()
    assert tuple(said) == alone.ids
    assert unfinished > 1
    assert len(await embedding) == 60


async def test_a_small_job_does_not_wait_for_a_large_one(
    engine: Engine, handle: ModelHandle
) -> None:
    large = await begun(engine.embed(job(handle, *["x" * 100] * 60)))
    small = await engine.embed(job(handle, "hi"))
    assert len(small) == 1
    assert not large.done()
    await large


async def test_a_job_nobody_waits_for_is_dropped(engine: Engine, handle: ModelHandle) -> None:
    large = await begun(engine.embed(job(handle, *["x" * 100] * 500)))
    await engine.embed(job(handle, "hi"))
    assert engine.status().waiting == 1
    large.cancel()
    with pytest.raises(asyncio.CancelledError):
        await large
    await engine.embed(job(handle, "hi"))
    assert engine.status().waiting == 0


async def test_a_text_that_can_never_fit_is_refused_and_others_are_not(tmp_path: Path) -> None:
    limits = replace(LIMITS, memory_budget_bytes=500_000)
    engine = Engine(limits)
    try:
        handle = await load(engine, make_model(tmp_path / "tiny"))
        with pytest.raises(InsufficientMemory, match="Shorten"):
            await engine.embed(job(handle, "x" * 2000))
        assert len(await engine.embed(job(handle, "hello"))) == 1
    finally:
        await engine.stop()


async def test_a_model_that_is_gone_or_a_server_that_is_full_says_so(
    engine: Engine, handle: ModelHandle
) -> None:
    jobs = [await begun(engine.embed(job(handle, "x" * 500))) for _ in range(64)]
    with pytest.raises(Overloaded):
        await engine.embed(job(handle, "hi"))
    assert len(await asyncio.gather(*jobs)) == 64
    await engine.unload(handle)
    with pytest.raises(ModelNotFound):
        await engine.embed(job(handle, "hi"))


async def test_a_failing_model_fails_its_own_job_only(
    engine: Engine, handle: ModelHandle, caplog: pytest.LogCaptureFixture
) -> None:
    nobody = replace(job(handle, "hi"), passages=(Passage(("not", "ids")),))  # type: ignore[arg-type]
    answering = await begun(ask(engine, handle, "Once", max_tokens=30))
    with pytest.raises(EngineFailed, match="cannot embed"):
        await engine.embed(nobody)
    assert isinstance((await answering).ended, Ended)
    assert "failed" in caplog.text
