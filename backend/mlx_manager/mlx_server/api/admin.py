"""/admin: what is resident, and changing it. For administrators and the local owner."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from mlx_manager.mlx_server.api.body import read_json
from mlx_manager.mlx_server.api.caller import Administrator
from mlx_manager.mlx_server.api.residence import model_body, status_body
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.dialects.openai.validation import read_body
from mlx_manager.mlx_server.models.access import check_access

router = APIRouter(prefix="/admin", tags=["admin"])


class ModelOrder(BaseModel):
    """Which model to load or unload, and what on top of it; ``pinned`` keeps a loaded one from
    eviction, false lets it go again, and without it nothing changes."""

    model_config = ConfigDict(strict=True, extra="ignore")

    model: Annotated[str, Field(min_length=1, max_length=1024)]
    adapter: Annotated[str, Field(min_length=1, max_length=1024)] | None = None
    pinned: bool | None = None


@router.get("/status")
async def status(request: Request, caller: Administrator) -> dict[str, Any]:
    """The pool and the engine."""
    del caller
    return status_body(request.app.state.pool.status())


@router.post("/load")
async def load(request: Request, caller: Administrator) -> dict[str, Any]:
    """Make a model resident and answer when it is. A caller who leaves does not stop the load."""
    order = read_body(ModelOrder, await read_json(request))
    check_access(caller, ModelId(order.model))
    pool = request.app.state.pool
    model, adapter = ModelId(order.model), order.adapter
    await pool.load(model, adapter=adapter, pinned=order.pinned)
    there = [m for m in pool.status().models if (m.id, m.adapter) == (model, adapter)]
    return {"model": model, "resident": model_body(there[0]) if there else None}


@router.post("/unload")
async def unload(request: Request, caller: Administrator) -> dict[str, Any]:
    """Free a model that nobody is using."""
    order = read_body(ModelOrder, await read_json(request))
    check_access(caller, ModelId(order.model))
    await request.app.state.pool.unload(ModelId(order.model), adapter=order.adapter)
    return {"model": order.model, "resident": None}
