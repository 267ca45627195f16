"""Find the first of several strings in a text that arrives in pieces."""

import re
from collections.abc import Iterable
from typing import NamedTuple


class Scan(NamedTuple):
    """What one piece gave: ``clear`` text that belongs to no needle, the ``needle`` that ended it
    (None while there is none), and the ``rest`` after that needle, not yet looked at."""

    clear: str
    needle: str | None
    rest: str


class NeedleScanner:
    """Holds back only what may still become a needle.

    The needle that is complete first wins (of two that end together, the longer), so the answer is
    the same wherever the text was cut.
    """

    __slots__ = ("_find_first_char", "_held", "_needles")

    def __init__(self, needles: Iterable[str]) -> None:
        self._needles = tuple(needles)
        chars = "".join(re.escape(needle[0]) for needle in self._needles)
        # One search for any first character settles nearly every piece of plain text.
        self._find_first_char = re.compile(f"[{chars}]" if chars else "(?!)").search
        self._held = ""

    def scan(self, text: str) -> Scan:
        """Take the next piece. After a needle, give ``rest`` to the scanner that comes next."""
        if self._held:
            text = self._held + text
            self._held = ""
        first = self._find_first_char(text)
        if first is None:
            return Scan(text, None, "")
        found = min(
            ((at + len(needle), at) for needle in self._needles if (at := text.find(needle)) >= 0),
            default=None,
        )
        if found is not None:
            end, at = found
            return Scan(text[:at], text[at:end], text[end:])
        cut = self._held_from(text, first.start())
        self._held = text[cut:]
        return Scan(text[:cut], None, "")

    def flush(self) -> str:
        """The end of the text: what was held back is no needle."""
        held, self._held = self._held, ""
        return held

    def _held_from(self, text: str, at: int) -> int:
        """Where the longest tail that begins some needle starts, from ``at`` on."""
        while True:
            tail = text[at:]
            if any(needle.startswith(tail) for needle in self._needles):
                return at
            following = self._find_first_char(text, at + 1)
            if following is None:
                return len(text)
            at = following.start()
