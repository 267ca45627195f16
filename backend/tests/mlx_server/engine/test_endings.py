"""Every sequence ends exactly once: by itself, by its caller, or with the engine."""

import asyncio
import dataclasses
import json
from pathlib import Path

import pytest

from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.core.ports import LoadSpec
from mlx_manager.mlx_server.core.tokens import Ended, EndReason, Tokens
from mlx_manager.mlx_server.engine.engine import Engine
from mlx_manager.mlx_server.engine.scheduler import Scheduler
from mlx_manager.mlx_server.engine.worker import Worker
from mlx_manager.mlx_server.errors import (
    EngineFailed,
    InsufficientMemory,
    InvalidModel,
    ModelNotFound,
    Overloaded,
)
from tests.fakes.tiny_models import make_model
from tests.mlx_server.engine.conftest import LIMITS, load
from tests.mlx_server.engine.sequences import ask, read, spec

pytestmark = pytest.mark.anyio


async def test_cancelling_ends_a_running_sequence_within_a_step(
    engine: Engine, handle: ModelHandle
) -> None:
    stream = engine.submit(spec(handle, "endless", max_tokens=100_000))
    async for _ in stream:
        break
    stream.cancel()
    last = [item async for item in stream][-1]
    assert isinstance(last, Ended)
    assert last.reason is EndReason.CANCELLED
    assert last.completion_tokens < 1000
    await ask(engine, handle, "the next one")
    assert (engine.status().running, engine.status().waiting) == (0, 0)


async def test_cancelling_a_waiting_sequence_ends_it_too(
    engine: Engine, handle: ModelHandle
) -> None:
    running = [engine.submit(spec(handle, f"{n}", max_tokens=5000)) for n in range(8)]
    waiting = engine.submit(spec(handle, "in the queue"))
    waiting.cancel()
    assert (await read(waiting)).ended.reason is EndReason.CANCELLED
    for stream in running:
        stream.cancel()
        stream.cancel()
    assert {(await read(s)).ended.reason for s in running} == {EndReason.CANCELLED}


