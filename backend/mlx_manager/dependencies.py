"""What routes ask for by type: the services, and who is calling."""

from typing import Annotated, cast

from fastapi import Depends, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from mlx_manager.db.users import User
from mlx_manager.errors import AdministratorsOnly, NotSignedIn
from mlx_manager.mlx_server.core.record import current_record
from mlx_manager.services.manager_services import ManagerServices
from mlx_manager.services.paging import Cursor
from mlx_manager.services.session_service import Device, SignedIn
from mlx_manager.services.v1_authenticator import user_principal

_MOST_ADDRESS = 64
_MOST_AGENT = 200

_bearer = HTTPBearer(
    auto_error=False, bearerFormat="JWT", description="A token of POST /api/auth/login."
)


def _services(request: Request) -> ManagerServices:
    return cast(ManagerServices, request.app.state.services)


Services = Annotated[ManagerServices, Depends(_services)]


async def _signed_in(
    services: Services,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> SignedIn:
    if credentials is None:
        raise NotSignedIn("Sign in first: send 'Authorization: Bearer <token>'.")
    signed_in = await services.people.sessions.recognise(credentials.credentials)
    current_record().principal = user_principal(signed_in.user)
    return signed_in


CurrentSession = Annotated[SignedIn, Depends(_signed_in)]
"""Whoever is signed in, and by which session."""


async def _current_user(signed_in: CurrentSession) -> User:
    return signed_in.user


CurrentUser = Annotated[User, Depends(_current_user)]
"""Whoever is signed in, with an approved account."""


async def _administrator(user: CurrentUser) -> User:
    if not user.is_admin:
        raise AdministratorsOnly("Only an administrator may do this.")
    return user


AdminUser = Annotated[User, Depends(_administrator)]
"""Whoever is signed in as an administrator."""


def _cursor(
    cursor: Annotated[str | None, Query(max_length=1000, description="Of the page before.")] = None,
) -> Cursor | None:
    return None if cursor is None else Cursor.decode(cursor)


After = Annotated[Cursor | None, Depends(_cursor)]
"""Where a list goes on."""

Limit = Annotated[int, Query(ge=1, le=200, description="Most items to return.")]


def _request_id(request: Request) -> str:
    return str(request.state.request_id)


RequestName = Annotated[str, Depends(_request_id)]
"""This request in the log, and in the ``x-request-id`` reply header."""


def _device(request: Request) -> Device:
    """What a client says of itself is kept only as far as it can be shown."""
    agent = request.headers.get("user-agent", "")
    return Device(
        address=(request.client.host if request.client else "")[:_MOST_ADDRESS],
        agent="".join(filter(str.isprintable, agent))[:_MOST_AGENT],
    )


CallingDevice = Annotated[Device, Depends(_device)]
"""What the request comes from."""
