"""GET /models and /models/{id}: what can be served now."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request

from mlx_manager.mlx_server.api.caller import Caller
from mlx_manager.mlx_server.core.elsewhere import Elsewhere, OfferedModel
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.principal import Principal
from mlx_manager.mlx_server.errors import InvalidModel, ModelNotFound
from mlx_manager.mlx_server.models.access import check_access
from mlx_manager.mlx_server.models.catalog import ModelInfo

router = APIRouter(tags=["models"])


@router.get("/models")
async def list_models(request: Request, caller: Caller) -> dict[str, Any]:
    """Every model that this caller could name, without those whose files are broken."""
    infos = await asyncio.to_thread(request.app.state.pool.served)
    named = [info for info in infos if info.problem is None and caller.may_use(info.id)]
    here = {info.id for info in named}
    others = [model for model in _offered(request, caller) if model.id not in here]
    entries = [*(_entry(info) for info in named), *(_offered_entry(model) for model in others)]
    return {"object": "list", "data": entries}


@router.get("/models/{model_id:path}")
async def get_model(request: Request, model_id: str, caller: Caller) -> dict[str, Any]:
    """One model; an id may hold slashes, encoded or not.

    Raises ``ModelNotFound``, or ``InvalidModel`` with what is wrong with its files.
    """
    check_access(caller, ModelId(model_id))
    try:
        info: ModelInfo = await asyncio.to_thread(request.app.state.pool.find, ModelId(model_id))
    except ModelNotFound:
        for model in _offered(request, caller):
            if model.id == model_id:
                return _offered_entry(model)
        raise
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


def _offered(request: Request, caller: Principal) -> list[OfferedModel]:
    """The models that others answer for, as far as this caller may name them."""
    elsewhere: Elsewhere = request.app.state.elsewhere
    return [model for model in elsewhere.models(caller) if caller.may_use(model.id)]


def _offered_entry(model: OfferedModel) -> dict[str, Any]:
    """The same fields; of weights in somebody else's memory nothing is known."""
    return {
        "id": model.id,
        "object": "model",
        "created": model.created,
        "owned_by": model.owned_by,
        "context_length": model.context_length,
        "capabilities": None,
        "size_bytes": None,
        "loaded": None,
    }
