"""Is it well? The database and the engine, truthfully."""

from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from mlx_manager import __version__
from mlx_manager.db.engine import Database
from mlx_manager.mlx_server.models.status import PoolStatus
from mlx_manager.schemas.health import DatabaseHealth, HealthReply, InferenceHealth


class HealthService:
    """Looks at both halves of the process; cheap enough for a probe every second."""

    def __init__(self, database: Database, pool_status: Callable[[], PoolStatus]) -> None:
        self._database = database
        self._pool_status = pool_status

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
