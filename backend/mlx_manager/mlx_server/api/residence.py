"""The pool's status as JSON, for health and administration."""

from typing import Any

from mlx_manager.mlx_server.core.beside import ModelBeside
from mlx_manager.mlx_server.core.ports import EngineStatus
from mlx_manager.mlx_server.models.status import PoolStatus, ResidentModel


def engine_body(engine: EngineStatus) -> dict[str, Any]:
    """The engine's snapshot."""
    return {
        "alive": engine.alive,
        "degraded_reason": engine.degraded_reason,
        "running": engine.running,
        "waiting": engine.waiting,
        "prefix_cache_bytes": engine.prefix_cache_bytes,
        "active_memory_bytes": engine.active_memory_bytes,
    }


def model_body(model: ResidentModel) -> dict[str, Any]:
    """One resident model; times are Unix seconds."""
    return {
        "id": model.id,
        "adapter": model.adapter,
        "state": model.state,
        "weights_bytes": model.weights_bytes,
        "leases": model.leases,
        "pinned": model.pinned,
        "load_progress": model.load_progress,
        "loaded_at": model.loaded_at,
        "last_used_at": model.last_used_at,
        "profiles": list(model.profiles),
    }


def _beside_body(model: ModelBeside) -> dict[str, Any]:
    """One model that another process of this machine runs."""
    return {
        "profile": model.profile,
        "id": model.residence.model,
        "adapter": model.residence.adapter,
        "process_id": model.process_id,
        "ready": model.is_ready,
        "used_bytes": model.used_bytes,
    }


def status_body(status: PoolStatus) -> dict[str, Any]:
    """The whole pool."""
    return {
        "models": [model_body(model) for model in status.models],
        "memory_budget_bytes": status.memory_budget_bytes,
        "memory_used_bytes": status.memory_used_bytes,
        "beside": [_beside_body(model) for model in status.beside],
        "max_models": status.max_models,
        "engine": engine_body(status.engine),
    }
