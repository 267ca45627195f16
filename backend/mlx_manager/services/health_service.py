"""Is it well? The database and the engine, truthfully, and the same as numbers."""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from mlx_manager import __version__
from mlx_manager.db.engine import Database
from mlx_manager.mlx_server.models.status import PoolStatus
from mlx_manager.schemas.health import DatabaseHealth, HealthReply, InferenceHealth

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

RequestCounts = Counter[tuple[str, int]]
"""Finished requests by area (``api``, ``v1``, ``pages``) and status."""


class HealthService:
    """Looks at both halves of the process; cheap enough for a probe every second."""

    def __init__(
        self, database: Database, pool_status: Callable[[], PoolStatus], counts: RequestCounts
    ) -> None:
        self._database = database
        self._pool_status = pool_status
        self._counts = counts

    async def look(self) -> HealthReply:
        """The state of everything; never raises for what it finds."""
        database = await self._look_at_database()
        inference = self._look_at_inference()
        healthy = database.status == "ok" and inference.status == "ok"
        return HealthReply(
            status="healthy" if healthy else "degraded",
            version=__version__,
            database=database,
            inference=inference,
        )

    async def _look_at_database(self) -> DatabaseHealth:
        try:
            await self._database.check()
        except SQLAlchemyError as error:
            return DatabaseHealth(status="degraded", reason=str(error).splitlines()[0])
        return DatabaseHealth(status="ok", reason=None)

    def _look_at_inference(self) -> InferenceHealth:
        status = self._pool_status()
        engine = status.engine
        well = engine.alive and engine.degraded_reason is None
        return InferenceHealth(
            status="ok" if well else "degraded",
            reason=None if well else engine.degraded_reason or "the engine is not running",
            models_resident=[model.id for model in status.models if model.state == "ready"],
            memory_used_bytes=status.memory_used_bytes,
            memory_budget_bytes=status.memory_budget_bytes,
            requests_running=engine.running,
            requests_waiting=engine.waiting,
        )

    async def exposition(self) -> bytes:
        """The same in Prometheus' text format 0.0.4."""
        # Nobody pays for it before the first scrape.
        from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415

        registry = CollectorRegistry()
        _fill(registry, await self.look(), self._counts)
        return generate_latest(registry)


def _fill(registry: "CollectorRegistry", health: HealthReply, counts: RequestCounts) -> None:
    from prometheus_client import Counter as CounterMetric  # noqa: PLC0415
    from prometheus_client import Gauge  # noqa: PLC0415

    def gauge(name: str, words: str, value: float) -> None:
        Gauge(f"mlx_manager_{name}", words, registry=registry).set(value)

    inference = health.inference
    gauge("up", "1 while healthy, 0 while degraded.", health.status == "healthy")
    gauge("engine_up", "1 while the engine is well.", inference.status == "ok")
    gauge("database_up", "1 while the database answers.", health.database.status == "ok")
    gauge("memory_used_bytes", "Weights and cached prefixes.", inference.memory_used_bytes)
    gauge("memory_budget_bytes", "What models may use.", inference.memory_budget_bytes)
    gauge("models_resident", "Models ready to answer.", len(inference.models_resident))
    gauge("requests_running", "Sequences being generated.", inference.requests_running)
    gauge("requests_waiting", "Sequences waiting for a place.", inference.requests_waiting)
    Gauge("mlx_manager_build", "The version.", ["version"], registry=registry).labels(
        health.version
    ).set(1)
    requests = CounterMetric(
        "mlx_manager_http_requests", "Finished.", ["area", "status"], registry=registry
    )
    for (area, status), count in counts.items():
        requests.labels(area, str(status)).inc(count)
