"""Which tokens are ours, and where the secret that signs them comes from."""

from datetime import timedelta
from pathlib import Path

import jwt
import pytest
from pydantic import SecretStr

from mlx_manager.config import PLACEHOLDER_SECRET, ManagerSettings
from mlx_manager.db.columns import utc_now
from mlx_manager.db.users import User
from mlx_manager.errors import UnsafeSecret
from mlx_manager.schemas.account import UserStatus
from mlx_manager.services.token_secret import resolve_token_secret
from mlx_manager.services.tokens import InvalidToken, TokenClaims, TokenSigner
from tests.settings import manager_settings

SECRET = b"a secret of at least thirty-two bytes"
SIGNER = TokenSigner(SECRET, "HS256", timedelta(days=7))
USER = User(id="ada", email="a@b", password_hash="", status=UserStatus.APPROVED, token_version=3)


def claims(**changes: object) -> dict[str, object]:
    now = utc_now()
    whole = {
        "sub": "ada",
        "ver": 3,
        "sid": "laptop",
        "typ": "dashboard",
        "iat": now,
        "exp": now + timedelta(days=1),
    }
    return {key: value for key, value in {**whole, **changes}.items() if value is not None}


def forge(secret: bytes = SECRET, algorithm: str = "HS256", **changes: object) -> str:
    return jwt.encode(claims(**changes), secret, algorithm=algorithm)


def test_a_token_names_its_user_version_and_session() -> None:
    meant = TokenClaims(user_id="ada", version=3, session_id="laptop")
    assert SIGNER.read(SIGNER.sign(USER, "laptop")) == meant
    assert SIGNER.read(forge()) == meant


GOOD = forge()
HEAD, BODY, SIGNATURE = GOOD.split(".")


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b.c",
        GOOD[:-4] + "AAAA",
        f"{HEAD}.{BODY}.",
        f"{HEAD}.{forge(sub='eve').split('.')[1]}.{SIGNATURE}",
        jwt.encode(claims(), None, algorithm="none"),
        forge(secret=b"another secret of at least thirty-two bytes"),
        forge(secret=SECRET * 2, algorithm="HS512"),
        forge(secret=SECRET * 2, algorithm="HS384"),
        forge(exp=utc_now() - timedelta(seconds=1)),
        forge(iat=utc_now() + timedelta(days=1)),
        forge(exp=None),
        forge(sub=None),
        forge(sid=None),
        forge(iat=None),
        forge(typ=None),
        forge(typ="api-key"),
        forge(ver=None),
        forge(ver="3"),
        forge(ver=True),
    ],
)
def test_a_token_that_is_not_ours_is_refused(token: str) -> None:
    with pytest.raises(InvalidToken):
        SIGNER.read(token)


def settings(path: Path, secret: str | None = None, host: str = "127.0.0.1") -> ManagerSettings:
    return manager_settings(
        database_path=path / "manager.db",
        jwt_secret=None if secret is None else SecretStr(secret),
        host=host,
    )


def test_a_secret_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    secret = resolve_token_secret(settings(tmp_path))
    file = tmp_path / "jwt-secret"
    assert len(secret) == 64
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o644)
    assert resolve_token_secret(settings(tmp_path)) == secret
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text("cut")
    with pytest.raises(UnsafeSecret, match="delete it"):
        resolve_token_secret(settings(tmp_path))


def test_a_secret_that_was_given_leaves_no_file(tmp_path: Path) -> None:
    assert resolve_token_secret(settings(tmp_path, SECRET.decode())) == SECRET
    assert len(resolve_token_secret(settings(tmp_path, "short"))) == 32
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "studio.local"])
def test_the_placeholder_is_refused_where_others_can_reach(tmp_path: Path, host: str) -> None:
    with pytest.raises(UnsafeSecret, match="MLX_MANAGER_JWT_SECRET"):
        resolve_token_secret(settings(tmp_path, PLACEHOLDER_SECRET, host))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.1.2.3"])
def test_the_placeholder_will_do_on_ones_own_machine(tmp_path: Path, host: str) -> None:
    assert len(resolve_token_secret(settings(tmp_path, PLACEHOLDER_SECRET, host))) == 32
