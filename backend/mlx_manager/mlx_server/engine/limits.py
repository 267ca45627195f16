"""What composition decides for the engine; free of MLX, so that it costs no import."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """Widths in sequences, ``prefill_step_size`` in prompt tokens a step."""

    completion_batch_size: int
    prefill_batch_size: int
    prefill_step_size: int


@dataclass(frozen=True, slots=True)
class EngineLimits:
    """Sequences (``max_waiting`` counts running and waiting ones) and bytes."""

    batch: BatchLimits
    prefix_cache_bytes: int
    memory_budget_bytes: int
    max_waiting: int
