"""/api/settings/hub-token: who we are at the hub."""

from fastapi import APIRouter, Response

from mlx_manager.dependencies import AdminUser, Services
from mlx_manager.routers.error_replies import error_replies
from mlx_manager.schemas.hub_token import HubTokenChange, HubTokenReply

router = APIRouter(
    prefix="/api/settings/hub-token", tags=["settings"], responses=error_replies(401, 403)
)


@router.get("")
async def read_hub_token(services: Services, admin: AdminUser) -> HubTokenReply:
    """Whether there is a token for the hub and where it comes from; never the token itself."""
    del admin
    return services.hub_token.show()


@router.put("", responses=error_replies(409))
async def save_hub_token(
    services: Services, admin: AdminUser, body: HubTokenChange
) -> HubTokenReply:
    """Keep a token, encrypted; searches and downloads use it from now on."""
    del admin
    return await services.hub_token.save(body.token)


@router.delete("", status_code=204, responses=error_replies(409))
async def forget_hub_token(services: Services, admin: AdminUser) -> Response:
    """Delete the saved token."""
    del admin
    await services.hub_token.forget()
    return Response(status_code=204)
