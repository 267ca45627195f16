"""What requests came to since the server started, as plain numbers: for metrics and the feed.

Labels are models and areas, never users: each combination is a time series of its own.
"""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

from mlx_manager.mlx_server.core.record import RequestRecord

SECONDS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
"""Upper ends of the histograms' buckets."""

MOST_MODELS = 100
OTHER_MODELS = "other"


@dataclass(slots=True)
class Durations:
    """A histogram of seconds: how many fell into each bucket, the last one without an end."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(SECONDS) + 1))
    sum: float = 0.0

    def observe(self, seconds: float) -> None:
        """Count one in."""
        self.counts[bisect_left(SECONDS, seconds)] += 1
        self.sum += seconds

    def cumulative(self) -> list[tuple[str, float]]:
        """Prometheus' buckets: upper end and how many were not above it."""
        total, buckets = 0, []
        ends = [*(str(end) for end in SECONDS), "+Inf"]
        for end, count in zip(ends, self.counts, strict=True):
            total += count
            buckets.append((end, float(total)))
        return buckets


@dataclass(slots=True)
class ModelTotals:
    """Of one model that served."""

    requests: int = 0
    failed: int = 0
    tokens: Counter[str] = field(default_factory=Counter)
    cache_hits: int = 0
    total: Durations = field(default_factory=Durations)
    queue: Durations = field(default_factory=Durations)
    prefill: Durations = field(default_factory=Durations)
    decode: Durations = field(default_factory=Durations)


class RequestTotals:
    """Sums by model. Only models that were there are told apart, and at most ``MOST_MODELS``."""

    def __init__(self) -> None:
        self.models: dict[str, ModelTotals] = {}

    def add(self, record: RequestRecord) -> None:
        """Count a finished request in."""
        if not record.served or record.model is None:
            return
        usage, timing = record.usage, record.timing
        totals = self._totals(record.model)
        totals.requests += 1
        totals.failed += record.status >= 400
        totals.cache_hits += usage.cached_tokens > 0
        totals.tokens["prompt"] += usage.prompt_tokens
        totals.tokens["completion"] += usage.completion_tokens
        totals.tokens["cached"] += usage.cached_tokens
        totals.total.observe(record.seconds)
        totals.queue.observe(timing.queue_seconds)
        totals.prefill.observe(timing.prefill_seconds)
        totals.decode.observe(timing.decode_seconds)

    def _totals(self, model: str) -> ModelTotals:
        if model not in self.models and len(self.models) >= MOST_MODELS:
            model = OTHER_MODELS
        return self.models.setdefault(model, ModelTotals())
