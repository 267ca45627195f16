"""How likely a sampled token was, and what else might have been said."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TokenLogprob:
    """Natural logarithms: of the sampled token, and of the most likely ones, best first."""

    token: int
    logprob: float
    top: tuple[tuple[int, float], ...]
