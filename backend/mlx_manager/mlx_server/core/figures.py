"""What one model is doing, in numbers: for whoever shows it while it happens."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """Answers now, and tokens since the model was loaded.

    ``running`` are being made and ``waiting`` are in its queue. ``cached_tokens`` are those of
    ``prompt_tokens`` that were read before; ``tokens_per_second`` are written by all its answers
    together, over the last seconds.
    """

    running: int = 0
    waiting: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    tokens_per_second: float = 0.0

    @property
    def cache_hit_rate(self) -> float | None:
        """The share of its prompts that was cached; None before the first."""
        return self.cached_tokens / self.prompt_tokens if self.prompt_tokens else None
