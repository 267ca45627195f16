"""/api/keys: API keys for ``/v1``."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from mlx_manager.dependencies import After, CurrentUser, Limit, Services
from mlx_manager.errors import AdministratorsOnly
from mlx_manager.routers.error_replies import error_replies
from mlx_manager.schemas.key import KeyCreate, KeyCreated, KeyReply, KeyUpdate
from mlx_manager.schemas.page import Page

router = APIRouter(prefix="/api/keys", tags=["keys"], responses=error_replies(401))

Everybodys = Annotated[
    bool, Query(alias="all", description="Everybody's keys; for administrators.")
]


@router.get("", responses=error_replies(400, 403))
async def list_keys(
    services: Services,
    user: CurrentUser,
    after: After,
    limit: Limit = 50,
    everybodys: Everybodys = False,
) -> Page[KeyReply]:
    """One's own keys in the order they were made, or everybody's."""
    if everybodys and not user.is_admin:
        raise AdministratorsOnly("Only an administrator may see everybody's keys; leave out 'all'.")
    found = await services.people.keys.list_keys(None if everybodys else user.id, limit, after)
    return Page(items=list(found.items), next_cursor=found.next_cursor)


@router.post("", status_code=201, responses=error_replies(403))
async def create_key(services: Services, user: CurrentUser, body: KeyCreate) -> KeyCreated:
    """Make a key. This reply is the only time it is shown.

    Its limits hold for every dialect of `/v1`; replies carry them as `x-ratelimit-*` headers. High
    priority is for administrators to give.
    """
    return await services.people.keys.create(user, body)


@router.patch("/{key_id}", responses=error_replies(403, 404))
async def update_key(
    services: Services, user: CurrentUser, key_id: str, body: KeyUpdate
) -> KeyReply:
    """Change a key's name or limits: one's own, or for an administrator anybody's."""
    return await services.people.keys.update(user, key_id, body)


@router.delete("/{key_id}", status_code=204, responses=error_replies(404))
async def revoke_key(services: Services, user: CurrentUser, key_id: str) -> Response:
    """Revoke a key, at once: one's own, or for an administrator anybody's."""
    await services.people.keys.revoke(user, key_id)
    return Response(status_code=204)
