"""/api/auth: signing up, in and out."""

from fastapi import APIRouter, Response

from mlx_manager.db.users import User
from mlx_manager.dependencies import CurrentUser, Services
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


@router.get("/setup")
async def setup(services: Services) -> SetupReply:
    """Whether the first account, the administrator's, has yet to be made."""
    return SetupReply(needed=await services.auth.needs_setup())


@router.post("/register", status_code=201, response_model=UserReply, responses=error_replies(409))
async def register(services: Services, body: RegisterRequest) -> User:
    """Make an account. The first is the administrator's; later ones wait for approval."""
    user = await services.auth.register(body.email, body.password)
    current_record().principal = user_principal(user)
    return user


@router.post("/login", responses=error_replies(401, 403))
async def login(services: Services, body: LoginRequest) -> TokenReply:
    """Exchange an e-mail address and a password for a token."""
    reply = await services.auth.login(body.email, body.password)
    current_record().principal = user_principal(await services.auth.user_of(reply.access_token))
    return reply


@router.post("/logout", status_code=204, responses=error_replies(401))
async def logout(services: Services, user: CurrentUser) -> Response:
    """End every token of one's own."""
    await services.auth.logout(user)
    return Response(status_code=204)


@router.get("/me", response_model=UserReply, responses=error_replies(401))
async def me(user: CurrentUser) -> User:
    """Who is signed in."""
    return user


@router.put("/me/password", responses=error_replies(401, 403))
async def change_password(
    services: Services, user: CurrentUser, body: PasswordChange
) -> TokenReply:
    """Set one's own password; every token ends, and a fresh one is returned."""
    return await services.auth.change_password(user, body.current_password, body.new_password)
