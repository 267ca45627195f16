"""Who is calling ``/v1``, by the manager's accounts."""

from collections.abc import Mapping

from mlx_manager.config import ManagerSettings
from mlx_manager.db.users import User
from mlx_manager.errors import NotSignedIn
from mlx_manager.mlx_server.core.principal import LOCAL_OWNER, Principal, PrincipalKind
from mlx_manager.mlx_server.errors import Unauthorized
from mlx_manager.services.key_service import API_KEY_PREFIX, KeyService
from mlx_manager.services.quota import Quota
from mlx_manager.services.session_service import SessionService

USER_SCOPE = "user:"
"""What begins the scope of an account; its id follows."""

_JWT_DOTS = 2

ANONYMOUS = Principal(scope="anonymous", kind=PrincipalKind.LOCAL, is_admin=False)
"""Anyone, on a server that others can reach and that asks for no key."""


def user_principal(user: User) -> Principal:
    """A dashboard user as the inference app knows them."""
    scope = f"{USER_SCOPE}{user.id}"
    return Principal(
        scope,
        PrincipalKind.USER,
        user.is_admin,
        user_id=user.id,
        local_only=user.local_only,
    )


class V1Authenticator:
    """Implements ``core.principal.Authenticator``.

    A key acts as its user, within its own limits. Keys and dashboard tokens are checked wherever
    they are sent.

    Without a credential, or with a made-up one such as SDKs insist on, the caller is the machine's
    owner on a loopback bind, and refused on any other, as ``MLX_MANAGER_REQUIRE_API_KEY`` says.
    """

    def __init__(
        self, sessions: SessionService, keys: KeyService, quota: Quota, settings: ManagerSettings
    ) -> None:
        self._sessions = sessions
        self._keys = keys
        self._quota = quota
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
                return user_principal((await self._sessions.recognise(credential)).user)
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
                "This API key is not valid; it may have expired or been revoked, or its account "
                "disabled. Create one in the dashboard."
            )
        return Principal(
            f"{USER_SCOPE}{known.user_id}",
            PrincipalKind.KEY,
            known.is_admin,
            user_id=known.user_id,
            key_id=known.id,
            allowed_models=known.limits.allowed_models,
            priority=known.limits.priority,
            local_only=known.limits.local_only,
            allowance=self._quota.allowance(known.id, known.limits),
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
