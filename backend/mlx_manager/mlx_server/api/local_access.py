"""Who may call the inference app when no manager stands before it: whoever brings the key."""

import hmac
from collections.abc import Mapping

from mlx_manager.mlx_server.core.principal import LOCAL_OWNER, Principal
from mlx_manager.mlx_server.errors import Unauthorized


class StaticKey:
    """An ``Authenticator`` with one key (``MLX_SERVER_API_KEY``), compared in constant time."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    async def __call__(self, headers: Mapping[str, str]) -> Principal:
        """The owner, or ``Unauthorized``."""
        given = headers.get("x-api-key") or _bearer(headers.get("authorization", ""))
        if not hmac.compare_digest(given.encode(), self._key):
            raise Unauthorized(
                "A key is required: send 'Authorization: Bearer KEY' or 'x-api-key: KEY' with "
                "the value of MLX_SERVER_API_KEY."
            )
        return LOCAL_OWNER


def _bearer(authorization: str) -> str:
    scheme, _, value = authorization.partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""
