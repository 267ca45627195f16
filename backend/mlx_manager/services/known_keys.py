"""Keys that were looked up a moment ago, so that a busy one does not cost a query each time."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

TTL_SECONDS = 30.0
"""How long an edit of the database by another program may go unnoticed. Whatever this process
changes is forgotten at once."""

MOST = 4096


@dataclass(frozen=True, slots=True)
class KeyLimits:
    """What a key may do; None is no limit. ``priority`` is 1 for high, -1 for low. ``local_only``
    holds for the key or for its user."""

    expires_at: datetime | None = None
    allowed_models: tuple[str, ...] | None = None
    requests_per_minute: int | None = None
    tokens_per_day: int | None = None
    priority: int = 0
    local_only: bool = False


@dataclass(slots=True)
class KnownKey:
    """A key in force, whose it is, and when its use was last written down."""

    id: str
    user_id: str
    is_admin: bool
    last_used_at: datetime | None
    limits: KeyLimits = field(default_factory=KeyLimits)


@dataclass(frozen=True, slots=True)
class _Remembered:
    key: KnownKey
    until: float


class KnownKeys:
    """By the key's hash. Only keys in force are here: made-up ones cannot fill it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._remembered: dict[str, _Remembered] = {}
        self.revision = 0

    def get(self, key_hash: str) -> KnownKey | None:
        """A key that is still fresh."""
        found = self._remembered.get(key_hash)
        return None if found is None or found.until <= self._clock() else found.key

    def remember(self, key_hash: str, key: KnownKey, *, as_of: int) -> KnownKey:
        """Keep what a query found that began at revision ``as_of``; return what is kept.

        A query that was overtaken by a revocation is not believed a second time. Of several that
        ran at once the first is kept, so that a use is written down once.
        """
        earlier = self.get(key_hash)
        if earlier is not None:
            return earlier
        if as_of == self.revision:
            self._remembered.pop(key_hash, None)
            if len(self._remembered) >= MOST:
                del self._remembered[next(iter(self._remembered))]
            self._remembered[key_hash] = _Remembered(key, self._clock() + TTL_SECONDS)
        return key

    def forget(self, *, key_id: str | None = None, user_id: str | None = None) -> None:
        """Drop a key, or all of a user's."""
        self.revision += 1
        self._remembered = {
            key_hash: each
            for key_hash, each in self._remembered.items()
            if each.key.id != key_id and each.key.user_id != user_id
        }
