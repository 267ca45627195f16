"""/admin: what is resident, and changing it. For administrators and the local owner."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from mlx_manager.mlx_server.api.body import read_json
from mlx_manager.mlx_server.api.caller import Administrator
from mlx_manager.mlx_server.api.loading import LoadingEncoder, loading
from mlx_manager.mlx_server.api.residence import model_body, status_body
from mlx_manager.mlx_server.api.streaming import EventStream
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.principal import Principal
from mlx_manager.mlx_server.dialects.openai.validation import read_body
from mlx_manager.mlx_server.models.access import check_access

router = APIRouter(prefix="/admin", tags=["admin"])


class ModelOrder(BaseModel):
    """Which model to load or unload, and what on top of it; ``pinned`` keeps a loaded one from
    eviction, false lets it go again, and without it nothing changes. ``stream``: the load is told
    as it goes, as server-sent events."""

    model_config = ConfigDict(strict=True, extra="ignore")

    model: Annotated[str, Field(min_length=1, max_length=1024)]
    adapter: Annotated[str, Field(min_length=1, max_length=1024)] | None = None
    pinned: bool | None = None
    stream: bool = False


@router.get("/status")
async def status(request: Request, caller: Administrator) -> dict[str, Any]:
    """The pool and the engine."""
    del caller
    return status_body(request.app.state.pool.status())


@router.post("/load", response_model=None)
async def load(request: Request, caller: Administrator) -> dict[str, Any] | Response:
    """Make a model resident and answer when it is, or with ``stream`` tell how far it is meanwhile.
    A caller who leaves does not stop the load."""
    order = await _order(request, caller)
    if not order.stream:
        return await _load(request, order, order.pinned)
    pool = request.app.state.pool
    going = loading(
        lambda: pool.load(ModelId(order.model), adapter=order.adapter, pinned=order.pinned),
        lambda: _line(request, order),
    )
    seconds = request.app.state.settings.keep_alive_seconds
    return EventStream(going, LoadingEncoder(), keep_alive_seconds=seconds)


@router.post("/reload")
async def reload(request: Request, caller: Administrator) -> dict[str, Any]:
    """Read a model's files again: free it, unless somebody is using it, and load it."""
    order = await _order(request, caller)
    before = _line(request, order)
    if before is not None:
        await request.app.state.pool.unload(ModelId(order.model), adapter=order.adapter)
    kept = order.pinned if before is None or order.pinned is not None else before["pinned"]
    return await _load(request, order, kept)


@router.post("/unload")
async def unload(request: Request, caller: Administrator) -> dict[str, Any]:
    """Free a model that nobody is using."""
    order = await _order(request, caller)
    await request.app.state.pool.unload(ModelId(order.model), adapter=order.adapter)
    return {"model": order.model, "resident": None}


async def _order(request: Request, caller: Principal) -> ModelOrder:
    """Raises as ``read_json`` does, and where the caller may not name the model."""
    order = read_body(ModelOrder, await read_json(request))
    check_access(caller, ModelId(order.model))
    return order


async def _load(request: Request, order: ModelOrder, pinned: bool | None) -> dict[str, Any]:
    pool = request.app.state.pool
    await pool.load(ModelId(order.model), adapter=order.adapter, pinned=pinned)
    return {"model": order.model, "resident": _line(request, order)}


def _line(request: Request, order: ModelOrder) -> dict[str, Any] | None:
    """What the pool tells of it; None while it is absent."""
    models = request.app.state.pool.status().models
    wanted = (ModelId(order.model), order.adapter)
    return next((model_body(m) for m in models if (m.id, m.adapter) == wanted), None)
