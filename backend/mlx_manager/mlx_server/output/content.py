"""The visible text: what is outside reasoning and tool calls."""

from collections.abc import Sequence

from mlx_manager.mlx_server.core.events import GenerationEvent, TextDelta
from mlx_manager.mlx_server.output.newlines import LeadingNewlines, TrailingNewlines
from mlx_manager.mlx_server.output.stops import StopStrings


class Content:
    """Turns visible text into ``TextDelta``.

    Stop strings see a newline as soon as the model writes it (a stop of ``"\\n"`` ends the text at
    once), except right after a marker, where it is no part of the answer. ``has_markers`` False
    leaves every newline in place.
    """

    __slots__ = ("_has_markers", "_leading", "_stops", "_trailing")

    def __init__(self, stop: Sequence[str], *, has_markers: bool) -> None:
        self._has_markers = has_markers
        self._leading = LeadingNewlines()
        self._stops = StopStrings(stop)
        self._trailing = TrailingNewlines()

    @property
    def stopped(self) -> bool:
        """A stop string matched."""
        return self._stops.matched is not None

    @property
    def stop_sequence(self) -> str | None:
        """The stop string that matched."""
        return self._stops.matched

    def after_marker(self) -> None:
        """The text begins, or goes on, after a marker."""
        self._leading.after_marker()

    def before_marker(self, events: list[GenerationEvent]) -> None:
        """The text is interrupted by a marker: no stop string goes on behind it."""
        text = self._trailing.feed(self._stops.flush())
        if text:
            events.append(TextDelta(text))
        self._trailing.before_marker()

    def feed(self, text: str, events: list[GenerationEvent]) -> None:
        """Append what is certain to ``events``."""
        text = self._stops.feed(self._leading.feed(text))
        if self._has_markers:
            text = self._trailing.feed(text)
        if text:
            events.append(TextDelta(text))

    def finish(self, events: list[GenerationEvent]) -> None:
        """Append what was held back."""
        text = self._trailing.feed(self._stops.flush()) + self._trailing.finish()
        if text:
            events.append(TextDelta(text))
