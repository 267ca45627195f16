"""A reply while it grows: what has come so far, and the deltas that late watchers catch up on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from mlx_manager.mlx_server.core.events import (
    Finished,
    GenerationEvent,
    PromptProgress,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
)
from mlx_manager.schemas.message import MessageUsage, ToolCall
from mlx_manager.schemas.reply_event import (
    ProgressEvent,
    ReasoningEvent,
    ReplyEvent,
    TextEvent,
    ToolCallEvent,
)


@dataclass(slots=True)
class _GrowingCall:
    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)


class ReplyDraft:
    """Takes events in; gives the message's parts out. Pure: no clock, no loop, no database."""

    def __init__(self) -> None:
        self.events: list[GenerationEvent] = []
        self.finished: Finished | None = None
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._calls: dict[int, _GrowingCall] = {}

    def add(self, event: GenerationEvent) -> None:
        """Take one event; ``Finished`` is kept apart, it is nothing to show while streaming."""
        match event:
            case TextDelta(text=text):
                self._text.append(text)
            case ReasoningDelta(text=text):
                self._reasoning.append(text)
            case ToolCallDelta():
                call = self._calls.setdefault(event.index, _GrowingCall())
                call.id = event.id or call.id
                call.name = event.name or call.name
                call.arguments.append(event.arguments)
            case Finished():
                self.finished = event
                return
        self.events.append(event)

    @property
    def text(self) -> str:
        """The answer so far."""
        return "".join(self._text)

    @property
    def reasoning(self) -> str:
        """The reasoning so far."""
        return "".join(self._reasoning)

    @property
    def tool_calls(self) -> list[ToolCall]:
        """The calls so far, in order."""
        return [
            ToolCall(id=call.id, name=call.name, arguments="".join(call.arguments))
            for _, call in sorted(self._calls.items())
        ]

    def since(self, cursor: int) -> list[ReplyEvent]:
        """What a watcher at ``cursor`` has missed, in as few events as say it."""
        return [_shown(event) for event in _merged(self.events[cursor:])]


def usage_of(
    finished: Finished, first_token_seconds: float | None, place: str | None = None
) -> MessageUsage:
    """The counts and speeds of a finished reply; seconds are from the question to the first
    delta."""
    usage, decode_seconds = finished.usage, finished.timing.decode_seconds
    return MessageUsage(
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        cached_tokens=usage.cached_tokens,
        reasoning_tokens=usage.reasoning_tokens,
        tokens_per_second=(
            round(usage.completion_tokens / decode_seconds, 2) if decode_seconds > 0 else None
        ),
        time_to_first_token_ms=(
            None if first_token_seconds is None else round(first_token_seconds * 1000, 1)
        ),
        place=place,
    )


def _merged(events: Sequence[GenerationEvent]) -> Iterator[GenerationEvent]:
    held: GenerationEvent | None = None
    for event in events:
        joined = None if held is None else _join(held, event)
        if joined is None and held is not None:
            yield held
        held = event if joined is None else joined
    if held is not None:
        yield held


def _join(held: GenerationEvent, event: GenerationEvent) -> GenerationEvent | None:
    """Both as one event, or None when they must stay apart."""
    match held, event:
        case PromptProgress(), PromptProgress():
            return event
        case TextDelta(text=first), TextDelta(text=more):
            return TextDelta(first + more)
        case ReasoningDelta(text=first), ReasoningDelta(text=more):
            return ReasoningDelta(first + more)
        case ToolCallDelta(), ToolCallDelta(id=None, name=None) if held.index == event.index:
            return replace(held, arguments=held.arguments + event.arguments)
    return None


def _shown(event: GenerationEvent) -> ReplyEvent:
    match event:
        case PromptProgress():
            return ProgressEvent(processed=event.processed, total=event.total)
        case TextDelta():
            return TextEvent(delta=event.text)
        case ReasoningDelta():
            return ReasoningEvent(delta=event.text)
        case ToolCallDelta():
            return ToolCallEvent(
                index=event.index,
                id=event.id,
                name=event.name,
                arguments_delta=event.arguments or None,
            )
    raise TypeError(f"{type(event).__name__} is not shown while streaming")
