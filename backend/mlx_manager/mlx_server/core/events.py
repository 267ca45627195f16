"""What generation yields, in no dialect at all.

``generate()`` yields any number of deltas and then exactly one ``Finished``; when it cannot, it
raises exactly one ``InferenceError`` instead.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class FinishReason(StrEnum):
    """Why the text ends, in OpenAI's words."""

    STOP = "stop"
    LENGTH = "length"
    TOOL_CALLS = "tool_calls"


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts. ``cached_tokens`` of the prompt came from the prefix cache;
    ``reasoning_tokens`` are part of ``completion_tokens``."""

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    reasoning_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds spent: waiting for a place, on the prompt, and on the tokens."""

    queue_seconds: float = 0.0
    prefill_seconds: float = 0.0
    decode_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class PromptProgress:
    """``processed`` of ``total`` prompt tokens are in the cache."""

    processed: int
    total: int


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More of the answer; never empty, never half a character, never markup."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """More of the reasoning, without its markers."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """A piece of the call at ``index``: ``id`` and ``name`` come first, once; then arguments,
    whose fragments joined are a JSON text."""

    index: int
    id: str | None = None
    name: str | None = None
    arguments: str = ""


@dataclass(frozen=True, slots=True)
class SpokenLogprob:
    """A token as text and as bytes (half a character has bytes only), its natural logarithm, and
    the most likely tokens in its place, best first; theirs have none."""

    text: str
    bytes: bytes
    logprob: float
    top: "tuple[SpokenLogprob, ...]" = ()


@dataclass(frozen=True, slots=True)
class Logprobs:
    """Of the tokens behind the text delta that follows; reasoning and calls report none."""

    entries: tuple[SpokenLogprob, ...]


@dataclass(frozen=True, slots=True)
class Finished:
    """The end, once. ``stop_sequence`` is the stop string that ended the text, if one did."""

    reason: FinishReason
    usage: Usage
    timing: Timing = field(default_factory=Timing)
    stop_sequence: str | None = None


GenerationEvent = PromptProgress | TextDelta | ReasoningDelta | ToolCallDelta | Logprobs | Finished
