"""One model's stay in memory, and the leases on it."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType

from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.core.variant import Variant
from mlx_manager.mlx_server.models.capabilities import Capabilities
from mlx_manager.mlx_server.models.eviction import ResidentFacts


class State(StrEnum):
    """Where a model is on its way in or out."""

    LOADING = "loading"
    READY = "ready"
    UNLOADING = "unloading"


@dataclass(slots=True)
class Residence:
    """Owned by the pool. ``settled`` ends when loading or unloading does, well or not.

    ``headroom_bytes`` are kept free beside the weights, so that another load leaves this model
    room to answer in. ``names`` are the profiles that it was asked for by.
    """

    id: Variant
    capabilities: Capabilities
    weights_bytes: int
    headroom_bytes: int
    settled: "asyncio.Future[None]"
    pinned: bool = False
    state: State = State.LOADING
    handle: ModelHandle | None = None
    leases: int = 0
    load_progress: float = 0.0
    loaded_at: float | None = None
    last_used_at: float = field(default_factory=time.time)
    last_used: float = field(default_factory=time.monotonic)
    names: set[ModelId] = field(default_factory=set)

    def facts(self, *, pinned: bool = False, idle_seconds: float = 0.0) -> ResidentFacts:
        """What the pure policy may know; ``pinned`` and ``idle_seconds`` are the profiles'."""
        is_kept = self.pinned or pinned
        evictable = self.state is State.READY and self.leases == 0 and not is_kept
        reserved = self.weights_bytes + self.headroom_bytes
        return ResidentFacts(self.id, reserved, evictable, self.last_used, idle_seconds)

    def settle(self, error: Exception | None = None) -> None:
        """Loading or unloading is over; whoever waits goes on, or gets the error."""
        if self.settled.done():
            return
        if error is None:
            self.settled.set_result(None)
        else:
            self.settled.set_exception(error)
            self.settled.exception()  # seen: a load may end with nobody waiting

    def touch(self) -> None:
        """Somebody used it at this moment."""
        self.last_used = time.monotonic()
        self.last_used_at = time.time()


class Lease:
    """The right to use a resident model: while it is held, the model stays.

    A context manager, synchronous inside so that a cancelled task still lets go.
    """

    def __init__(self, handle: ModelHandle, on_release: Callable[[], None]) -> None:
        self.handle = handle
        self._on_release: Callable[[], None] | None = on_release

    def release(self) -> None:
        """Let go; a second call does nothing."""
        if self._on_release is not None:
            self._on_release()
            self._on_release = None

    def __enter__(self) -> "Lease":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
