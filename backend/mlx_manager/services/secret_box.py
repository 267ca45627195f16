"""Secrets of other services (provider keys, the hub's token) as they lie in the database.

AES-256-GCM (NIST SP 800-38D) under a key that HKDF (RFC 5869) draws from the server's token
secret: a copy of the database alone tells nothing. The purpose is authenticated with the text, so
that a sealed text moved to another row does not open there.
"""

import base64
import os

from mlx_manager.errors import ManagerError

_VERSION = "v1:"
_NONCE_BYTES = 12
_KEY_BYTES = 32
_CONTEXT = b"mlx-manager/secrets/v1"


class SecretUnreadable(ManagerError):
    """A sealed secret does not open: it is another server's, or was altered."""

    status = 409
    code = "secret_unreadable"


class SecretBox:
    """Seals and opens short texts with the server's ``secret``."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def seal(self, text: str, purpose: str) -> str:
        """``text`` in a form fit for the database; different at each call."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - late

        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self._key()).encrypt(nonce, text.encode(), purpose.encode())
        return _VERSION + base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, sealed: str, purpose: str) -> str:
        """What was sealed for this purpose.

        Raises ``SecretUnreadable`` when it was sealed for another, under another secret, or has
        been altered.
        """
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - late
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - late

        try:
            if not sealed.startswith(_VERSION):
                raise ValueError("of no known version")
            raw = base64.urlsafe_b64decode(sealed.removeprefix(_VERSION))
            nonce, encrypted = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
            return AESGCM(self._key()).decrypt(nonce, encrypted, purpose.encode()).decode()
        except (ValueError, InvalidTag):
            raise SecretUnreadable(
                "A key that is kept in the database cannot be read: it was sealed under another "
                "server secret (MLX_MANAGER_JWT_SECRET, or the file jwt-secret beside the "
                "database). Enter the key again, or bring that secret back."
            ) from None

    def _key(self) -> bytes:
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - late
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415 - late

        return HKDF(SHA256(), _KEY_BYTES, salt=None, info=_CONTEXT).derive(self._secret)
