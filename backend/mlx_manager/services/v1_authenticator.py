"""Who is calling ``/v1``, by the manager's accounts."""

from collections.abc import Mapping

from mlx_manager.config import ManagerSettings
from mlx_manager.db.users import User
from mlx_manager.errors import NotSignedIn
from mlx_manager.mlx_server.core.principal import LOCAL_OWNER, Principal, PrincipalKind
from mlx_manager.mlx_server.errors import Unauthorized
from mlx_manager.services.auth_service import AuthService
from mlx_manager.services.key_service import API_KEY_PREFIX, KeyService

USER_SCOPE = "user:"
"""What begins the scope of an account; its id follows."""

_JWT_DOTS = 2

ANONYMOUS = Principal(scope="anonymous", kind=PrincipalKind.LOCAL, is_admin=False)
"""Anyone, on a server that others can reach and that asks for no key."""


def user_principal(user: User) -> Principal:
    """A dashboard user as the inference app knows them."""
    scope = f"{USER_SCOPE}{user.id}"
    return Principal(scope, PrincipalKind.USER, user.is_admin, user_id=user.id)


class V1Authenticator:
    """Implements ``core.principal.Authenticator``.

    A key acts as its user. A key and a dashboard token are checked wherever they are sent.
    Without a credential, or with a made-up one such as SDKs insist on, the caller is the machine's
    owner on a loopback bind, and refused on any other, as ``MLX_MANAGER_REQUIRE_API_KEY`` says.
    """

    def __init__(self, auth: AuthService, keys: KeyService, settings: ManagerSettings) -> None:
        self._auth = auth
        self._keys = keys
        self._key_required = settings.require_api_key == "always" or (
            settings.require_api_key == "auto" and not settings.is_loopback
        )
        self._nobody = LOCAL_OWNER if settings.is_loopback else ANONYMOUS

    async def __call__(self, headers: Mapping[str, str]) -> Principal:
        credential = _credential(headers)
        if credential.startswith(API_KEY_PREFIX):
            return await self._key_principal(credential)
        if _is_token(credential):
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

    async def _key_principal(self, key: str) -> Principal:
        known = await self._keys.recognise(key)
        if known is None:
            raise Unauthorized(
                "This API key is not valid; it may have been revoked, or its account disabled. "
                "Create one in the dashboard."
            )
        scope = f"{USER_SCOPE}{known.user_id}"
        return Principal(
            scope, PrincipalKind.KEY, known.is_admin, user_id=known.user_id, key_id=known.id
        )


def _credential(headers: Mapping[str, str]) -> str:
    """Of the two headers the one with a credential of ours: agents send a made-up other one."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    bearer = value.strip() if scheme.lower() == "bearer" else ""
    sent = (bearer, headers.get("x-api-key", "").strip())
    ours = [each for each in sent if each.startswith(API_KEY_PREFIX) or _is_token(each)]
    return ours[0] if ours else bearer


def _is_token(credential: str) -> bool:
    return credential.count(".") == _JWT_DOTS
