"""/api/providers: other servers that may answer in this one's place; for administrators."""

from fastapi import APIRouter, Response

from mlx_manager.dependencies import AdminUser, After, Limit, Services
from mlx_manager.routers.error_replies import error_replies
from mlx_manager.schemas.page import Page
from mlx_manager.schemas.provider import (
    ProviderCreate,
    ProviderReply,
    ProviderTest,
    ProviderUpdate,
)

router = APIRouter(prefix="/api/providers", tags=["providers"], responses=error_replies(401, 403))


@router.get("", responses=error_replies(400))
async def list_providers(
    services: Services, admin: AdminUser, after: After, limit: Limit = 50
) -> Page[ProviderReply]:
    """All of them, in the order they were made."""
    del admin
    found = await services.routing.providers.list_providers(limit, after)
    return Page(items=list(found.items), next_cursor=found.next_cursor)


@router.post("", status_code=201, responses=error_replies(409))
async def create_provider(
    services: Services, admin: AdminUser, body: ProviderCreate
) -> ProviderReply:
    """Add one. Its key is kept encrypted and never shown; nothing is sent to it before a routing
    rule names it and the setting `routing_enabled` is on."""
    del admin
    return await services.routing.providers.create(body)


@router.get("/{provider_id}", responses=error_replies(404))
async def get_provider(services: Services, admin: AdminUser, provider_id: str) -> ProviderReply:
    """One of them."""
    del admin
    return await services.routing.providers.find(provider_id)


@router.patch("/{provider_id}", responses=error_replies(404, 409))
async def update_provider(
    services: Services, admin: AdminUser, provider_id: str, body: ProviderUpdate
) -> ProviderReply:
    """Change one. A new address forgets the key, unless a key comes with it."""
    del admin
    return await services.routing.providers.update(provider_id, body)


@router.delete("/{provider_id}", status_code=204, responses=error_replies(404, 409))
async def delete_provider(services: Services, admin: AdminUser, provider_id: str) -> Response:
    """Forget one and its key; not while a rule names it."""
    del admin
    await services.routing.providers.delete(provider_id)
    return Response(status_code=204)


@router.post("/{provider_id}/test", responses=error_replies(404))
async def test_provider(services: Services, admin: AdminUser, provider_id: str) -> ProviderTest:
    """Ask it for its models, with its key. What goes wrong is in the reply."""
    del admin
    return await services.routing.providers.test(provider_id)
