"""/api/auth/users: accounts, for administrators."""

from fastapi import APIRouter, Response

from mlx_manager.db.users import User
from mlx_manager.dependencies import AdminUser, After, Limit, Services
from mlx_manager.routers.error_replies import error_replies
from mlx_manager.schemas.account import (
    CountReply,
    PasswordReset,
    UserDetail,
    UserReply,
    UserStatus,
    UserUpdate,
)
from mlx_manager.schemas.page import Page

router = APIRouter(prefix="/api/auth/users", tags=["users"], responses=error_replies(401, 403))


@router.get("", responses=error_replies(400))
async def list_users(
    services: Services, admin: AdminUser, after: After, limit: Limit = 50
) -> Page[UserReply]:
    """Everybody, in the order they came."""
    del admin
    found = await services.people.users.list_users(limit, after)
    return Page(
        items=[UserReply.model_validate(user) for user in found.items],
        next_cursor=found.next_cursor,
    )


@router.get("/pending/count")
async def count_pending(services: Services, admin: AdminUser) -> CountReply:
    """How many accounts wait for approval."""
    del admin
    return CountReply(count=await services.people.users.count_pending())


@router.get("/{user_id}", responses=error_replies(404))
async def get_user(services: Services, admin: AdminUser, user_id: str) -> UserDetail:
    """One account, and how much is deleted with it."""
    del admin
    return await services.people.users.describe(user_id)


@router.put("/{user_id}", response_model=UserReply, responses=error_replies(404, 409))
async def update_user(services: Services, admin: AdminUser, user_id: str, body: UserUpdate) -> User:
    """Approve, disable, promote or demote; what is left out stays.

    Disabling deletes nothing but sessions: they, the replies under way and every API key stop at
    once. When the account is approved again, its conversations are there and its keys work.
    The last approved administrator can be neither disabled nor demoted.
    """
    del admin
    user = await services.people.users.update(user_id, body)
    if user.status is not UserStatus.APPROVED:
        await services.replies.stop_user(user_id)
    return user


@router.delete("/{user_id}", status_code=204, responses=error_replies(404, 409))
async def delete_user(services: Services, admin: AdminUser, user_id: str) -> Response:
    """Delete an account and everything of its own, for good.

    With it go its conversations and their messages, its API keys, its stored responses and its
    sessions; `GET /api/auth/users/{id}` says how many. Replies under way are stopped. Models and
    settings belong to the server and stay. The address may register again, as a new account.
    The last approved administrator cannot be deleted.
    """
    del admin
    await services.people.users.delete(user_id)
    await services.replies.stop_user(user_id)
    return Response(status_code=204)


@router.post("/{user_id}/reset-password", status_code=204, responses=error_replies(404))
async def reset_password(
    services: Services, admin: AdminUser, user_id: str, body: PasswordReset
) -> Response:
    """Set another's password: their sessions end, their API keys go on."""
    del admin
    await services.people.users.reset_password(user_id, body.new_password)
    return Response(status_code=204)
