"""The model's reasoning, between its think markers."""

from mlx_manager.mlx_server.core.events import GenerationEvent, ReasoningDelta
from mlx_manager.mlx_server.output.newlines import LeadingNewlines, TrailingNewlines


class Reasoning:
    """Turns the text between think markers into ``ReasoningDelta``, without the newlines that
    families put beside the markers.

    ``is_open`` at first when the chat template itself wrote the opening marker.
    """

    __slots__ = ("_leading", "_trailing", "is_open")

    def __init__(self, *, is_open: bool) -> None:
        self.is_open = is_open
        self._leading = LeadingNewlines()
        self._trailing = TrailingNewlines()
        self._leading.after_marker()

    def open(self) -> None:
        """A start marker; a second one inside the block is dropped like the first."""
        self.is_open = True
        self._leading.after_marker()

    def close(self) -> None:
        """An end marker, or a call that the model makes without one."""
        self.is_open = False
        self._trailing.before_marker()

    def feed(self, text: str, events: list[GenerationEvent]) -> None:
        """Append what is certain to ``events``."""
        text = self._trailing.feed(self._leading.feed(text))
        if text:
            events.append(ReasoningDelta(text))
