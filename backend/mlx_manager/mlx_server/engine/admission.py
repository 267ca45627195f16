"""Whether a sequence's cache fits, decided from plain numbers."""

from dataclasses import dataclass
from enum import StrEnum

LOOKAHEAD_TOKENS = 512
"""Room kept for an answer at admission; longer answers grow into what others give back."""


class Admission(StrEnum):
    """What to do with the sequence at the head of the queue."""

    ADMIT = "admit"
    WAIT = "wait"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes: the budget, and what weights and running caches hold of it."""

    budget_bytes: int
    weights_bytes: int
    running_cache_bytes: int


def needed_bytes(prompt_tokens: int, max_tokens: int, bytes_per_token: int) -> int:
    """Cache bytes a sequence needs to get going."""
    return (prompt_tokens + min(max_tokens, LOOKAHEAD_TOKENS)) * bytes_per_token


def decide(needed: int, memory: Memory) -> Admission:
    """Idle prefixes do not count: they are dropped to make room."""
    room = memory.budget_bytes - memory.weights_bytes
    if needed > room:
        return Admission.NEVER
    if needed > room - memory.running_cache_bytes and memory.running_cache_bytes > 0:
        return Admission.WAIT
    return Admission.ADMIT
