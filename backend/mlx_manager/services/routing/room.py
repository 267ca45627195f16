"""Everything about other servers, made and closed together."""

from collections.abc import Callable
from dataclasses import dataclass

from mlx_manager.db.engine import Database
from mlx_manager.services.routing.book import RoutingBook
from mlx_manager.services.routing.provider_service import ProviderService
from mlx_manager.services.routing.routing import Applied, Routing
from mlx_manager.services.routing.rule_service import RuleService
from mlx_manager.services.secret_box import SecretBox
from mlx_manager.services.upstream.client import UpstreamClient


@dataclass(frozen=True, slots=True)
class RoutingRoom:
    """``elsewhere`` is for the inference app, as its doors too; the rest is behind ``/api``."""

    providers: ProviderService
    rules: RuleService
    elsewhere: Routing
    client: UpstreamClient

    async def open(self) -> None:
        """Put what is kept in force."""
        await self.providers.load()
        await self.rules.load()

    async def close(self) -> None:
        """Close the connections to other servers."""
        await self.client.close()


def make_routing(
    database: Database,
    box: SecretBox,
    is_enabled: Callable[[], bool],
    waiting: Callable[[], int],
    applied: Applied,
) -> RoutingRoom:
    """Wire it; ``waiting`` counts requests that wait for the engine here, ``applied`` puts a
    profile's defaults beneath a request."""
    book, client = RoutingBook(box), UpstreamClient()
    return RoutingRoom(
        providers=ProviderService(database, book, client),
        rules=RuleService(database, book, is_enabled, waiting),
        elsewhere=Routing(book, client, is_enabled, waiting, applied),
        client=client,
    )
