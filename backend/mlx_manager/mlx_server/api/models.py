"""GET /models and /models/{id}: what can be served now."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request

from mlx_manager.mlx_server.api.caller import Caller
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.errors import InvalidModel
from mlx_manager.mlx_server.models.access import check_access
from mlx_manager.mlx_server.models.catalog import ModelInfo

router = APIRouter(tags=["models"])


@router.get("/models")
async def list_models(request: Request, caller: Caller) -> dict[str, Any]:
    """Every model that this caller could name, without those whose files are broken."""
    infos = await asyncio.to_thread(request.app.state.pool.served)
    named = [info for info in infos if info.problem is None and caller.may_use(info.id)]
    return {"object": "list", "data": [_entry(info) for info in named]}


@router.get("/models/{model_id:path}")
async def get_model(request: Request, model_id: str, caller: Caller) -> dict[str, Any]:
    """One model; an id may hold slashes, encoded or not.

    Raises ``ModelNotFound``, or ``InvalidModel`` with what is wrong with its files.
    """
    check_access(caller, ModelId(model_id))
    info: ModelInfo = await asyncio.to_thread(request.app.state.pool.find, ModelId(model_id))
    if info.problem is not None:
        raise InvalidModel(
            f"The model {model_id!r} cannot be served: {info.problem}.", param="model"
        )
    return _entry(info)


def _entry(info: ModelInfo) -> dict[str, Any]:
    """OpenAI's model object, and what else a client of local models wants to know."""
    profiled = {} if info.profile_of is None else {"profile_of": info.profile_of}
    return {
        "id": info.id,
        "object": "model",
        "created": info.created,
        "owned_by": info.owned_by,
        "context_length": info.context_length,
        "capabilities": info.capabilities.to_json() if info.capabilities else None,
        "size_bytes": info.weights_bytes,
        "loaded": info.loaded,
        **profiled,
    }
