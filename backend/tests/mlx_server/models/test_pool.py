"""Residence: loads joined, budgets kept, nobody evicted who is in use."""

import asyncio
import gc
import shutil
from pathlib import Path

import pytest

from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.errors import (
    EngineFailed,
    InsufficientMemory,
    InvalidModel,
    ModelNotFound,
    Overloaded,
)
from mlx_manager.mlx_server.models.catalog import Catalog
from mlx_manager.mlx_server.models.pool import ModelPoolManager
from tests.mlx_server.engine.sequences import ask
from tests.mlx_server.models.conftest import CountingEngine, MakePool

pytestmark = pytest.mark.anyio

ONE, TWO, THREE, FOUR = (ModelId(f"tiny/{name}") for name in ("one", "two", "three", "four"))


def resident(pool: ModelPoolManager) -> set[str]:
    return {model.id for model in pool.status().models if model.state == "ready"}


def loads(pool: ModelPoolManager) -> list[str]:
    assert isinstance(pool.engine, CountingEngine)
    return pool.engine.loads


async def use(pool: ModelPoolManager, model_id: ModelId) -> int:
    async with pool.lease(model_id) as lease:
        return len((await ask(pool.engine, lease.handle, "hello")).ids)


async def test_concurrent_requests_join_one_load(make_pool: MakePool) -> None:
    pool = make_pool()
    assert await asyncio.gather(*(use(pool, ONE) for _ in range(8))) == [12] * 8
    assert loads(pool) == [ONE]
    (model,) = pool.status().models
    assert (model.leases, model.load_progress, model.state) == (0, 1.0, "ready")


async def test_a_caller_that_leaves_does_not_stop_a_load_others_wait_for(
    make_pool: MakePool,
) -> None:
    pool = make_pool()
    leaver = asyncio.create_task(use(pool, ONE))
    stayer = asyncio.create_task(use(pool, ONE))
    while not pool.status().models:  # noqa: ASYNC110  (the pool has no event to wait for)
        await asyncio.sleep(0)
    leaver.cancel()
    assert await stayer == 12
    with pytest.raises(asyncio.CancelledError):
        await leaver
    assert pool.status().models[0].leases == 0


async def test_the_least_recently_used_idle_model_makes_room(
    make_pool: MakePool, model_bytes: int
) -> None:
    pool = make_pool(budget_bytes=2 * model_bytes + 100)
    for model_id in (ONE, TWO, ONE, THREE):
        await use(pool, model_id)
    assert resident(pool) == {ONE, THREE}
    assert pool.status().memory_used_bytes <= pool.status().memory_budget_bytes * 2


async def test_max_models_is_a_limit_of_its_own(make_pool: MakePool) -> None:
    pool = make_pool(max_models=2)
    for model_id in (ONE, TWO, THREE):
        await use(pool, model_id)
    assert resident(pool) == {TWO, THREE}


async def test_nobody_in_use_and_nobody_pinned_is_evicted(make_pool: MakePool) -> None:
    pool = make_pool(max_models=2)
    await pool.load(ONE, pinned=True)
    async with pool.lease(TWO):
        with pytest.raises(Overloaded) as refused:
            await use(pool, THREE)
        assert refused.value.retry_after_seconds
        with pytest.raises(Overloaded):
            await pool.unload(TWO)
    await use(pool, THREE)
    assert resident(pool) == {ONE, THREE}


async def test_loads_under_way_hold_their_memory(make_pool: MakePool, model_bytes: int) -> None:
    pool = make_pool(budget_bytes=2 * model_bytes + 100)
    results = await asyncio.gather(
        *(use(pool, model_id) for model_id in (ONE, TWO, THREE)), return_exceptions=True
    )
    assert sorted(type(r).__name__ for r in results) == ["Overloaded", "int", "int"]


