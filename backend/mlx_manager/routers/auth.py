"""/api/auth: signing up, in and out."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from mlx_manager.db.users import User
from mlx_manager.dependencies import CallingDevice, CurrentSession, CurrentUser, Services
from mlx_manager.mlx_server.core.record import current_record
from mlx_manager.routers.error_replies import error_replies
from mlx_manager.schemas.account import (
    LoginRequest,
    PasswordChange,
    RegisterRequest,
    SetupReply,
    TokenReply,
    UserReply,
)
from mlx_manager.services.v1_authenticator import user_principal

router = APIRouter(prefix="/api/auth", tags=["auth"])

Everywhere = Annotated[bool, Query(description="Every session; false ends only this one.")]


@router.get("/setup")
async def setup(services: Services) -> SetupReply:
    """Whether the first account, the administrator's, has yet to be made."""
    return SetupReply(needed=await services.people.auth.needs_setup())


@router.post("/register", status_code=201, response_model=UserReply, responses=error_replies(409))
async def register(services: Services, body: RegisterRequest) -> User:
    """Make an account. The first is the administrator's; later ones wait for approval."""
    user = await services.people.auth.register(body.email, body.password)
    current_record().principal = user_principal(user)
    return user


@router.post("/login", responses=error_replies(401, 403, 429))
async def login(services: Services, device: CallingDevice, body: LoginRequest) -> TokenReply:
    """Exchange an e-mail address and a password for a token.

    Ten wrong passwords for an account, or fifty from an address, within 15 minutes are followed by
    429 with `Retry-After`.
    """
    return await services.people.auth.login(body.email, body.password, device)


@router.post("/logout", status_code=204, responses=error_replies(401))
async def logout(
    services: Services, signed_in: CurrentSession, everywhere: Everywhere = True
) -> Response:
    """End every session of one's own, or only the one that asks."""
    if everywhere:
        await services.people.sessions.end_all(signed_in.user.id)
    else:
        await services.people.sessions.end(signed_in.user.id, signed_in.session_id)
    return Response(status_code=204)


@router.get("/me", response_model=UserReply, responses=error_replies(401))
async def me(user: CurrentUser) -> User:
    """Who is signed in."""
    return user


@router.put("/me/password", responses=error_replies(401, 403, 429))
async def change_password(
    services: Services, user: CurrentUser, device: CallingDevice, body: PasswordChange
) -> TokenReply:
    """Set one's own password; every session ends, and a fresh token is returned."""
    return await services.people.auth.change_password(
        user, body.current_password, body.new_password, device
    )
