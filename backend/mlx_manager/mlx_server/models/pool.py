"""The pool: makes models resident when they are asked for, and keeps within the budget.

Lives on the event loop alone, so it needs no locks: every decision and the state it changes
happen between two awaits. Loads are the pool's own tasks; a caller that leaves does not stop one
that others wait for.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Coroutine
from dataclasses import replace

from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.core.ports import EnginePort, LoadSpec
from mlx_manager.mlx_server.core.profile import Profile
from mlx_manager.mlx_server.core.variant import Variant
from mlx_manager.mlx_server.errors import InferenceError, ModelNotFound
from mlx_manager.mlx_server.models.capabilities import Check, anything
from mlx_manager.mlx_server.models.catalog import Catalog, ModelInfo, WholeModel, names_a_path
from mlx_manager.mlx_server.models.eviction import (
    Plan,
    ResidentFacts,
    Verdict,
    idle_too_long,
    make_room,
)
from mlx_manager.mlx_server.models.files import ModelFiles
from mlx_manager.mlx_server.models.loaded import is_loaded
from mlx_manager.mlx_server.models.pool_limits import PoolLimits
from mlx_manager.mlx_server.models.profiles import idle_seconds, pins
from mlx_manager.mlx_server.models.refusals import in_use, refuse, residence_here, still_loading
from mlx_manager.mlx_server.models.residence import Lease, Residence, State
from mlx_manager.mlx_server.models.status import PoolStatus, resident_model

logger = logging.getLogger(__name__)


class ModelPoolManager:
    """Who is resident. ``engine`` does the work; ``catalog`` knows the disk."""

    def __init__(self, engine: EnginePort, catalog: Catalog, limits: PoolLimits) -> None:
        self.engine = engine
        self.catalog = catalog
        self.profiles = catalog.profiles
        self.default_max_tokens = limits.default_max_tokens
        self._limits = limits
        self._residences: dict[Variant, Residence] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def lease(
        self,
        model_id: ModelId,
        *,
        adapter: str | None = None,
        allow_paths: bool = False,
        check: Check = anything,
    ) -> AsyncIterator[Lease]:
        """Hold a model, or a profile's, resident for a block, loading it first if need be.

        With an ``adapter`` on top it is a resident of its own. ``check`` is told what the model can
        do before anything is loaded or evicted for it; what it raises comes through. Raises
        ``ModelNotFound``, ``AdapterNotFound``, ``InvalidModel``, ``Overloaded``,
        ``InsufficientMemory``, ``EngineFailed``.
        """
        residence = await self._ensure_ready(Variant(model_id, adapter), allow_paths, check)
        assert residence.handle is not None  # READY has a handle
        residence.leases += 1
        residence.touch()
        with Lease(residence.handle, lambda: self._released(residence)) as lease:
            yield lease

    async def load(
        self, model_id: ModelId, *, adapter: str | None = None, pinned: bool | None = None
    ) -> ModelHandle:
        """Make a model resident; ``pinned`` keeps it from eviction, None leaves that as it is.
        Raises as ``lease`` does."""
        variant = Variant(model_id, adapter)
        residence = await self._ensure_ready(variant, allow_paths=True, check=anything)
        assert residence.handle is not None
        residence.pinned = residence.pinned if pinned is None else pinned
        residence.touch()
        return residence.handle

    async def unload(self, model_id: ModelId, *, adapter: str | None = None) -> None:
        """Free a model. A profile's stays while another profile runs on it.

        Raises ``ModelNotFound`` when absent, ``Overloaded`` while in use.
        """
        variant = self.profiles.residence_of(model_id, adapter)
        residence = self._residences.get(variant)
        if residence is not None and self._is_shared(residence, model_id):
            residence.names.discard(model_id)
            return
        if residence is None:
            raise ModelNotFound(f"The model {variant} is not loaded.", param="model")
        if residence.state is State.LOADING or residence.leases:
            raise in_use(variant)
        if residence.state is State.READY:
            self._start_unload(residence)
        await asyncio.shield(residence.settled)

    def change_limits(
        self, *, max_models: int, idle_seconds: float, default_max_tokens: int
    ) -> None:
        """Take other limits from now on; nobody is evicted before a load needs the room."""
        self.default_max_tokens = default_max_tokens
        self._limits = replace(self._limits, max_models=max_models, idle_seconds=idle_seconds)

    @property
    def idle_seconds(self) -> float:
        """The shortest time after which an unused model is unloaded; 0 when all are kept."""
        return self.profiles.shortest_idle(self._limits.idle_seconds)

    def available(self) -> list[ModelInfo]:
        """The models on this machine; reads the disk, so call it in a thread."""
        return [self._with_loaded(info) for info in self.catalog.models()]

    def served(self) -> list[ModelInfo]:
        """What clients may call, profiles first; reads the disk, so call it in a thread."""
        return [*(self._with_loaded(info) for info in self.catalog.profiled()), *self.available()]

    def find(self, model_id: ModelId) -> ModelInfo:
        """One entry, whole or with its problem. Raises ``ModelNotFound``."""
        return self._with_loaded(self.catalog.describe(model_id))

    def status(self) -> PoolStatus:
        """A snapshot for health, administration and the dashboard."""
        engine, here = self.engine.status(), self._residences.values()
        held = sum(r.weights_bytes for r in here) + engine.prefix_cache_bytes
        return PoolStatus(
            models=tuple(resident_model(r, self._profiles_on(r), engine) for r in here),
            memory_budget_bytes=self._limits.budget_bytes,
            memory_used_bytes=held + self.profiles.beside_bytes(),
            max_models=self._limits.max_models,
            engine=engine,
            beside=tuple(self.profiles.beside.models()),
        )

    async def unload_idle(self) -> None:
        """Free the models nobody has used for their idle time."""
        facts = [self._facts(r) for r in self._residences.values()]
        for variant in idle_too_long(facts, now=time.monotonic()):
            logger.info("Unloading %s: nobody has used it for its idle time", variant)
            self._start_unload(self._residences[variant])

    async def close(self) -> None:
        """End every request with an error, stop loads under way, and end the engine."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.engine.stop()

    async def _ensure_ready(self, variant: Variant, allow_paths: bool, check: Check) -> Residence:
        profile, model = self.profiles.find(variant.model), None
        if profile is not None:
            variant, allow_paths = residence_here(profile, variant.adapter), True
        seconds = self._limits.load_wait_seconds
        deadline = asyncio.get_running_loop().time() + seconds if seconds else None
        if not allow_paths and names_a_path(variant):
            # Resident or not: whoever may not name a path gets the same answer.
            await asyncio.to_thread(self.catalog.inspect, variant)
        while True:
            residence = self._residences.get(variant)
            if residence is not None:
                check(residence.capabilities)
                if profile is not None:
                    residence.names.add(profile.name)
                if residence.state is State.READY:
                    return residence
                await self._until_settled(residence, deadline)
            elif model is None:
                wanted = profile or variant
                model = await asyncio.to_thread(
                    self.catalog.inspect, wanted, allow_paths=allow_paths
                )
                check(model.capabilities)
            else:
                # From here to the new residence nothing awaits: the reservation is safe.
                self._begin_load(variant, model)

    async def _until_settled(self, residence: Residence, deadline: float | None) -> None:
        """Raises what a load raises, and ``Overloaded`` at the deadline; the load goes on."""
        try:
            async with asyncio.timeout_at(deadline) as waiting:
                await asyncio.shield(residence.settled)
        except TimeoutError:
            if not waiting.expired():
                raise
            raise still_loading(residence, self._limits.load_wait_seconds) from None

    def _begin_load(self, variant: Variant, model: WholeModel) -> None:
        spec, plan = self._plan(variant.model, model.files)
        needed, budget = spec.weights_bytes, self._limits.budget_bytes
        refuse(plan, variant, needed_bytes=needed, budget_bytes=budget)
        for victim in plan.victims:
            logger.info("Evicting %s to make room for %s", victim, variant)
            self._start_unload(self._residences[victim])
        settled = asyncio.get_running_loop().create_future()
        headroom = min(model.files.headroom_bytes, budget - needed)
        residence = Residence(variant, model.capabilities, needed, headroom, settled)
        self._residences[variant] = residence
        self._start(self._load(residence, spec))

    def _plan(self, model_id: ModelId, files: ModelFiles) -> tuple[LoadSpec, Plan]:
        """What to load, and who must go. float32 is taken where it costs nobody their place."""
        adapter_path = str(files.adapter_path) if files.adapter_path else None
        spec = LoadSpec(model_id, str(files.path), files.weights_bytes, adapter_path=adapter_path)
        if self._limits.float32:
            plan = self._make_room(files.float32_bytes, files.headroom_bytes)
            if plan.verdict is Verdict.FITS and not plan.victims:
                return replace(spec, weights_bytes=files.float32_bytes, float32=True), plan
        return spec, self._make_room(files.weights_bytes, files.headroom_bytes)

    def _make_room(self, weights_bytes: int, headroom_bytes: int) -> Plan:
        staying = [r for r in self._residences.values() if r.state is not State.UNLOADING]
        facts = [self._facts(residence) for residence in staying]
        budget, beside = self._limits.budget_bytes, self.profiles.beside_bytes()
        # A model that only just fits is loaded all the same; it answers short prompts.
        needed = max(weights_bytes, min(weights_bytes + headroom_bytes, budget - beside))
        most = self._limits.max_models
        return make_room(needed, facts, budget_bytes=budget, max_models=most, beside_bytes=beside)

    async def _load(self, residence: Residence, spec: LoadSpec) -> None:
        def progress(fraction: float) -> None:
            residence.load_progress = fraction

        started = time.monotonic()
        try:
            handle = await self.engine.load(spec, progress)
        except BaseException as error:
            # The waiters get the error itself; the pool is as it was.
            del self._residences[residence.id]
            residence.settle(error if isinstance(error, Exception) else None)
            if not isinstance(error, Exception):
                raise
            logger.warning("Loading %s failed: %s", residence.id, error)
            return
        residence.handle = handle
        residence.weights_bytes = handle.weights_bytes
        residence.load_progress = 1.0
        residence.loaded_at = time.time()
        residence.state = State.READY
        residence.touch()
        residence.settle()
        logger.info("Loaded %s in %.1f s", residence.id, time.monotonic() - started)

    def _start_unload(self, residence: Residence) -> None:
        # The state changes before the task first runs: nobody can lease it any more.
        residence.state = State.UNLOADING
        residence.settled = asyncio.get_running_loop().create_future()
        self._start(self._unload(residence))

    async def _unload(self, residence: Residence) -> None:
        assert residence.handle is not None
        try:
            await self.engine.unload(residence.handle)
        except InferenceError as error:  # the engine is gone, and the weights with it
            logger.warning("Unloading %s: %s", residence.id, error)
        finally:
            del self._residences[residence.id]
            residence.settle()

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _released(self, residence: Residence) -> None:
        residence.leases -= 1
        residence.touch()

    def _facts(self, residence: Residence) -> ResidentFacts:
        profiles = self._profiles_on(residence)
        idle = idle_seconds(profiles, otherwise=self._limits.idle_seconds)
        return residence.facts(pinned=pins(profiles), idle_seconds=idle)

    def _is_shared(self, residence: Residence, name: ModelId) -> bool:
        """Whether a profile of that name, and others, run on it."""
        names = [profile.name for profile in self._profiles_on(residence)]
        return name in names and len(names) > 1

    def _profiles_on(self, residence: Residence) -> list[Profile]:
        return self.profiles.on(residence.id, residence.names)

    def _is_ready(self, variant: Variant) -> bool:
        residence = self._residences.get(variant)
        return residence is not None and residence.state is State.READY

    def _with_loaded(self, info: ModelInfo) -> ModelInfo:
        return replace(info, loaded=is_loaded(info.id, self.profiles, self._is_ready))


model_pool: ModelPoolManager | None = None
"""The process's pool, set by the inference app's lifespan."""