async def test_a_model_over_the_budget_is_refused_for_good(
    make_pool: MakePool, cache: Path
) -> None:
    weights = Catalog(cache).models()[1].weights_bytes
    pool = make_pool(budget_bytes=weights - 1)
    with pytest.raises(InsufficientMemory, match="smaller quantisation"):
        await use(pool, ONE)
    assert resident(pool) == set()


async def test_unloading_and_coming_back(make_pool: MakePool) -> None:
    pool = make_pool()
    await use(pool, ONE)
    await asyncio.gather(pool.unload(ONE), pool.unload(ONE))
    assert resident(pool) == set()
    with pytest.raises(ModelNotFound):
        await pool.unload(ONE)
    again = asyncio.gather(use(pool, ONE), use(pool, ONE))
    assert await again == [12, 12]


async def test_a_request_during_an_unload_waits_and_loads_again(make_pool: MakePool) -> None:
    pool = make_pool()
    await use(pool, ONE)
    leaving = asyncio.create_task(pool.unload(ONE))
    while pool.status().models[0].state != "unloading":  # noqa: ASYNC110  (the pool has no event to wait for)
        await asyncio.sleep(0)
    assert await use(pool, ONE) == 12
    await leaving
    assert loads(pool) == [ONE, ONE]


async def test_idle_models_leave_and_pinned_ones_stay(make_pool: MakePool) -> None:
    pool = make_pool(idle_seconds=1e-9)
    await pool.load(ONE, pinned=True)
    await use(pool, TWO)
    await pool.unload_idle()
    while TWO in {model.id for model in pool.status().models}:  # noqa: ASYNC110  (the pool has no event to wait for)
        await asyncio.sleep(0)
    assert resident(pool) == {ONE}


async def test_a_failed_load_tells_every_waiter_and_leaves_the_pool_as_it_was(
    make_pool: MakePool, cache: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(cache / "models--tiny--one" / "snapshots" / "abc", broken)
    # Whole by its headers, but of another shape than the configuration says.
    config = (broken / "config.json").read_text().replace('"hidden_size": 64', '"hidden_size": 80')
    (broken / "config.json").write_text(config)
    pool = make_pool()
    await use(pool, ONE)

    async def try_it() -> None:
        async with pool.lease(ModelId(str(broken)), allow_paths=True):
            pass

    results = await asyncio.gather(*(try_it() for _ in range(3)), return_exceptions=True)
    assert [type(r) for r in results] == [InvalidModel] * 3
    assert resident(pool) == {ONE}
    assert await use(pool, ONE) == 12


async def test_a_path_is_for_those_who_may_name_one(make_pool: MakePool, cache: Path) -> None:
    pool = make_pool()
    path = ModelId(str(cache / "models--tiny--two" / "snapshots" / "abc"))
    with pytest.raises(ModelNotFound):
        await use(pool, path)
    async with pool.lease(path, allow_paths=True) as lease:
        assert lease.handle.context_length == 2048
    with pytest.raises(ModelNotFound):
        await use(pool, path)


async def test_a_second_model_leaves_the_first_room_to_answer_in(
    make_pool: MakePool, model_bytes: int, cache: Path
) -> None:
    weights = Catalog(cache).models()[1].weights_bytes
    pool = make_pool(budget_bytes=model_bytes + weights)
    await use(pool, ONE)
    await use(pool, TWO)
    assert resident(pool) == {TWO}


async def test_an_unload_that_the_engine_refuses_still_frees_the_place(
    make_pool: MakePool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine's thread is gone, and the weights with it; nobody is there to hear the error."""
    pool = make_pool()
    await use(pool, ONE)
    unheard: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, told: unheard.append(told))

    async def refuse(handle: object) -> None:
        raise EngineFailed("The inference engine failed.")

    monkeypatch.setattr(pool.engine, "unload", refuse)
    await pool.unload(ONE)
    assert pool.status().models == ()
    await asyncio.gather(*pool._tasks)
    gc.collect()
    assert unheard == []
