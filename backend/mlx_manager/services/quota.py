"""What each API key did in the last minute and since midnight, UTC, held against its limits.

Counted here as it happens, so that a request waits for no query. What was spent before this
process began is asked once for each key and day: ``SpentBefore`` says where.
"""

import math
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from mlx_manager.db.columns import utc_now
from mlx_manager.mlx_server.core.allowance import Meter, Standing
from mlx_manager.mlx_server.errors import RateLimited
from mlx_manager.services.known_keys import KeyLimits
from mlx_manager.services.sliding_window import SlidingWindow

MINUTE_SECONDS = 60.0


@dataclass(slots=True)
class Spent:
    """Requests, and tokens of prompts and answers."""

    requests: int = 0
    tokens: int = 0


SpentBefore = Callable[[Collection[str], date], Awaitable[Mapping[str, Spent]]]
"""What keys (by their ids) spent on a day before this process began; those left out, nothing."""


async def nothing_before(key_ids: Collection[str], day: date) -> Mapping[str, Spent]:
    """Where nothing is kept."""
    del key_ids, day
    return {}


class Quota:
    """The counts of all keys; ``allowance`` is the view of one."""

    def __init__(
        self,
        spent_before: SpentBefore = nothing_before,
        clock: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._spent_before = spent_before
        self._clock = clock
        self._minute = SlidingWindow(MINUTE_SECONDS, monotonic)
        self._day = clock().date()
        self._spent: dict[str, Spent] = {}

    def allowance(self, key_id: str, limits: KeyLimits) -> "KeyAllowance":
        """One key's, with the limits it has now."""
        return KeyAllowance(self, key_id, limits)

    async def today(self, key_ids: Collection[str]) -> Mapping[str, Spent]:
        """What these keys spent since midnight."""
        await self._load(key_ids)
        return {key_id: self._today(key_id) for key_id in key_ids}

    async def admit(self, key_id: str, limits: KeyLimits) -> None:
        """Count a request. Raises ``RateLimited``."""
        await self._load([key_id])
        # From here to the count nothing awaits: of many at once not one too many is let in.
        self._check_minute(key_id, limits.requests_per_minute)
        self._check_day(key_id, limits.tokens_per_day)
        if limits.requests_per_minute is not None:
            self._minute.add(key_id)
        self._today(key_id).requests += 1

    def spend(self, key_id: str, tokens: int) -> None:
        """Count tokens, on the day on which they were made."""
        self._today(key_id).tokens += tokens

    def standing(self, key_id: str, limits: KeyLimits) -> Standing:
        """What is left at this moment."""
        requests = tokens = None
        if (limit := limits.requests_per_minute) is not None:
            left = max(limit - self._minute.count(key_id), 0)
            requests = Meter(limit, left, self._minute.reset_seconds(key_id))
        if (limit := limits.tokens_per_day) is not None:
            left = max(limit - self._today(key_id).tokens, 0)
            tokens = Meter(limit, left, self._until_midnight())
        return Standing(requests, tokens)

    def _check_minute(self, key_id: str, limit: int | None) -> None:
        wait = 0.0 if limit is None else self._minute.wait_seconds(key_id, limit)
        if wait > 0:
            seconds = math.ceil(wait)
            raise RateLimited(
                f"This API key is limited to {limit} requests a minute. Wait {seconds} seconds, or "
                "use a key with a higher limit.",
                retry_after_seconds=seconds,
            )

    def _check_day(self, key_id: str, limit: int | None) -> None:
        spent = self._today(key_id).tokens
        if limit is not None and spent >= limit:
            raise RateLimited(
                f"This API key has used {spent} tokens today and is limited to {limit} a day. "
                "Wait until midnight UTC, or use a key with a higher limit.",
                retry_after_seconds=math.ceil(self._until_midnight()),
            )

    async def _load(self, key_ids: Collection[str]) -> None:
        """See to it that today's counts hold what was spent before this process began."""
        counts = self._counts()
        missing = [key_id for key_id in key_ids if key_id not in counts]
        if not missing:
            return
        before = await self._spent_before(missing, self._day)
        if self._counts() is counts:  # it is still that day
            for key_id in missing:
                # Of several that asked at once the first is kept.
                counts.setdefault(key_id, before.get(key_id) or Spent())

    def _today(self, key_id: str) -> Spent:
        # A key that nobody asked about today was admitted yesterday: nothing was spent before.
        return self._counts().setdefault(key_id, Spent())

    def _counts(self) -> dict[str, Spent]:
        day = self._clock().date()
        if day != self._day:
            self._day, self._spent = day, {}
        return self._spent

    def _until_midnight(self) -> float:
        now = self._clock()
        midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), UTC)
        return (midnight - now).total_seconds()


@dataclass(frozen=True, slots=True)
class KeyAllowance:
    """``core.allowance.Allowance`` of one key."""

    quota: Quota
    key_id: str
    limits: KeyLimits

    async def admit(self) -> None:
        """Count one request. Raises ``RateLimited``."""
        await self.quota.admit(self.key_id, self.limits)

    def spend(self, tokens: int) -> None:
        """Count tokens."""
        self.quota.spend(self.key_id, tokens)

    def standing(self) -> Standing:
        """What is left at this moment."""
        return self.quota.standing(self.key_id, self.limits)