async def test_a_throwing_loop_fails_everyone_and_restarts_once(
    engine: Engine, handle: ModelHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await ask(engine, handle, "hello")
    running = [engine.submit(spec(handle, f"{n}", max_tokens=5000)) for n in range(12)]
    async for _ in running[0]:
        break

    def throw(self: Scheduler) -> None:
        raise ZeroDivisionError("a fault in the step")

    with monkeypatch.context() as patch:
        patch.setattr(Scheduler, "step", throw)
        for stream in running:
            with pytest.raises(EngineFailed, match="a fault in the step"):
                await read(stream)
    status = engine.status()
    assert status.alive
    assert status.degraded_reason == "ZeroDivisionError: a fault in the step"
    assert (await ask(engine, handle, "hello")).ids == before.ids

    monkeypatch.setattr(Scheduler, "step", throw)
    with pytest.raises(EngineFailed):
        await ask(engine, handle, "a second fault is final")
    assert not engine.status().alive
    with pytest.raises(EngineFailed):
        await ask(engine, handle, "refused at once")
    with pytest.raises(EngineFailed):
        await engine.unload(handle)


async def test_whatever_ends_the_loop_ends_every_request(
    engine: Engine, handle: ModelHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Panic(BaseException):
        """Not an ``Exception``, like a panic in a Rust library."""

    def throw(self: Scheduler) -> None:
        raise Panic("in Rust")

    with monkeypatch.context() as patch:
        patch.setattr(Scheduler, "step", throw)
        with pytest.raises(EngineFailed, match="in Rust"):
            await ask(engine, handle, "hello")
    assert len((await ask(engine, handle, "hello")).ids) == 12


async def test_a_load_that_meets_a_crash_leaves_nothing_behind(
    engine: Engine, handle: ModelHandle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await ask(engine, handle, "hello")
    weights = engine.status().active_memory_bytes

    def throw(self: Worker) -> None:
        if self._answers:
            raise ZeroDivisionError("in the step in which a model was adopted")

    other = make_model(tmp_path / "other", hidden_size=256, intermediate_size=1024)
    with monkeypatch.context() as patch:
        patch.setattr(Worker, "_step_models", throw)
        with pytest.raises(EngineFailed):
            await load(engine, other)
    assert (await ask(engine, handle, "hello")).ids == before.ids
    await ask(engine, handle, "and once more, when the orphan is gone")
    assert engine.status().active_memory_bytes < weights + 1_000_000


async def test_a_burst_is_not_admitted_against_the_same_free_bytes(tiny_model: Path) -> None:
    weights = tiny_model.joinpath("model.safetensors").stat().st_size
    engine = Engine(dataclasses.replace(LIMITS, memory_budget_bytes=weights + 600_000))
    handle = await load(engine, tiny_model)
    streams = [engine.submit(spec(handle, f"{n}" + "x" * 500, max_tokens=400)) for n in range(4)]
    async for item in streams[0]:
        if isinstance(item, Tokens):
            break
    assert (engine.status().running, engine.status().waiting) == (1, 3)
    for stream in streams:
        stream.cancel()
    await asyncio.gather(*(read(stream) for stream in streams))
    await engine.stop()


async def test_a_silent_configuration_is_measured(engine: Engine, tmp_path: Path) -> None:
    path = make_model(tmp_path / "silent", "gemma3_text")
    config = json.loads((path / "config.json").read_text())
    handle = await load(engine, path)
    assert handle.vocabulary_size == config["vocab_size"]
    assert handle.kv_bytes_per_token > 0


async def test_stopping_the_engine_ends_open_streams(tiny_model: Path) -> None:
    engine = Engine(LIMITS)
    handle = await load(engine, tiny_model)
    stream = engine.submit(spec(handle, "open", max_tokens=100_000))
    reader = asyncio.create_task(read(stream))
    async for _ in engine.submit(spec(handle, "go")):
        break
    await engine.stop()
    with pytest.raises(EngineFailed, match="shutting down"):
        await reader


async def test_a_full_queue_refuses_with_a_time_to_come_back(
    engine: Engine, handle: ModelHandle
) -> None:
    streams = [
        engine.submit(spec(handle, f"{n}", max_tokens=500)) for n in range(LIMITS.max_waiting)
    ]
    with pytest.raises(Overloaded) as refused:
        await ask(engine, handle, "one too many")
    assert refused.value.retry_after_seconds
    for stream in streams:
        stream.cancel()
    await asyncio.gather(*(read(stream) for stream in streams))


async def test_a_prompt_that_can_never_fit_is_told_so(tiny_model: Path) -> None:
    weights = tiny_model.joinpath("model.safetensors").stat().st_size
    limits = LIMITS.__class__(LIMITS.batch, 0, weights + 10_000, 8)
    engine = Engine(limits)
    handle = await load(engine, tiny_model)
    with pytest.raises(InsufficientMemory, match="tokens fit"):
        await ask(engine, handle, "x" * 1500)
    assert len((await ask(engine, handle, "x", max_tokens=4)).ids) == 4
    await engine.stop()


async def test_a_sequence_for_an_unloaded_model_is_refused(
    engine: Engine, tiny_model: Path
) -> None:
    handle = await load(engine, tiny_model)
    await engine.unload(handle)
    with pytest.raises(ModelNotFound):
        await ask(engine, handle, "anyone there")


@pytest.mark.parametrize(
    ("damage", "names"),
    [
        ({"model_type": "no_such_architecture"}, "config.json"),
        ({"hidden_size": 96}, "shape"),
        ({"num_hidden_layers": None}, "config.json"),
    ],
)
async def test_a_broken_model_says_which_file_and_why(
    engine: Engine, handle: ModelHandle, tmp_path: Path, damage: dict[str, object], names: str
) -> None:
    path = make_model(tmp_path / "broken")
    config = {**json.loads((path / "config.json").read_text()), **damage}
    (path / "config.json").write_text(json.dumps(config))
    with pytest.raises(InvalidModel, match=names) as refused:
        await engine.load(LoadSpec(ModelId("broken"), str(path), 0), lambda fraction: None)
    assert str(path) in refused.value.message
    assert len((await ask(engine, handle, "still here")).ids) == 12


async def test_unloading_ends_what_runs_and_what_waits(engine: Engine, tiny_model: Path) -> None:
    handle = await load(engine, tiny_model)
    streams = [engine.submit(spec(handle, f"{n}", max_tokens=1900)) for n in range(12)]
    async for _ in streams[0]:
        break
    await engine.unload(handle)
    async with asyncio.timeout(5):
        for stream in streams:
            with pytest.raises(ModelNotFound, match="unloaded"):
                await read(stream)
    again = await load(engine, tiny_model)
    assert len((await ask(engine, again, "and on it goes")).ids) == 12


def test_a_loop_that_closes_while_the_thread_reports_is_no_crash() -> None:
    class JustClosed(asyncio.SelectorEventLoop):
        """Open when it was asked, closed when it is called."""

        looks_open = True

        def is_closed(self) -> bool:
            return super().is_closed() and not self.looks_open

    async def make() -> Engine:
        return Engine(LIMITS)

    loop = JustClosed()
    engine = loop.run_until_complete(make())
    loop.close()
    engine._post_to_loop(lambda: None)
    loop.looks_open = False
