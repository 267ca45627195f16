"""What a reader would have at the end of a stream of events."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from mlx_manager.mlx_server.core.events import (
    FinishReason,
    GenerationEvent,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
)
from mlx_manager.mlx_server.core.tokens import EndReason
from mlx_manager.mlx_server.output.assembler import OutputAssembler


@dataclass
class Transcript:
    """Deltas joined by kind, calls by index."""

    text: str = ""
    reasoning: str = ""
    call_ids: list[str] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)
    reason: FinishReason | None = None
    stopped: bool = False

    @classmethod
    def of(
        cls, assembler: OutputAssembler, pieces: Iterable[Sequence[int]], reason: EndReason
    ) -> "Transcript":
        """Feed the pieces and finish."""
        transcript = cls()
        for piece in pieces:
            transcript.add(assembler.feed(piece))
        events, transcript.reason = assembler.finish(reason)
        transcript.add(events)
        transcript.stopped = assembler.stopped
        return transcript

    def add(self, events: Iterable[GenerationEvent]) -> None:
        """Join more events, checking that each is well formed."""
        for event in events:
            if isinstance(event, TextDelta):
                assert event.text
                self.text += event.text
            elif isinstance(event, ReasoningDelta):
                assert event.text
                self.reasoning += event.text
            else:
                assert isinstance(event, ToolCallDelta)
                self._add_call(event)

    def _add_call(self, delta: ToolCallDelta) -> None:
        if delta.id is not None:
            assert delta.index == len(self.calls)
            self.call_ids.append(delta.id)
            self.calls.append((delta.name or "", ""))
        name, arguments = self.calls[delta.index]
        self.calls[delta.index] = (name, arguments + delta.arguments)


def weather_tools() -> list[dict[str, Any]]:
    """One tool in the OpenAI form."""
    parameters = {"type": "object", "properties": {"city": {"type": "string"}}}
    return [{"type": "function", "function": {"name": "weather", "parameters": parameters}}]
