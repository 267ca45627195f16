"""/api/models: what there is at the hub, and what is on this machine."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from mlx_manager.dependencies import AdminUser, After, CurrentUser, Limit, Services
from mlx_manager.routers.error_replies import error_replies
from mlx_manager.schemas.download import HubModelId
from mlx_manager.schemas.model import (
    DEFAULT_CONTEXT,
    HubModelReply,
    LocalModelReply,
    ModelCapabilitiesReply,
    ModelCardReply,
    ModelConfigReply,
    ModelQuery,
)
from mlx_manager.schemas.page import Page

router = APIRouter(prefix="/api/models", tags=["models"], responses=error_replies(401))

ModelName = Annotated[HubModelId, Path(description="As at the hub: owner/name.")]
Context = Annotated[
    int,
    Query(ge=1, le=10_000_000, description="Tokens of conversation that are to fit as well."),
]
HUB_ERRORS = error_replies(403, 404, 502, 503, 504)


@router.get("/search", responses=HUB_ERRORS)
async def search_models(
    services: Services, user: CurrentUser, wanted: Annotated[ModelQuery, Query()]
) -> Page[HubModelReply]:
    """MLX models at the hub, with size, fit and whether the installed mlx-lm can run them."""
    del user
    return Page(items=await services.model_search.search(wanted), next_cursor=None)


@router.get("/local", responses=error_replies(400))
async def list_local_models(
    services: Services,
    user: CurrentUser,
    after: After,
    limit: Limit = 50,
    context: Context = DEFAULT_CONTEXT,
) -> Page[LocalModelReply]:
    """The models on this machine, by name; broken ones say what is wrong."""
    del user
    found = await services.models.list_local(limit, after, context)
    return Page(items=list(found.items), next_cursor=found.next_cursor)


@router.get("/config/{model_id:path}", responses=HUB_ERRORS)
async def read_model_config(
    services: Services, user: CurrentUser, model_id: ModelName
) -> ModelConfigReply:
    """``config.json``, of this machine or else of the hub."""
    del user
    return await services.models.config(model_id)


@router.get("/capabilities/{model_id:path}", responses=error_replies(404))
async def read_model_capabilities(
    services: Services, user: CurrentUser, model_id: ModelName
) -> ModelCapabilitiesReply:
    """What a model on this machine can do, by its files."""
    del user
    return await services.models.capabilities(model_id)


@router.get("/card/{model_id:path}", responses=HUB_ERRORS)
async def read_model_card(
    services: Services, user: CurrentUser, model_id: ModelName
) -> ModelCardReply:
    """The model's README, of this machine or else of the hub."""
    del user
    return await services.models.card(model_id)


@router.delete("/{model_id:path}", status_code=204, responses=error_replies(403, 404, 409))
async def delete_model(services: Services, admin: AdminUser, model_id: ModelName) -> Response:
    """Delete a model from this machine, unless something uses it."""
    del admin
    await services.models.delete(model_id)
    return Response(status_code=204)
