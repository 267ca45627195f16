"""What the dashboard's feed tells of: each source is a snapshot that costs microseconds, or one
short query."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from mlx_manager.mlx_server.models.status import PoolStatus
from mlx_manager.schemas.feed_event import (
    DownloadsEvent,
    FeedEvent,
    MemoryEvent,
    PeopleEvent,
    PoolEvent,
    RequestsEvent,
    ServersEvent,
)
from mlx_manager.services.download_service import DownloadService
from mlx_manager.services.profiles.server_service import ServerService
from mlx_manager.services.request_totals import RequestTotals
from mlx_manager.services.system_service import SystemService, model_memory
from mlx_manager.services.user_service import UserService

MOST_SERVERS = 200


@dataclass(frozen=True, slots=True)
class DashboardSources:
    """Each verb makes the event of one kind; the fields are whom it asks."""

    status: Callable[[], PoolStatus]
    totals: RequestTotals
    system: SystemService
    fetching: DownloadService
    profiles: ServerService
    accounts: UserService

    def by_kind(self) -> Mapping[str, Callable[[], Awaitable[FeedEvent]]]:
        """In the order that a new watcher hears of them."""
        return {
            "pool": self.pool,
            "requests": self.requests,
            "memory": self.memory,
            "downloads": self.downloads,
            "servers": self.servers,
            "people": self.people,
        }

    async def pool(self) -> PoolEvent:
        """What is resident, and how fast it answers."""
        status = self.status()
        return PoolEvent(
            models=[model_memory(model) for model in status.models],
            max_models=status.max_models,
            alive=status.engine.alive,
            degraded_reason=status.engine.degraded_reason,
        )

    async def requests(self) -> RequestsEvent:
        """Sequences now, and sums."""
        engine, models = self.status().engine, list(self.totals.models.values())
        return RequestsEvent(
            running=engine.running,
            waiting=engine.waiting,
            finished=sum(model.requests for model in models),
            failed=sum(model.failed for model in models),
            prompt_tokens=sum(model.tokens["prompt"] for model in models),
            completion_tokens=sum(model.tokens["completion"] for model in models),
            cached_tokens=sum(model.tokens["cached"] for model in models),
        )

    async def memory(self) -> MemoryEvent:
        """Who holds the memory."""
        memory = self.system.memory()
        return MemoryEvent(**memory.model_dump(exclude={"models", "machine_bytes"}))

    async def downloads(self) -> DownloadsEvent:
        """Those that are not ended, and the latest others."""
        return DownloadsEvent(downloads=self.fetching.latest())

    async def servers(self) -> ServersEvent:
        """Profiles as they run."""
        found = await self.profiles.list_servers(MOST_SERVERS, None)
        return ServersEvent(servers=list(found.items))

    async def people(self) -> PeopleEvent:
        """Who waits for an administrator."""
        return PeopleEvent(pending=await self.accounts.count_pending())
