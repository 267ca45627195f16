"""Who is asking which process: counted by those who ask."""

import contextlib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from mlx_manager.db.columns import utc_now


class ProcessUse:
    """Answers under way, and when the last one ended or began, by profile."""

    def __init__(self) -> None:
        self._running: Counter[str] = Counter()
        self._last: dict[str, datetime] = {}

    @contextlib.contextmanager
    def of(self, profile_id: str) -> Iterator[None]:
        """One more for the length of a block."""
        self._running[profile_id] += 1
        self._last[profile_id] = utc_now()
        try:
            yield
        finally:
            self._running[profile_id] -= 1
            self._last[profile_id] = utc_now()

    def running(self, profile_id: str) -> int:
        """How many answers are under way."""
        return self._running[profile_id]

    def last_used_at(self, profile_id: str) -> datetime | None:
        """None where nobody has asked."""
        return self._last.get(profile_id)
