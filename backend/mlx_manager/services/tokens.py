"""Dashboard tokens: JSON Web Tokens (RFC 7519) signed with a shared secret."""

from dataclasses import dataclass
from datetime import timedelta

from mlx_manager.db.columns import utc_now
from mlx_manager.db.users import User

_KIND = "dashboard"


class InvalidToken(Exception):
    """Not a token of ours, or no longer one."""


@dataclass(frozen=True, slots=True)
class TokenClaims:
    """Whose token it is, which version of that user's tokens, and of which session."""

    user_id: str
    version: int
    session_id: str


class TokenSigner:
    """Makes and reads tokens."""

    def __init__(self, secret: bytes, algorithm: str, lifetime: timedelta) -> None:
        self._secret = secret
        self._algorithm = algorithm
        self.lifetime = lifetime

    def sign(self, user: User, session_id: str) -> str:
        """A fresh token for a session of ``user``, good until it ends or expires."""
        import jwt  # noqa: PLC0415  (50 ms that a start does not need)

        now = utc_now()
        claims = {
            "sub": user.id,
            "ver": user.token_version,
            "sid": session_id,
            "typ": _KIND,
            "iat": now,
            "exp": now + self.lifetime,
        }
        return jwt.encode(claims, self._secret, algorithm=self._algorithm)

    def read(self, token: str) -> TokenClaims:
        """What a token says. Raises ``InvalidToken`` when it is tampered with, unsigned, of
        another kind, or expired."""
        import jwt  # noqa: PLC0415  (50 ms that a start does not need)

        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=[self._algorithm],
                options={"require": ["sub", "sid", "exp", "iat"]},
            )
        except (jwt.InvalidTokenError, ValueError) as error:
            raise InvalidToken(str(error)) from error
        version = claims.get("ver")
        if claims.get("typ") != _KIND or not isinstance(version, int) or version is True:
            raise InvalidToken("another kind of token")
        return TokenClaims(
            user_id=str(claims["sub"]), version=version, session_id=str(claims["sid"])
        )
