"""What a scripted engine says to a prompt, step by step."""

import asyncio
from dataclasses import dataclass

from mlx_manager.mlx_server.errors import InferenceError


@dataclass(frozen=True)
class Say:
    """The tokens of a text, ``at_once`` of them in each item."""

    text: str
    at_once: int = 1


@dataclass(frozen=True)
class SayIds:
    """Exactly these ids, in one item."""

    ids: tuple[int, ...]


@dataclass(frozen=True)
class Prefill:
    """Progress on the prompt."""

    processed: int
    total: int


@dataclass(frozen=True)
class WaitFor:
    """Nothing, until the test sets the event."""

    event: asyncio.Event


@dataclass(frozen=True)
class Fail:
    """The sequence ends with this error."""

    error: InferenceError


@dataclass(frozen=True)
class Forever:
    """The text again and again, until the length or a cancellation ends it."""

    text: str = "more "


Step = Say | SayIds | Prefill | WaitFor | Fail | Forever


@dataclass(frozen=True)
class Script:
    """Steps in order, then the end-of-sequence token."""

    steps: tuple[Step, ...]

    @classmethod
    def of(cls, *steps: Step | str) -> "Script":
        """A string is said one token at a time."""
        return cls(tuple(Say(step) if isinstance(step, str) else step for step in steps))
