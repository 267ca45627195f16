"""How much may be resident, and for how long."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """``default_max_tokens`` where a request names none; ``float32`` asks for conversion where
    it fits (Linux CPU). ``load_wait_seconds`` is how long a request waits for its model, 0 for
    as long as it takes."""

    budget_bytes: int
    max_models: int
    idle_seconds: float
    default_max_tokens: int = 4096
    float32: bool = False
    load_wait_seconds: float = 0.0
