"""The server in Prometheus' text format 0.0.4.

Labels are areas, statuses and models: few values each, and never a user, a key or a path.
https://prometheus.io/docs/practices/naming/
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mlx_manager.mlx_server.models.status import PoolStatus
from mlx_manager.schemas.health import HealthReply
from mlx_manager.services.audit_writer import AuditWriter
from mlx_manager.services.request_counts import RequestCounts
from mlx_manager.services.request_totals import Durations, ModelTotals, RequestTotals

if TYPE_CHECKING:
    from prometheus_client.core import Metric

_HISTOGRAMS = (
    ("request_duration_seconds", "From a request's arrival to its end.", "total"),
    ("queue_seconds", "Waiting for a place in the batch.", "queue"),
    ("prefill_seconds", "Reading the prompt.", "prefill"),
    ("decode_seconds", "Writing the answer.", "decode"),
)


class Metrics:
    """A prometheus-client collector, asked once a scrape: nothing is counted twice."""

    def __init__(
        self,
        health: HealthReply,
        pool: PoolStatus,
        counts: RequestCounts,
        totals: RequestTotals,
        writer: AuditWriter,
    ) -> None:
        self._health = health
        self._pool = pool
        self._counts = counts
        self._totals = totals
        self._writer = writer

    def collect(self) -> "Iterator[Metric]":
        """Every metric family."""
        yield from self._state()
        yield from self._requests()
        yield from self._models()
        yield from self._audit()

    def exposition(self) -> bytes:
        """The text."""
        # Nobody pays for it before the first scrape.
        from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415
        from prometheus_client.process_collector import ProcessCollector  # noqa: PLC0415

        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        ProcessCollector(registry=registry)
        return generate_latest(registry)

    def _state(self) -> "Iterator[Metric]":
        health, pool = self._health, self._pool
        engine = pool.engine
        yield _gauge("up", "1 while healthy, 0 while degraded.", health.status == "healthy")
        yield _gauge("engine_up", "1 while the engine is well.", health.inference.status == "ok")
        yield _gauge("database_up", "1 while it answers.", health.database.status == "ok")
        yield _gauge("memory_used_bytes", "Weights and cached prefixes.", pool.memory_used_bytes)
        yield _gauge("memory_budget_bytes", "What models may use.", pool.memory_budget_bytes)
        yield _gauge("mlx_active_bytes", "What MLX holds.", engine.active_memory_bytes)
        yield _gauge("prefix_cache_bytes", "Cached prefixes.", engine.prefix_cache_bytes)
        ready = [model for model in pool.models if model.state == "ready"]
        yield _gauge("models_resident", "Models ready to answer.", len(ready))
        yield _gauge("requests_running", "Sequences being generated.", engine.running)
        yield _gauge("requests_waiting", "Sequences waiting for a place.", engine.waiting)
        weights = _labelled("gauge", "model_weights_bytes", "Of a resident model.", "model")
        for model in ready:
            weights.add_metric([model.id], model.weights_bytes)
        yield weights
        build = _labelled("gauge", "build", "The version.", "version")
        build.add_metric([health.version], 1)
        yield build

    def _requests(self) -> "Iterator[Metric]":
        requests = _labelled("counter", "http_requests", "Finished.", "area", "status")
        for (area, status), count in self._counts.items():
            requests.add_metric([area, str(status)], count)
        yield requests

    def _models(self) -> "Iterator[Metric]":
        models = self._totals.models
        served = _labelled("counter", "model_requests", "That a model took.", "model", "outcome")
        tokens = _labelled("counter", "tokens", "Read, written, and read before.", "model", "kind")
        hits = _labelled("counter", "prefix_cache_hits", "Requests it helped.", "model")
        for model, totals in models.items():
            served.add_metric([model, "ok"], totals.requests - totals.failed)
            served.add_metric([model, "failed"], totals.failed)
            hits.add_metric([model], totals.cache_hits)
            for kind in ("prompt", "completion", "cached"):
                tokens.add_metric([model, kind], totals.tokens[kind])
        yield from (served, tokens, hits)
        for name, words, part in _HISTOGRAMS:
            yield _histogram(name, words, models, part)

    def _audit(self) -> "Iterator[Metric]":
        yield _gauge("audit_rows_waiting", "Not written yet.", self._writer.waiting_rows)
        lost = _labelled("counter", "audit_rows_lost", "That were one too many to wait.")
        lost.add_metric([], self._writer.lost_rows)
        yield lost


def _gauge(name: str, words: str, value: float) -> Any:
    gauge = _labelled("gauge", name, words)
    gauge.add_metric([], float(value))
    return gauge


def _labelled(kind: str, name: str, words: str, *labels: str) -> Any:
    from prometheus_client import core  # noqa: PLC0415

    family = core.GaugeMetricFamily if kind == "gauge" else core.CounterMetricFamily
    return family(f"mlx_manager_{name}", words, labels=labels)


def _histogram(name: str, words: str, models: dict[str, ModelTotals], part: str) -> "Metric":
    from prometheus_client.core import HistogramMetricFamily  # noqa: PLC0415

    family = HistogramMetricFamily(f"mlx_manager_{name}", words, labels=["model"])
    for model, totals in models.items():
        durations: Durations = getattr(totals, part)
        family.add_metric([model], durations.cumulative(), durations.sum)
    return family
