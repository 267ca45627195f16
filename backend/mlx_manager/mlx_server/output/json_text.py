"""JSON as models write it, mended while it streams, where there is one way to mend it."""

import re
from collections.abc import Iterator

_CLOSER_OF = {"{": "}", "[": "]"}
_PIECES = re.compile(r'[^"\\\x00-\x1f]+|[\s\S]')
"""What a string holds, in runs; every other character alone."""


class JsonMender:
    """Passes one JSON object or array on, character by character.

    A comma before a closing bracket is dropped, a raw control character in a string is escaped, and
    ``closers`` ends what was left open. Anything else passes as it is: whether the result is JSON
    is for its reader to say. ``rest`` collects what follows the end.
    """

    def __init__(self) -> None:
        self._open: list[str] = []
        self._in_string = False
        self._escaped = False
        self._held = ""
        self.ended = False
        self.rest = ""

    def feed(self, text: str) -> str:
        """The characters that are certain now."""
        return "".join(self._passed(text))

    def closers(self) -> str:
        """The brackets that are missing; nothing inside a string, where the end is anybody's
        guess."""
        return "" if self._in_string else "".join(reversed(self._open))

    def _passed(self, text: str) -> Iterator[str]:
        at = 0
        while at < len(text) and not self.ended:
            if self._in_string:
                match = _PIECES.match(text, at)
                piece = match[0] if match else text[at]
                yield self._in_text(piece)
            else:
                piece = text[at]
                yield self._between(piece)
            at += len(piece)
        self.rest += text[at:]

    def _in_text(self, piece: str) -> str:
        if self._escaped:
            self._escaped = False
            return piece
        if piece == "\\":
            self._escaped = True
        elif piece == '"':
            self._in_string = False
        elif piece < " ":
            return f"\\u{ord(piece):04x}" if piece != "\n" else "\\n"
        return piece

    def _between(self, char: str) -> str:
        if self._held and char.isspace():
            self._held += char
            return ""
        held, self._held = self._held, ""
        if char == ",":
            self._held = char
            return held
        if char == '"':
            self._in_string = True
        elif char in _CLOSER_OF:
            self._open.append(_CLOSER_OF[char])
        elif self._open and char == self._open[-1]:
            self._open.pop()
            self.ended = not self._open
            held = held[1:]  # the comma, not the white space behind it
        return held + char


def mended(text: str) -> str:
    """A whole text that should be one JSON object or array.

    Raises ``ValueError`` when something follows its end.
    """
    mender = JsonMender()
    written = mender.feed(text.strip())
    if mender.rest.strip():
        raise ValueError("something follows the end of the JSON text")
    return written + mender.closers()
