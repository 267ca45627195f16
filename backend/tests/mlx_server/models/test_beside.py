"""A budget that is shared with processes beside this one."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from mlx_manager.mlx_server.core.beside import ModelBeside
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.profile import Profile
from mlx_manager.mlx_server.core.variant import Variant
from mlx_manager.mlx_server.errors import InsufficientMemory, Overloaded
from mlx_manager.mlx_server.models.eviction import Plan, Verdict, make_room
from tests.mlx_server.models.conftest import MakePool
from tests.mlx_server.models.test_eviction import MIDDLE, NEW, OLD
from tests.mlx_server.models.test_pool import ONE, THREE, TWO, resident, use

pytestmark = pytest.mark.anyio
WRITER = ModelId("writer")


@dataclass
class OneBeside:
    """A process that holds so much."""

    used_bytes: int
    is_ready: bool = True

    def models(self) -> Sequence[ModelBeside]:
        return (ModelBeside(WRITER, Variant(ONE), 7, self.is_ready, self.used_bytes),)


@pytest.mark.parametrize(
    ("beside", "needed", "expected"),
    [
        (10, 10, Plan(Verdict.FITS, (OLD.id,))),
        (70, 20, Plan(Verdict.FITS, (OLD.id, MIDDLE.id, NEW.id))),
        (70, 40, Plan(Verdict.BUSY, beside_bytes=70)),
        (70, 101, Plan(Verdict.NEVER)),
    ],
)
def test_what_others_hold_is_no_room_and_goes_one_day(
    beside: int, needed: int, expected: Plan
) -> None:
    plan = make_room(
        needed, (OLD, MIDDLE, NEW), budget_bytes=100, max_models=4, beside_bytes=beside
    )
    assert plan == expected


async def test_idle_models_go_for_what_a_process_holds(
    make_pool: MakePool, model_bytes: int
) -> None:
    pool = make_pool(budget_bytes=3 * model_bytes)
    await use(pool, ONE)
    await use(pool, TWO)
    pool.profiles.beside = OneBeside(model_bytes)
    await use(pool, THREE)
    assert resident(pool) == {TWO, THREE}
    status = pool.status()
    here = sum(model.weights_bytes for model in status.models)
    assert status.memory_used_bytes == here + status.engine.prefix_cache_bytes + model_bytes
    assert [model.profile for model in status.beside] == [WRITER]


async def test_a_refusal_says_who_holds_the_memory_and_evicts_nobody(
    make_pool: MakePool, model_bytes: int
) -> None:
    pool = make_pool(budget_bytes=2 * model_bytes)
    await use(pool, TWO)
    pool.profiles.beside = OneBeside(2 * model_bytes)
    with pytest.raises(
        Overloaded, match=r"Profiles in processes of their own hold .* /api/servers"
    ):
        await use(pool, ONE)
    assert resident(pool) == {TWO}
    small = make_pool(budget_bytes=1000)
    small.profiles.beside = OneBeside(500)
    with pytest.raises(InsufficientMemory):
        await use(small, ONE)


async def test_a_profile_is_loaded_where_it_is_answered_and_a_model_anywhere(
    make_pool: MakePool,
) -> None:
    pool = make_pool()
    pool.profiles.publish(Profile(WRITER, ONE, own_process=True))
    pool.profiles.publish(Profile(ModelId("reader"), ONE))

    def loaded() -> set[str]:
        return {info.id for info in pool.served() if info.loaded}

    assert loaded() == set()
    pool.profiles.beside = OneBeside(0, is_ready=False)
    assert loaded() == set()
    pool.profiles.beside = OneBeside(0)
    assert loaded() == {WRITER, ONE}
    pool.profiles.beside = OneBeside(0, is_ready=False)
    await use(pool, ONE)
    assert loaded() == {"reader", ONE}
