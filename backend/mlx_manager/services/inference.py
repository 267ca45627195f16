"""What the services may ask of the inference app, in process."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from mlx_manager.mlx_server.config import MLXServerSettings
from mlx_manager.mlx_server.core.embedding import (
    EmbeddingRequest,
    Embeddings,
    Ranking,
    RankingRequest,
)
from mlx_manager.mlx_server.core.events import GenerationEvent
from mlx_manager.mlx_server.core.halt import Halt
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.profile import Profile
from mlx_manager.mlx_server.core.request import GenerationRequest
from mlx_manager.mlx_server.models.catalog import ModelInfo
from mlx_manager.mlx_server.models.profiles import Profiles
from mlx_manager.mlx_server.models.status import PoolStatus


@dataclass(frozen=True, slots=True)
class Inference:
    """``generate``, ``embed`` and ``rerank`` are the spines, bound to their pool; ``locate`` finds
    a model's folder (blocking; raises ``ModelNotFound``); ``status`` is a snapshot of the pool;
    ``models`` are those on this machine (blocking), ``find`` tells of one or of a profile
    (blocking; raises ``ModelNotFound``); ``check`` reads what a profile would load (blocking;
    raises that, or ``InvalidModel``); ``load`` makes one resident (raises as the pool does),
    ``unload`` frees one (raises ``ModelNotFound`` when it is not loaded, ``Overloaded`` while it is
    in use); ``adopt`` lets a running pool take over those settings that it can. ``profiles`` are
    the names in force."""

    generate: Callable[[GenerationRequest, Halt], AsyncIterator[GenerationEvent]]
    embed: Callable[[EmbeddingRequest], Awaitable[Embeddings]]
    rerank: Callable[[RankingRequest], Awaitable[Ranking]]
    locate: Callable[[ModelId], Path]
    status: Callable[[], PoolStatus]
    models: Callable[[], list[ModelInfo]]
    find: Callable[[ModelId], ModelInfo]
    check: Callable[[Profile], object]
    load: Callable[[ModelId], Awaitable[object]]
    unload: Callable[[ModelId], Awaitable[None]]
    adopt: Callable[[MLXServerSettings], None]
    profiles: Profiles
