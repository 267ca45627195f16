"""The machine and what it is doing, for the dashboard; wired."""

from collections.abc import Callable
from dataclasses import dataclass

from mlx_manager.config import ManagerSettings
from mlx_manager.mlx_server.models.status import PoolStatus
from mlx_manager.schemas.feed_event import FeedEvent
from mlx_manager.services.bookkeeping import Bookkeeping
from mlx_manager.services.dashboard_sources import DashboardSources
from mlx_manager.services.download_service import DownloadService
from mlx_manager.services.event_feed import EventFeed
from mlx_manager.services.launch_agent import LaunchAgent
from mlx_manager.services.memory_history import MemoryHistory
from mlx_manager.services.people import People
from mlx_manager.services.profiles.rooms import ProfileRooms
from mlx_manager.services.system_service import SystemService


@dataclass(frozen=True, slots=True)
class SystemRooms:
    """``machine`` and ``history`` tell when they are asked, ``feed`` by itself; ``agent`` begins
    the server with the machine."""

    machine: SystemService
    history: MemoryHistory
    feed: EventFeed[FeedEvent]
    agent: LaunchAgent

    def open(self) -> None:
        """Begin to remember; called when there is a pool to look at."""
        self.history.start()

    async def close(self) -> None:
        """Look no more."""
        await self.history.close()
        await self.feed.close()


@dataclass(frozen=True, slots=True)
class Watched:
    """Whom the feed asks."""

    pool: Callable[[], PoolStatus]
    books: Bookkeeping
    downloads: DownloadService
    profiles: ProfileRooms
    people: People


def make_system(settings: ManagerSettings, watched: Watched) -> SystemRooms:
    """Wire them."""
    machine = SystemService(settings, watched.pool)
    sources = DashboardSources(
        status=watched.pool,
        totals=watched.books.totals,
        system=machine,
        fetching=watched.downloads,
        profiles=watched.profiles.servers,
        accounts=watched.people.users,
    )
    return SystemRooms(
        machine=machine,
        history=MemoryHistory(machine.memory),
        feed=EventFeed(sources.by_kind()),
        agent=LaunchAgent(settings),
    )
