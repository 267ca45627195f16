"""Looking keys up: what is remembered, what is written down, and what it costs."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from mlx_manager.config import ManagerSettings
from mlx_manager.db.api_keys import ApiKey
from mlx_manager.db.engine import Database
from mlx_manager.db.users import User
from mlx_manager.schemas.account import UserStatus
from mlx_manager.schemas.key import KeyCreate
from mlx_manager.services.key_service import KeyService
from mlx_manager.services.known_keys import TTL_SECONDS, KnownKey, KnownKeys
from mlx_manager.services.quota import Quota

pytestmark = pytest.mark.anyio
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Clock:
    """A time that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def database(settings: ManagerSettings) -> AsyncIterator[Database]:
    opened = Database(settings.database_path)
    yield opened
    await opened.close()


@pytest.fixture
async def user(database: Database) -> User:
    someone = User(email="ada@example.com", password_hash="", status=UserStatus.APPROVED)
    async with database.writing() as session:
        session.add(someone)
    return someone


async def last_used(database: Database, key_id: str) -> datetime | None:
    async with database.reading() as session:
        row = await session.get(ApiKey, key_id)
    assert row is not None
    return row.last_used_at


async def test_a_use_is_written_down_at_most_once_a_minute(database: Database, user: User) -> None:
    clock = Clock()
    keys = KeyService(database, Quota(), clock)
    made = await keys.create(user, KeyCreate(name="laptop"))
    await asyncio.gather(*(keys.recognise(made.key) for _ in range(20)))
    for seconds, written in ((0, 0), (59, 0), (60, 60), (61, 60), (130, 130)):
        clock.now = NOON + timedelta(seconds=seconds)
        assert await keys.recognise(made.key) is not None
        await keys.close()
        assert await last_used(database, made.id) == NOON + timedelta(seconds=written)


async def test_a_minute_is_a_minute_across_a_restart(database: Database, user: User) -> None:
    clock = Clock()
    keys = KeyService(database, Quota(), clock)
    made = await keys.create(user, KeyCreate(name="laptop"))
    await keys.recognise(made.key)
    await keys.close()
    again = KeyService(database, Quota(), clock)
    clock.now = NOON + timedelta(seconds=30)
    assert await again.recognise(made.key) is not None
    await again.close()
    assert await last_used(database, made.id) == NOON


async def test_a_use_that_cannot_be_written_down_harms_nobody(
    database: Database, user: User, caplog: pytest.LogCaptureFixture
) -> None:
    keys = KeyService(database, Quota())
    made = await keys.create(user, KeyCreate(name="laptop"))
    async with database.writing() as session:
        connection = await session.connection()
        await connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE UPDATE ON api_keys BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    assert await keys.recognise(made.key) is not None
    await keys.close()
    assert made.id in caplog.text
    assert made.key not in caplog.text


async def test_neither_a_known_key_nor_one_that_cannot_be_is_asked_of_the_database(
    database: Database, user: User
) -> None:
    keys = KeyService(database, Quota())
    made = await keys.create(user, KeyCreate(name="laptop"))
    assert await keys.recognise(made.key) is not None
    await keys.close()
    async with database.writing() as session:
        await (await session.connection()).exec_driver_sql("DROP TABLE api_keys")
    for _ in range(100):
        assert await keys.recognise(made.key) is not None
    for impossible in ("mlx-made-up", made.key + "=", "mlx-" + "\u00e9" * 43, "mlx-" * 20_000):
        assert await keys.recognise(impossible) is None


async def test_a_key_expires_at_its_moment_though_it_is_remembered(
    database: Database, user: User
) -> None:
    clock = Clock()
    clock.now = datetime.now(UTC)
    keys = KeyService(database, Quota(), clock)
    expires_at = clock.now + timedelta(hours=1)
    made = await keys.create(user, KeyCreate(expires_at=expires_at))
    clock.now = expires_at - timedelta(seconds=1)
    assert await keys.recognise(made.key) is not None
    clock.now = expires_at
    assert await keys.recognise(made.key) is None
    await keys.close()


KEY = KnownKey("key", "user", False, None)


def test_a_key_is_forgotten_after_a_while() -> None:
    now = 0.0
    known = KnownKeys(lambda: now)
    known.remember("hash", KEY, as_of=0)
    now = TTL_SECONDS - 0.1
    assert known.get("hash") is KEY
    now = TTL_SECONDS
    assert known.get("hash") is None


@pytest.mark.parametrize("what", [{"key_id": "key"}, {"user_id": "user"}])
def test_what_was_found_before_a_revocation_is_not_kept_after_it(what: dict[str, str]) -> None:
    known = KnownKeys()
    before = known.revision
    known.remember("hash", KEY, as_of=before)
    known.remember("other", KnownKey("other", "somebody", False, None), as_of=before)
    known.forget(**what)
    assert known.get("hash") is None
    assert known.get("other") is not None
    known.remember("hash", KEY, as_of=before)
    assert known.get("hash") is None


def test_of_many_keys_the_newest_are_known() -> None:
    known = KnownKeys()
    for number in range(5000):
        known.remember(str(number), KnownKey(str(number), "user", False, None), as_of=0)
    assert known.get("0") is None
    assert known.get("4999") is not None
    assert sum(known.get(str(number)) is not None for number in range(5000)) == 4096
