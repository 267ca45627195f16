"""The profiles of this server: made, changed, copied, deleted, and published as they are."""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import count

from mlx_manager.db.columns import new_id, utc_now
from mlx_manager.db.server_profiles import ServerProfile
from mlx_manager.db.users import User
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.errors import InferenceError
from mlx_manager.schemas.profile import (
    MOST_NAME,
    PlacementKind,
    ProfileCreate,
    ProfileReply,
    ProfileUpdate,
)
from mlx_manager.schemas.server import ServerState
from mlx_manager.services.inference import Inference
from mlx_manager.services.paging import Cursor, Slice, take_slice
from mlx_manager.services.profiles.conflicts import (
    PlacementUnavailable,
    ProfileInUse,
    ProfileModelMissing,
    ProfileNameTaken,
)
from mlx_manager.services.profiles.placement import Placement
from mlx_manager.services.profiles.profile_log import ProfileLog
from mlx_manager.services.profiles.profile_store import ProfileStore, name_taken
from mlx_manager.services.profiles.publication import published

_AT_REST = (ServerState.STOPPED, ServerState.FAILED)
_RUN_BY = ("name", "model", "adapter", "placement")
"""What cannot change under a profile that runs."""


class ProfileService:
    """The database says what there is; what is published to the inference app follows it."""

    def __init__(
        self,
        store: ProfileStore,
        inference: Inference,
        placements: Mapping[PlacementKind, Placement],
        log: ProfileLog,
    ) -> None:
        self._store = store
        self._inference = inference
        self._placements = placements
        self._log = log
        self._turn = asyncio.Lock()

    async def load(self) -> None:
        """Publish what there is; called before anything is served."""
        for row in await self._store.all():
            self._publish(row)

    async def list_profiles(self, limit: int, after: Cursor | None) -> Slice[ProfileReply]:
        """All of them, in the order they were made."""
        rows = await self._store.page(limit, after)
        shown = await asyncio.to_thread(lambda: [self._shown(row) for row in rows])
        return take_slice(shown, limit, lambda each: Cursor(each.created_at, each.id))

    async def find(self, profile_id: str) -> ProfileReply:
        """One of them. Raises ``NotFound``."""
        row = await self._store.find(profile_id)
        return await asyncio.to_thread(self._shown, row)

    async def create(self, user: User, create: ProfileCreate) -> ProfileReply:
        """A new one, served from this moment.

        Raises ``ProfileNameTaken``, ``ProfileModelMissing`` or ``PlacementUnavailable``.
        """
        row = ServerProfile(
            user_id=user.id, defaults=create.defaults, **create.model_dump(exclude={"defaults"})
        )
        return await self._add(row)

    async def duplicate(self, user: User, profile_id: str, name: str | None) -> ProfileReply:
        """A copy under another name, which does not start by itself with the server.

        Raises ``NotFound`` and as ``create`` does.
        """
        original = await self._store.find(profile_id)
        values = original.model_dump(exclude={"defaults"})
        now = utc_now()
        values |= {"id": new_id(), "user_id": user.id, "created_at": now, "updated_at": now}
        values |= {"name": name or await self._free_name(original.name)}
        values |= {"pinned": False, "start_with_server": False}
        return await self._add(ServerProfile(defaults=original.defaults, **values))

    async def update(self, profile_id: str, change: ProfileUpdate) -> ProfileReply:
        """Change what was given; defaults and residence are in force from the next request on.

        Raises ``NotFound``, ``ProfileInUse``, and as ``create`` does.
        """
        wanted = {name: getattr(change, name) for name in change.model_fields_set}
        async with self._turn:
            before = await self._store.find(profile_id)
            changed = {name for name in wanted if wanted[name] != getattr(before, name)}
            if changed.intersection(_RUN_BY):
                self._require_rest(before, f"change its {' and '.join(sorted(changed))}")
            await self._check(before.model_copy(update=wanted), changed)
            row = await self._store.update(profile_id, wanted)
            if row.name != before.name:
                self._inference.profiles.withdraw(ModelId(before.name))
            self._publish(row)
        return await asyncio.to_thread(self._shown, row)

    async def delete(self, profile_id: str) -> None:
        """Forget one and its log. Raises ``NotFound``, or ``ProfileInUse`` while it runs."""
        async with self._turn:
            row = await self._store.find(profile_id)
            self._require_rest(row, "delete it")
            await self._store.delete(profile_id)
            self._inference.profiles.withdraw(ModelId(row.name))
        await asyncio.to_thread(self._log.forget, profile_id)

    async def names_on(self, model: str) -> Sequence[str]:
        """The names of the profiles that need a model."""
        return await self._store.names_on(model)

    async def _add(self, row: ServerProfile) -> ProfileReply:
        async with self._turn:
            await self._check(row, set(_RUN_BY))
            await self._store.add(row)
            self._publish(row)
        return await asyncio.to_thread(self._shown, row)

    async def _check(self, row: ServerProfile, changed: set[str]) -> None:
        if "placement" in changed and row.placement not in self._placements:
            raise PlacementUnavailable(
                f"This server has no placement {row.placement.value!r}; it has "
                f"{', '.join(kind.value for kind in self._placements)}."
            )
        if "name" in changed:
            if self._inference.profiles.find(ModelId(row.name)) is not None:
                raise name_taken(row.name)
            if await asyncio.to_thread(self._is_there, row.name):
                raise ProfileNameTaken(
                    f"{row.name!r} is the name of a model on this machine; choose another name."
                )
        if changed & {"model", "adapter"}:
            await asyncio.to_thread(self._require_model, row)

    def _is_there(self, model: str) -> bool:
        return any(info.id == model for info in self._inference.models())

    def _require_model(self, row: ServerProfile) -> None:
        if self._inference.profiles.find(ModelId(row.model)) is not None or row.model == row.name:
            raise ProfileModelMissing(
                f"{row.model!r} is a profile; name the model that is to run, by its own id."
            )
        try:
            self._inference.check(published(row))
        except InferenceError as error:
            raise ProfileModelMissing(error.message) from error

    def _require_rest(self, row: ServerProfile, doing: str) -> None:
        placement = self._placements.get(row.placement)
        state = ServerState.STOPPED if placement is None else placement.status(row).state
        if state not in _AT_REST:
            raise ProfileInUse(
                f"The profile {row.name!r} is {state.value}. Stop it first "
                f"(POST /api/servers/{row.id}/stop), then {doing}."
            )

    async def _free_name(self, name: str) -> str:
        taken = {row.name for row in await self._store.all()}
        endings = (f"-copy{number if number > 1 else ''}" for number in count(1))
        names = (name[: MOST_NAME - len(ending)] + ending for ending in endings)
        return next(each for each in names if each not in taken)

    def _publish(self, row: ServerProfile) -> None:
        self._inference.profiles.publish(published(row))
        self._log.set_level(row.id, row.log_level)

    def _shown(self, row: ServerProfile) -> ProfileReply:
        shown = ProfileReply.model_validate(row)
        try:
            info = self._inference.find(ModelId(row.name))
        except InferenceError as error:
            shown.problem = error.message
        else:
            shown.problem = info.problem
        return shown
