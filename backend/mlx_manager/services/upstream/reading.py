"""What every reader of a reply shares: counting, and JSON of a stranger."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from pydantic_core import from_json

from mlx_manager.mlx_server.core.estimate import estimated_prompt
from mlx_manager.mlx_server.core.events import (
    Finished,
    GenerationEvent,
    ReasoningDelta,
    TextDelta,
    Timing,
    ToolCallDelta,
    Usage,
)
from mlx_manager.mlx_server.core.request import GenerationRequest
from mlx_manager.mlx_server.errors import UpstreamFailed
from mlx_manager.services.upstream.frames import Frame

_DELTAS = (TextDelta, ReasoningDelta, ToolCallDelta)


class ReplyReader(Protocol):
    """Reads one streamed reply; pure."""

    def read(self, frame: Frame) -> Sequence[GenerationEvent]:
        """The events of one frame. Raises the ``InferenceError`` that the stream tells."""
        ...

    @property
    def over(self) -> bool:
        """Whether the stream has said that it is complete."""
        ...

    def finish(self, usage: Usage, timing: Timing) -> Finished:
        """The end, with the counts given here where the stream told none.

        Raises ``UpstreamFailed`` for a stream that broke off.
        """
        ...


class Counter:
    """What an answer has taken as far as can be seen from outside: a delta is about a token."""

    def __init__(self, request: GenerationRequest) -> None:
        self._prompt_tokens = estimated_prompt(request)
        self._deltas = self._reasoning = 0
        self.has_begun = False

    def see(self, event: GenerationEvent) -> None:
        """Count one event."""
        self.has_begun = True
        self._deltas += isinstance(event, _DELTAS)
        self._reasoning += isinstance(event, ReasoningDelta)

    @property
    def usage(self) -> Usage:
        """An estimate, for answers that nobody counts to the end."""
        return Usage(self._prompt_tokens, self._deltas, reasoning_tokens=self._reasoning)


def parsed(data: str | bytes) -> Mapping[str, Any]:
    """One JSON object. Raises ``UpstreamFailed``."""
    try:
        value = from_json(data, allow_inf_nan=False)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise UpstreamFailed("The other server sent something that is not a JSON object.")
    return value
