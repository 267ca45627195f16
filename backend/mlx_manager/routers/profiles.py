"""/api/profiles: names that clients call, and what stands behind them."""

from fastapi import APIRouter, Response

from mlx_manager.dependencies import AdminUser, After, CurrentUser, Limit, Services
from mlx_manager.routers.error_replies import error_replies
from mlx_manager.schemas.page import Page
from mlx_manager.schemas.profile import (
    ProfileCreate,
    ProfileDuplicate,
    ProfileReply,
    ProfileUpdate,
)

router = APIRouter(prefix="/api/profiles", tags=["profiles"], responses=error_replies(401))


@router.get("", responses=error_replies(400))
async def list_profiles(
    services: Services, user: CurrentUser, after: After, limit: Limit = 50
) -> Page[ProfileReply]:
    """All profiles, in the order they were made."""
    del user
    found = await services.running.profiles.list_profiles(limit, after)
    return Page(items=list(found.items), next_cursor=found.next_cursor)


@router.post("", status_code=201, responses=error_replies(403, 409))
async def create_profile(services: Services, admin: AdminUser, body: ProfileCreate) -> ProfileReply:
    """Make a profile. `/v1` serves its name from this moment, in every dialect."""
    return await services.running.profiles.create(admin, body)


@router.get("/{profile_id}", responses=error_replies(404))
async def read_profile(services: Services, user: CurrentUser, profile_id: str) -> ProfileReply:
    """One profile."""
    del user
    return await services.running.profiles.find(profile_id)


@router.patch("/{profile_id}", responses=error_replies(403, 404, 409))
async def update_profile(
    services: Services, admin: AdminUser, profile_id: str, body: ProfileUpdate
) -> ProfileReply:
    """Change a profile. Its name, model and placement can change while it is stopped; the rest is
    in force from the next request on."""
    del admin
    return await services.running.profiles.update(profile_id, body)


@router.delete("/{profile_id}", status_code=204, responses=error_replies(403, 404, 409))
async def delete_profile(services: Services, admin: AdminUser, profile_id: str) -> Response:
    """Delete a profile that is stopped, and its log."""
    del admin
    await services.running.profiles.delete(profile_id)
    return Response(status_code=204)


@router.post("/{profile_id}/duplicate", status_code=201, responses=error_replies(403, 404, 409))
async def duplicate_profile(
    services: Services, admin: AdminUser, profile_id: str, body: ProfileDuplicate | None = None
) -> ProfileReply:
    """Copy a profile under another name. The copy does not start by itself."""
    name = None if body is None else body.name
    return await services.running.profiles.duplicate(admin, profile_id, name)
