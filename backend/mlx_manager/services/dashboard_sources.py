"""What the dashboard's feed tells of: each source is a snapshot that costs microseconds."""

from collections.abc import Callable, Mapping

from mlx_manager.mlx_server.models.status import PoolStatus
from mlx_manager.schemas.feed_event import (
    DownloadsEvent,
    FeedEvent,
    MemoryEvent,
    PoolEvent,
    RequestsEvent,
)
from mlx_manager.services.download_service import DownloadService
from mlx_manager.services.request_totals import RequestTotals
from mlx_manager.services.system_service import SystemService, model_memory


def dashboard_sources(
    pool: Callable[[], PoolStatus],
    totals: RequestTotals,
    system: SystemService,
    downloads: DownloadService,
) -> Mapping[str, Callable[[], FeedEvent]]:
    """By the kinds of their events."""

    def pool_event() -> PoolEvent:
        status = pool()
        return PoolEvent(
            models=[model_memory(model) for model in status.models],
            max_models=status.max_models,
            alive=status.engine.alive,
            degraded_reason=status.engine.degraded_reason,
        )

    def requests_event() -> RequestsEvent:
        engine, models = pool().engine, list(totals.models.values())
        return RequestsEvent(
            running=engine.running,
            waiting=engine.waiting,
            finished=sum(model.requests for model in models),
            failed=sum(model.failed for model in models),
            prompt_tokens=sum(model.tokens["prompt"] for model in models),
            completion_tokens=sum(model.tokens["completion"] for model in models),
            cached_tokens=sum(model.tokens["cached"] for model in models),
        )

    def memory_event() -> MemoryEvent:
        memory = system.memory()
        return MemoryEvent(**memory.model_dump(exclude={"models", "machine_bytes"}))

    return {
        "pool": pool_event,
        "requests": requests_event,
        "memory": memory_event,
        "downloads": lambda: DownloadsEvent(downloads=downloads.latest()),
    }
