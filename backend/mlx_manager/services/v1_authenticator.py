"""Who is calling ``/v1``, by the manager's accounts."""

from collections.abc import Mapping

from mlx_manager.config import ManagerSettings
from mlx_manager.db.users import User
from mlx_manager.errors import NotSignedIn
from mlx_manager.mlx_server.core.principal import LOCAL_OWNER, Principal, PrincipalKind
from mlx_manager.mlx_server.errors import Unauthorized
from mlx_manager.services.auth_service import AuthService

API_KEY_PREFIX = "mlx-"
USER_SCOPE = "user:"
"""What begins the scope of an account; its id follows."""

_JWT_DOTS = 2

ANONYMOUS = Principal(scope="anonymous", kind=PrincipalKind.LOCAL, is_admin=False)
"""Anyone, on a server that others can reach and that asks for no key."""


def user_principal(user: User) -> Principal:
    """A dashboard user as the inference app knows them."""
    scope = f"{USER_SCOPE}{user.id}"
    return Principal(scope=scope, kind=PrincipalKind.USER, is_admin=user.is_admin)


class V1Authenticator:
    """Implements ``core.principal.Authenticator``.

    A dashboard token is checked wherever it is sent. Without a credential, or with a made-up one
    such as SDKs insist on, the caller is the machine's owner on a loopback bind, and refused on
    any other, as ``MLX_MANAGER_REQUIRE_API_KEY`` says.
    """

    def __init__(self, auth: AuthService, settings: ManagerSettings) -> None:
        self._auth = auth
        self._key_required = settings.require_api_key == "always" or (
            settings.require_api_key == "auto" and not settings.is_loopback
        )
        self._nobody = LOCAL_OWNER if settings.is_loopback else ANONYMOUS

    async def __call__(self, headers: Mapping[str, str]) -> Principal:
        credential = _credential(headers)
        if credential.startswith(API_KEY_PREFIX):
            raise Unauthorized(
                "This API key is not valid; it may have been deleted. Create one in the dashboard."
            )
        if credential.count(".") == _JWT_DOTS:
            try:
                return user_principal(await self._auth.user_of(credential))
            except NotSignedIn as error:
                raise Unauthorized("This dashboard session has ended; sign in again.") from error
        if self._key_required:
            raise Unauthorized(
                "This server needs an API key: send it as 'Authorization: Bearer <key>' or "
                "'x-api-key: <key>'."
            )
        return self._nobody


def _credential(headers: Mapping[str, str]) -> str:
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and value.strip():
        return value.strip()
    return headers.get("x-api-key", "").strip()
