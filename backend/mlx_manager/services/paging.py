"""Lists in pages: a cursor names the last row seen, so pages hold while rows come and go."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from mlx_manager.errors import BadCursor

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list that is ordered by a time, then by id."""

    moment: datetime
    id: str

    def encode(self) -> str:
        """As clients carry it: opaque, safe in a URL."""
        return base64.urlsafe_b64encode(f"{self.moment.isoformat()} {self.id}".encode()).decode()

    @classmethod
    def decode(cls, text: str) -> "Cursor":
        """Read what ``encode`` wrote. Raises ``BadCursor``."""
        try:
            moment, _, row_id = base64.urlsafe_b64decode(text.encode()).decode().partition(" ")
            parsed = datetime.fromisoformat(moment)
            if parsed.utcoffset() != timedelta(0):
                raise ValueError("a time that is not in UTC")
        except (ValueError, binascii.Error) as error:
            raise BadCursor(
                "This cursor is not one of ours; start the list again without it."
            ) from error
        return cls(parsed, row_id)


@dataclass(frozen=True, slots=True)
class Slice(Generic[Item]):
    """Some rows, and where the next ones begin (None at the end)."""

    items: Sequence[Item]
    next_cursor: str | None


def take_slice(rows: Sequence[Item], limit: int, place: Callable[[Item], Cursor]) -> Slice[Item]:
    """Cut rows that were read with one more than ``limit``."""
    if len(rows) <= limit:
        return Slice(rows, None)
    return Slice(rows[:limit], place(rows[limit - 1]).encode())
