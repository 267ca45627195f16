"""Asking one generation to end early, and to say what it has taken until then."""

from collections.abc import Callable


class Halt:
    """Made by whoever may want to stop an answer, and given to the spine with the request.

    Closing the spine ends it too, but at once and in silence; this way its ``Finished`` comes,
    within a step, with the counts. For one event loop.
    """

    def __init__(self) -> None:
        self._end: Callable[[], None] | None = None
        self.asked = False

    def ask(self) -> bool:
        """End the answer; False when none is being written yet: then there is nothing to tell."""
        self.asked = True
        if self._end is None:
            return False
        self._end()
        return True

    def listen(self, end: Callable[[], None]) -> None:
        """The spine's part: what ends the sequence it has just begun."""
        self._end = end
        if self.asked:
            end()
