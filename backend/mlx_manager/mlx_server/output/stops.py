"""End the visible text at a stop string."""

from collections.abc import Sequence

from mlx_manager.mlx_server.output.scanner import NeedleScanner


class StopStrings:
    """Passes text on until one of the strings is complete; no part of that one is ever let out."""

    __slots__ = ("_scanner", "matched")

    matched: str | None
    """The string that ended the text."""

    def __init__(self, stop: Sequence[str]) -> None:
        self._scanner = NeedleScanner(stop) if stop else None
        self.matched = None

    def feed(self, text: str) -> str:
        """The text that is certain to come before any stop string; nothing after one."""
        if self._scanner is None:
            return text
        if self.matched is not None:
            return ""
        scan = self._scanner.scan(text)
        self.matched = scan.needle
        return scan.clear

    def flush(self) -> str:
        """Nothing continues the text: what was held back is no stop string."""
        return "" if self._scanner is None else self._scanner.flush()
