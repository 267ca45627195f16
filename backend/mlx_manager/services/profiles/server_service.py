"""Running profiles: started, stopped, looked at, and restored when the server starts."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping

from mlx_manager.db.server_profiles import ServerProfile
from mlx_manager.errors import ManagerError
from mlx_manager.schemas.profile import PlacementKind
from mlx_manager.schemas.server import ServerHealth, ServerReply
from mlx_manager.services.paging import Cursor, Slice, take_slice
from mlx_manager.services.profiles.conflicts import PlacementUnavailable
from mlx_manager.services.profiles.placement import Placement
from mlx_manager.services.profiles.profile_store import ProfileStore

logger = logging.getLogger(__name__)


class ServerService:
    """Knows which placement a profile runs in, and nothing of how."""

    def __init__(self, store: ProfileStore, placements: Mapping[PlacementKind, Placement]) -> None:
        self._store = store
        self._placements = placements
        self._turn = asyncio.Lock()

    async def restore(self) -> None:
        """Start what is pinned or starts with the server, and wait for none of it."""
        for row in await self._store.all():
            if row.pinned or row.start_with_server:
                try:
                    await self._placement(row).start(row)
                except ManagerError as error:
                    logger.warning("Profile %s was not started: %s", row.name, error.detail)

    async def list_servers(self, limit: int, after: Cursor | None) -> Slice[ServerReply]:
        """Every profile, running or not, in the order they were made."""
        rows = await self._store.page(limit, after)
        page = take_slice(rows, limit, lambda row: Cursor(row.created_at, row.id))
        return Slice([self._shown(row) for row in page.items], page.next_cursor)

    async def start(self, profile_id: str) -> ServerReply:
        """Begin to run it. Raises ``NotFound`` and as its placement does."""
        async with self._turn:
            row = await self._store.find(profile_id)
            await self._placement(row).start(row)
        return self._shown(row)

    async def stop(self, profile_id: str) -> ServerReply:
        """Run it no more. Raises ``NotFound`` or ``ServerBusy``."""
        async with self._turn:
            row = await self._store.find(profile_id)
            await self._placement(row).stop(row)
        return self._shown(row)

    async def restart(self, profile_id: str) -> ServerReply:
        """Stop and start it, whether it runs or not. Raises as both do."""
        async with self._turn:
            row = await self._store.find(profile_id)
            placement = self._placement(row)
            await placement.stop(row)
            await placement.start(row)
        return self._shown(row)

    async def status(self, profile_id: str) -> ServerReply:
        """How one is. Raises ``NotFound``."""
        return self._shown(await self._store.find(profile_id))

    async def health(self, profile_id: str) -> ServerHealth:
        """Whether one is well. Raises ``NotFound``."""
        row = await self._store.find(profile_id)
        return await self._placement(row).health(row)

    async def tail(self, profile_id: str, lines: int) -> list[str]:
        """The end of its log. Raises ``NotFound``."""
        row = await self._store.find(profile_id)
        return await self._placement(row).logs(row).tail(lines)

    async def follow(self, profile_id: str, lines: int) -> AsyncGenerator[str, None]:
        """The end of its log, and what is added to it, without end. Raises ``NotFound``."""
        row = await self._store.find(profile_id)
        return self._placement(row).logs(row).follow(lines)

    async def close(self) -> None:
        """End everything that runs outside of the pool."""
        for placement in self._placements.values():
            await placement.close()

    def _placement(self, row: ServerProfile) -> Placement:
        placement = self._placements.get(row.placement)
        if placement is None:
            raise PlacementUnavailable(
                f"This server has no placement {row.placement.value!r}; change the profile's."
            )
        return placement

    def _shown(self, row: ServerProfile) -> ServerReply:
        return ServerReply(
            **self._placement(row).status(row).model_dump(),
            profile_id=row.id,
            name=row.name,
            model=row.model,
            placement=row.placement,
            pinned=row.pinned,
            start_with_server=row.start_with_server,
        )
