"""The typed events of one response, numbered from 0."""

import json
from dataclasses import dataclass
from typing import Any

# Line ends to Unicode (and to Python's splitlines, which some clients cut streams with), though
# neither to JSON nor to server-sent events.
_LINE_ENDS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One event. ``text`` is all of it as JSON on one line; ``is_last``: none follows."""

    type: str
    sequence_number: int
    text: str
    is_last: bool = False


class EventLog:
    """Numbers events as they happen; ``take`` hands over those not taken yet."""

    def __init__(self) -> None:
        self._next = 0
        self._fresh: list[StreamEvent] = []

    def add(self, kind: str, *, is_last: bool = False, **fields: Any) -> None:
        """Write an event down as it is now: later changes to ``fields`` do not reach it."""
        number = self._next
        text = as_json({"type": kind, "sequence_number": number, **fields})
        self._fresh.append(StreamEvent(kind, number, text, is_last))
        self._next = number + 1

    def take(self) -> list[StreamEvent]:
        """The events since the last time."""
        fresh, self._fresh = self._fresh, []
        return fresh


def as_json(value: Any) -> str:
    """JSON as readable as it was, on one line whoever cuts it."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return text if text.isascii() else text.translate(_LINE_ENDS)
