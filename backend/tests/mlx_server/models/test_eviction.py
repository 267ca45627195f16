"""The pure policy, as a table."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.models.budget import budget_bytes
from mlx_manager.mlx_server.models.eviction import (
    Plan,
    ResidentFacts,
    Verdict,
    idle_too_long,
    make_room,
)


def facts(name: str, size: int, last_used: float, *, evictable: bool = True) -> ResidentFacts:
    return ResidentFacts(ModelId(name), size, evictable, last_used)


OLD, MIDDLE, NEW = facts("old", 30, 1.0), facts("middle", 30, 2.0), facts("new", 30, 3.0)
BUSY = facts("busy", 60, 0.0, evictable=False)


@pytest.mark.parametrize(
    ("needed", "residents", "max_models", "expected"),
    [
        (10, [], 4, Plan(Verdict.FITS)),
        (101, [], 4, Plan(Verdict.NEVER)),
        (100, [], 4, Plan(Verdict.FITS)),
        (10, [OLD, MIDDLE, NEW], 4, Plan(Verdict.FITS)),
        (11, [NEW, OLD, MIDDLE], 4, Plan(Verdict.FITS, (ModelId("old"),))),
        (70, [NEW, OLD, MIDDLE], 4, Plan(Verdict.FITS, (ModelId("old"), ModelId("middle")))),
        (5, [OLD, MIDDLE], 2, Plan(Verdict.FITS, (ModelId("old"),))),
        (50, [BUSY], 4, Plan(Verdict.BUSY)),
        (40, [BUSY, NEW], 4, Plan(Verdict.FITS, (ModelId("new"),))),
        (1, [BUSY], 1, Plan(Verdict.BUSY)),
    ],
)
def test_room_is_made_by_the_oldest_idle_models(
    needed: int, residents: list[ResidentFacts], max_models: int, expected: Plan
) -> None:
    assert make_room(needed, residents, budget_bytes=100, max_models=max_models) == expected


@given(
    st.integers(1, 100),
    st.lists(st.tuples(st.integers(1, 50), st.floats(0, 10), st.booleans()), max_size=6),
)
def test_a_plan_that_fits_keeps_the_budget_and_spares_who_is_in_use(
    needed: int, rows: list[tuple[int, float, bool]]
) -> None:
    residents = [facts(f"m{i}", s, t, evictable=e) for i, (s, t, e) in enumerate(rows)]
    plan = make_room(needed, residents, budget_bytes=100, max_models=3)
    kept = [r for r in residents if r.id not in plan.victims]
    assert all(r.evictable for r in residents if r.id in plan.victims)
    if plan.verdict is Verdict.FITS:
        assert sum(r.reserved_bytes for r in kept) + needed <= 100
        assert len(kept) < 3
    else:
        assert not plan.victims


def test_only_the_unused_are_idle_too_long() -> None:
    everyone = [replace(each, idle_seconds=9) for each in (OLD, MIDDLE, NEW, BUSY)]
    assert idle_too_long(everyone, now=11.5) == ("old", "middle")
    kept = [replace(each, idle_seconds=0) for each in everyone]
    assert idle_too_long(kept, now=1e9) == ()
    assert idle_too_long([replace(OLD, idle_seconds=60), everyone[1]], now=11.5) == ("middle",)


@pytest.mark.parametrize(
    ("max_bytes", "percent", "machine", "recommended", "expected"),
    [
        (48, 80, 100, None, 48),
        (48, 80, 50, None, 40),
        (48, 80, 100, 30, 30),
        (48, 100, 40, 90, 40),
    ],
)
def test_the_budget_is_the_smallest_of_its_limits(
    max_bytes: int, percent: int, machine: int, recommended: int | None, expected: int
) -> None:
    found = budget_bytes(
        max_bytes=max_bytes,
        max_percent=percent,
        machine_bytes=machine,
        recommended_bytes=recommended,
    )
    assert found == expected
