"""Signing in costs the same for a known and an unknown address: hash work is counted, no clock."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from mlx_manager.db.engine import Database
from mlx_manager.db.users import User
from mlx_manager.errors import AccountDisabled, InvalidCredentials, ManagerError
from mlx_manager.schemas.account import UserStatus
from mlx_manager.services import passwords
from mlx_manager.services.auth_service import AuthService
from mlx_manager.services.login_throttle import LoginThrottle
from mlx_manager.services.passwords import PasswordHasher
from mlx_manager.services.session_service import Device, SessionService
from mlx_manager.services.tokens import TokenSigner
from tests.manager import PASSWORD

pytestmark = pytest.mark.anyio
DEVICE = Device("127.0.0.1", "a browser")
KINDS = ("approved", "pending", "disabled", "unknown")


class Work:
    """The hash functions, counted: what each call hashed with, by the parameters in its hash."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done: Counter[str] = Counter()
        make, verify = passwords._hash, passwords._verify

        def counted_hash(password: str) -> str:
            self.done["hash"] += 1
            return make(password)

        def counted_verify(password: str, kept_hash: str) -> bool:
            # $argon2id$v=19$m=19456,t=2,p=1$salt$hash: the parameters are what it costs.
            self.done["verify " + kept_hash.rpartition("$")[0].rpartition("$")[0]] += 1
            return verify(password, kept_hash)

        monkeypatch.setattr(passwords, "_hash", counted_hash)
        monkeypatch.setattr(passwords, "_verify", counted_verify)

    def taken(self) -> Counter[str]:
        """What was done since the last look."""
        done, self.done = self.done, Counter()
        return done


@pytest.fixture
async def auth(path: Path) -> AsyncIterator[AuthService]:
    """With an account in each state."""
    database = Database(path)
    hasher = PasswordHasher()
    kept = await hasher.hash(PASSWORD)
    async with database.writing() as session:
        for status in UserStatus:
            email = f"{status.value}@example.com"
            session.add(User(email=email, password_hash=kept, status=status))
    sessions = SessionService(database, TokenSigner(b"s" * 32, "HS256", timedelta(days=1)))
    yield AuthService(database, PasswordHasher(), sessions, LoginThrottle())
    await sessions.close()
    await database.close()


async def attempt(auth: AuthService, kind: str, password: str) -> ManagerError | None:
    try:
        await auth.login(f"{kind}@example.com", password, DEVICE)
    except ManagerError as error:
        return error
    return None


@pytest.mark.parametrize("first", KINDS)
async def test_every_wrong_password_takes_the_same_work_and_the_same_answer(
    auth: AuthService, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    work = Work(monkeypatch)
    await attempt(auth, first, "not the right one")  # whoever comes first pays for the start
    started = work.taken()
    assert started["hash"] == 1
    answers = set()
    for kind in KINDS:
        error = await attempt(auth, kind, "not the right one")
        assert isinstance(error, InvalidCredentials)
        answers.add((error.detail, error.status, error.code))
        done = work.taken()
        assert sum(done.values()) == 1, (kind, done)
        assert next(iter(done)).startswith("verify $argon2id$"), done
        assert done == started - Counter(hash=1), kind
    assert len(answers) == 1


async def test_the_state_of_an_account_is_told_to_its_owner_alone(auth: AuthService) -> None:
    assert isinstance(await attempt(auth, "disabled", PASSWORD), AccountDisabled)
    assert isinstance(await attempt(auth, "unknown", PASSWORD), InvalidCredentials)
    assert await attempt(auth, "approved", PASSWORD) is None


async def test_no_password_opens_an_account_that_is_not_there(auth: AuthService) -> None:
    for password in ("", PASSWORD):
        assert isinstance(await attempt(auth, "unknown", password), InvalidCredentials)
