"""The secret that signs dashboard tokens."""

import hashlib
import os
import secrets

from mlx_manager.config import PLACEHOLDER_SECRET, ManagerSettings
from mlx_manager.errors import DatabaseUnusable, UnsafeSecret

SECRET_FILE_NAME = "jwt-secret"
_SHORTEST_KEY_BYTES = 32


def resolve_token_secret(settings: ManagerSettings) -> bytes:
    """The signing key: the configured one, or one generated and kept beside the database.

    Raises ``UnsafeSecret`` for the placeholder on a server that others can reach.
    """
    if settings.jwt_secret is None:
        return _kept_secret(settings)
    secret = settings.jwt_secret.get_secret_value()
    if not secret or (secret == PLACEHOLDER_SECRET and not settings.is_loopback):
        raise UnsafeSecret(
            f"MLX_MANAGER_JWT_SECRET must be set to a secret of your own before the server listens "
            f"on {settings.host}; unset it to have one generated."
        )
    key = secret.encode()
    # HS256 wants a key of at least its own output (RFC 7518, section 3.2).
    return key if len(key) >= _SHORTEST_KEY_BYTES else hashlib.sha256(key).digest()


def _kept_secret(settings: ManagerSettings) -> bytes:
    path = settings.database_path.with_name(SECRET_FILE_NAME)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            path.chmod(0o600)
        else:
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_hex(_SHORTEST_KEY_BYTES))
        secret = path.read_text().strip().encode()
    except OSError as error:
        raise DatabaseUnusable(
            f"Cannot keep the token secret in {path} ({error.strerror}); set "
            "MLX_MANAGER_JWT_SECRET, or choose another folder with MLX_MANAGER_DATABASE_PATH."
        ) from error
    if len(secret) < _SHORTEST_KEY_BYTES:
        raise UnsafeSecret(f"The token secret in {path} is damaged; delete it to get a new one.")
    return secret
