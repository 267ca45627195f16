"""Both stores of responses keep the same promises."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlmodel import col, update

from mlx_manager.config import ManagerSettings
from mlx_manager.db.columns import utc_now
from mlx_manager.db.engine import Database
from mlx_manager.db.responses import Response
from mlx_manager.db.users import User
from mlx_manager.mlx_server.api.responses_memory import MemoryResponseStore
from mlx_manager.mlx_server.core.response_store import ResponseStore, StoredResponse
from mlx_manager.schemas.account import UserStatus
from mlx_manager.services.response_store import KEPT_FOR, DatabaseResponseStore

pytestmark = pytest.mark.anyio
ADA, BOB = "local", "anonymous"


def stored(name: str, previous: str | None = None, status: str = "completed") -> StoredResponse:
    """A small one."""
    body = {"id": name, "previous_response_id": previous, "status": status, "output": []}
    return StoredResponse(body, [{"id": f"msg_{name}", "text": "é\u2028"}])


@pytest.fixture
async def database(settings: ManagerSettings) -> AsyncIterator[Database]:
    """A database of the test's own, as the migrations made it."""
    opened = Database(settings.database_path)
    yield opened
    await opened.close()


@pytest.fixture(params=["memory", "database"])
def store(request: pytest.FixtureRequest, database: Database) -> ResponseStore:
    """One after the other."""
    if request.param == "memory":
        return MemoryResponseStore()
    return DatabaseResponseStore(database)


async def test_what_is_saved_is_found_and_replaced(store: ResponseStore) -> None:
    await store.save(ADA, stored("a", status="queued"))
    await store.save(ADA, stored("a"))
    found = await store.get(ADA, "a")
    assert found == stored("a")
    assert await store.get(ADA, "b") is None


async def test_another_owner_sees_changes_and_deletes_nothing(store: ResponseStore) -> None:
    await store.save(ADA, stored("a"))
    assert await store.get(BOB, "a") is None
    assert list(await store.lineage(BOB, "a")) == []
    assert not await store.delete(BOB, "a")
    assert await store.get(ADA, "a") is not None


async def test_a_lineage_is_told_from_its_beginning(store: ResponseStore) -> None:
    await store.save(ADA, stored("a"))
    await store.save(ADA, stored("c", "b"))
    await store.save(ADA, stored("b", "a"))
    await store.save(ADA, stored("fork", "a"))
    assert [each.id for each in await store.lineage(ADA, "c")] == ["a", "b", "c"]
    assert await store.delete(ADA, "b")
    cut = await store.lineage(ADA, "c")
    assert [each.id for each in cut] == ["c"]
    assert cut[0].previous_id == "b"
    assert list(await store.lineage(ADA, "b")) == []


async def test_what_is_deleted_is_gone(store: ResponseStore) -> None:
    await store.save(ADA, stored("a"))
    assert await store.delete(ADA, "a")
    assert not await store.delete(ADA, "a")
    assert await store.get(ADA, "a") is None


async def test_memory_forgets_the_oldest_over_its_limit() -> None:
    store = MemoryResponseStore(limit=400)
    for name in "abcdef":
        await store.save(ADA, stored(name))
    assert await store.get(ADA, "a") is None
    assert await store.get(ADA, "f") is not None


async def test_responses_go_with_their_account(database: Database) -> None:
    store = DatabaseResponseStore(database)
    user = User(email="ada@example.com", password_hash="", status=UserStatus.APPROVED)
    async with database.writing() as session:
        session.add(user)
    await store.save(f"user:{user.id}", stored("a"))
    async with database.writing() as session:
        await session.delete(user)
    assert await store.get(f"user:{user.id}", "a") is None


async def test_responses_are_kept_for_a_month(database: Database) -> None:
    store = DatabaseResponseStore(database)
    await store.save(ADA, stored("old"))
    long_ago = utc_now() - KEPT_FOR - timedelta(minutes=1)
    async with database.writing() as session:
        await session.exec(
            update(Response).where(col(Response.id) == "old").values(created_at=long_ago)
        )
    await store.save(ADA, stored("new"))
    assert await store.get(ADA, "old") is None
    assert await store.get(ADA, "new") is not None
