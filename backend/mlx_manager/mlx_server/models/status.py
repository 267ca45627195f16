"""What the pool tells of itself, to health, administration and the dashboard."""

from collections.abc import Sequence
from dataclasses import dataclass

from mlx_manager.mlx_server.core.beside import ModelBeside
from mlx_manager.mlx_server.core.figures import ModelFigures
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.ports import EngineStatus
from mlx_manager.mlx_server.core.profile import Profile
from mlx_manager.mlx_server.models.profiles import pins
from mlx_manager.mlx_server.models.residence import Residence

_AT_REST = ModelFigures()


@dataclass(frozen=True, slots=True)
class ResidentModel:
    """One line of the pool's status; times are Unix seconds. ``adapter`` is what is on top of the
    model ``id``, ``profiles`` are those that run on it, by name; ``live`` is what it is
    doing."""

    id: ModelId
    state: str
    weights_bytes: int
    leases: int
    pinned: bool
    load_progress: float
    loaded_at: float | None
    last_used_at: float
    adapter: str | None = None
    profiles: tuple[ModelId, ...] = ()
    live: ModelFigures = _AT_REST


@dataclass(frozen=True, slots=True)
class PoolStatus:
    """A snapshot; bytes include weights reserved by loads under way, and cached prefixes, here and
    in the processes ``beside`` this one."""

    models: tuple[ResidentModel, ...]
    memory_budget_bytes: int
    memory_used_bytes: int
    max_models: int
    engine: EngineStatus
    beside: tuple[ModelBeside, ...] = ()


def resident_model(
    residence: Residence, profiles: Sequence[Profile], engine: EngineStatus
) -> ResidentModel:
    """A residence as others may see it, and the profiles that run on it."""
    generation = residence.handle.generation if residence.handle else 0
    return ResidentModel(
        id=residence.id.model,
        state=residence.state.value,
        weights_bytes=residence.weights_bytes,
        leases=residence.leases,
        pinned=residence.pinned or pins(profiles),
        load_progress=residence.load_progress,
        loaded_at=residence.loaded_at,
        last_used_at=residence.last_used_at,
        adapter=residence.id.adapter,
        profiles=tuple(sorted(profile.name for profile in profiles)),
        live=engine.models.get(generation, _AT_REST),
    )
