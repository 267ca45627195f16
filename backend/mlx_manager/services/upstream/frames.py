"""Bytes of an event stream -> its frames (WHATWG HTML, 9.2)."""

from collections.abc import Iterator
from dataclasses import dataclass

from mlx_manager.mlx_server.errors import UpstreamFailed

_MOST_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Frame:
    """One event, or one comment: then ``data`` is empty."""

    data: str = ""
    comment: str = ""


class FrameDecoder:
    """Fed with what the socket gives, whatever it cuts in two.

    Lines end with LF or CRLF. A client library's line reader would also cut at U+2028, which JSON
    allows inside a string.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[str] = []

    def feed(self, more: bytes) -> Iterator[Frame]:
        """The frames that are complete now. Raises ``UpstreamFailed`` for a line without end."""
        lines = (self._rest + more).split(b"\n")
        self._rest = lines.pop()
        if len(self._rest) > _MOST_BYTES:
            raise UpstreamFailed("The other server sent a line of more than 16 MB.")
        for line in lines:
            text = line.removesuffix(b"\r").decode("utf-8", "replace")
            if not text:
                if self._data:
                    yield Frame(data="\n".join(self._data))
                    self._data.clear()
            elif text.startswith(":"):
                yield Frame(comment=text[1:].strip())
            elif text.startswith("data:"):
                self._data.append(text[5:].removeprefix(" "))
