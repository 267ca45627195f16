"""Token ids as they cross the seam between the event loop and the MLX thread."""

from dataclasses import dataclass
from enum import StrEnum

from mlx_manager.mlx_server.core.events import Timing
from mlx_manager.mlx_server.core.logprob import TokenLogprob


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt as token ids.

    ``cut_points`` are the half-open ends of its segments, rising, the last one equal to
    ``len(token_ids)``: places worth keeping in the prefix cache (after the system prompt, after
    the history).
    """

    token_ids: tuple[int, ...]
    cut_points: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.token_ids)


class EndReason(StrEnum):
    """Why the engine stopped stepping a sequence."""

    STOP = "stop"
    LENGTH = "length"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Prefilled:
    """``processed`` of ``total`` prompt tokens done."""

    processed: int
    total: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """Newly sampled ids, in order. An end-of-sequence token is never among them.

    ``logprobs`` has one entry an id where they were asked for, and is empty otherwise.
    """

    ids: tuple[int, ...]
    logprobs: tuple[TokenLogprob, ...] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """The last item of a sequence. ``completion_tokens`` counts every sampled id, an
    end-of-sequence token included."""

    reason: EndReason
    completion_tokens: int
    cached_tokens: int
    timing: Timing


StreamItem = Prefilled | Tokens | Ended
