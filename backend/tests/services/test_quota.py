"""What a key may still do, by clocks of the test's own."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from mlx_manager.mlx_server.core.allowance import Meter, Standing
from mlx_manager.mlx_server.errors import RateLimited
from mlx_manager.services.known_keys import KeyLimits
from mlx_manager.services.quota import Quota, Spent

pytestmark = pytest.mark.anyio
EVENING = datetime(2026, 1, 1, 22, tzinfo=UTC)
TODAY = EVENING.date()


class Clocks:
    """Both stand until they are moved."""

    def __init__(self) -> None:
        self.passed = 0.0

    def now(self) -> datetime:
        return EVENING + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return self.passed


class Ledger:
    """What was kept from before, and who asked for it."""

    def __init__(self, **tokens: int) -> None:
        self.tokens = tokens
        self.asked: list[tuple[tuple[str, ...], date]] = []

    async def __call__(self, key_ids: Collection[str], day: date) -> Mapping[str, Spent]:
        self.asked.append((tuple(key_ids), day))
        await asyncio.sleep(0)
        if day != TODAY:
            return {}
        return {key: Spent(1, self.tokens[key]) for key in key_ids if key in self.tokens}


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


def made(clocks: Clocks, ledger: Ledger | None = None) -> Quota:
    return Quota(ledger or Ledger(), clocks.now, clocks.monotonic)


async def test_requests_a_minute_are_counted_to_the_second(clocks: Clocks) -> None:
    allowance = made(clocks).allowance("key", KeyLimits(requests_per_minute=2))
    for left in (1, 0):
        await allowance.admit()
        assert allowance.standing() == Standing(requests=Meter(2, left, 60))
        clocks.passed += 10
    with pytest.raises(RateLimited, match="2 requests a minute") as refused:
        await allowance.admit()
    assert refused.value.headers() == {"retry-after": "40", "x-should-retry": "true"}
    clocks.passed += 40
    await allowance.admit()
    assert allowance.standing() == Standing(requests=Meter(2, 0, 60))


async def test_many_at_once_are_not_one_too_many(clocks: Clocks) -> None:
    allowance = made(clocks).allowance("key", KeyLimits(requests_per_minute=5))
    outcomes = await asyncio.gather(*(allowance.admit() for _ in range(20)), return_exceptions=True)
    assert outcomes.count(None) == 5
    assert sum(isinstance(each, RateLimited) for each in outcomes) == 15


async def test_tokens_a_day_end_and_come_back_at_midnight(clocks: Clocks) -> None:
    quota = made(clocks)
    allowance = quota.allowance("key", KeyLimits(tokens_per_day=100))
    await allowance.admit()
    allowance.spend(60)
    assert allowance.standing() == Standing(tokens=Meter(100, 40, 7200))
    await allowance.admit()
    allowance.spend(60)  # one that was admitted is answered to its end
    assert allowance.standing() == Standing(tokens=Meter(100, 0, 7200))
    with pytest.raises(RateLimited, match="120 tokens today") as refused:
        await allowance.admit()
    assert refused.value.headers() == {"retry-after": "7200", "x-should-retry": "false"}
    assert (await quota.today(["key"]))["key"] == Spent(2, 120)
    clocks.passed = 7200
    assert (await quota.today(["key"]))["key"] == Spent(0, 0)
    await allowance.admit()


async def test_what_was_spent_before_this_process_counts_and_is_asked_once(
    clocks: Clocks,
) -> None:
    ledger = Ledger(busy=90)
    quota = made(clocks, ledger)
    allowance = quota.allowance("busy", KeyLimits(tokens_per_day=100))
    await asyncio.gather(*(allowance.admit() for _ in range(3)))
    allowance.spend(10)
    with pytest.raises(RateLimited):
        await allowance.admit()
    assert (await quota.today(["busy", "idle"])) == {"busy": Spent(4, 100), "idle": Spent()}
    assert {asked for keys, _ in ledger.asked for asked in keys} == {"busy", "idle"}
    before = len(ledger.asked)
    await quota.today(["busy", "idle"])
    assert len(ledger.asked) == before


async def test_tokens_of_an_answer_that_ran_past_midnight_are_of_the_new_day(
    clocks: Clocks,
) -> None:
    ledger = Ledger(key=50)
    quota = made(clocks, ledger)
    allowance = quota.allowance("key", KeyLimits(tokens_per_day=100))
    await allowance.admit()
    clocks.passed = 7201
    allowance.spend(30)
    assert allowance.standing() == Standing(tokens=Meter(100, 70, 86_399))
    assert (await quota.today(["key"]))["key"] == Spent(0, 30)


async def test_keys_count_apart_and_limits_change_under_way(clocks: Clocks) -> None:
    quota = made(clocks)
    one = quota.allowance("one", KeyLimits(requests_per_minute=1))
    await one.admit()
    await quota.allowance("other", KeyLimits(requests_per_minute=1)).admit()
    with pytest.raises(RateLimited):
        await one.admit()
    more = quota.allowance("one", KeyLimits(requests_per_minute=2))
    await more.admit()
    fewer = quota.allowance("one", KeyLimits(requests_per_minute=1))
    assert fewer.standing() == Standing(requests=Meter(1, 0, 60))
    with pytest.raises(RateLimited):
        await fewer.admit()
    free = quota.allowance("one", KeyLimits())
    await free.admit()
    assert free.standing() == Standing()
