"""Transactions and constraints of the manager's database."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from mlx_manager.db.columns import utc_now
from mlx_manager.db.conversations import Conversation
from mlx_manager.db.engine import Database
from mlx_manager.db.messages import Message
from mlx_manager.db.users import User
from mlx_manager.schemas.account import UserStatus
from mlx_manager.schemas.message import MessageError, MessageStatus, Role, ToolCall

pytestmark = pytest.mark.anyio


@pytest.fixture
async def database(tmp_path: Path, migrated_database: Path) -> AsyncIterator[Database]:
    opened = Database(Path(shutil.copy(migrated_database, tmp_path / "manager.db")))
    yield opened
    await opened.close()


def a_user(email: str = "ada@example.com") -> User:
    return User(email=email, password_hash="", status=UserStatus.APPROVED)


async def test_connections_are_set_up_for_one_server_with_many_readers(
    database: Database,
) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "busy_timeout": 5000}
    async with database.reading() as session:
        for pragma, value in wanted.items():
            found = (await session.exec(text(f"PRAGMA {pragma}"))).scalar_one()  # type: ignore[call-overload]
            assert (pragma, found) == (pragma, value)


async def test_rows_come_back_as_they_were(database: Database) -> None:
    user, now = a_user(), utc_now()
    chat = Conversation(user_id=user.id, title="t", model="m", created_at=now)
    message = Message(
        conversation_id=chat.id,
        position=0,
        role=Role.ASSISTANT,
        tool_calls=[ToolCall(id="1", name="add", arguments="{}")],
        status=MessageStatus.FAILED,
        error=MessageError(message="no", code="engine_failed"),
    )
    for row in (user, chat, message):
        async with database.writing() as session:
            session.add(row)
    async with database.reading() as session:
        found = (await session.exec(select(Message))).one()
        assert (await session.exec(select(Conversation))).one().created_at == now
    assert found.tool_calls == [ToolCall(id="1", name="add", arguments="{}")]
    assert found.error == MessageError(message="no", code="engine_failed")
    assert (found.role, found.status, found.usage) == (Role.ASSISTANT, MessageStatus.FAILED, None)


async def test_an_exception_rolls_everything_back(database: Database) -> None:
    async def write_and_fail() -> None:
        async with database.writing() as session:
            session.add(a_user())
            await session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        await write_and_fail()
    async with database.reading() as session:
        assert (await session.exec(select(User))).all() == []


async def test_what_belongs_to_nobody_cannot_be_kept_and_goes_with_its_owner(
    database: Database,
) -> None:
    async def orphan() -> None:
        async with database.writing() as session:
            session.add(Conversation(user_id="nobody", title="t", model="m"))

    with pytest.raises(IntegrityError):
        await orphan()
    user = a_user()
    async with database.writing() as session:
        session.add(user)
    async with database.writing() as session:
        session.add(Conversation(user_id=user.id, title="t", model="m"))
    async with database.writing() as session:
        await session.delete(user)
    async with database.reading() as session:
        assert (await session.exec(select(Conversation))).all() == []


async def test_what_a_writer_read_cannot_change_before_it_writes(database: Database) -> None:
    user = a_user()
    async with database.writing() as session:
        session.add(user)

    async def add_one() -> None:
        async with database.writing() as session:
            row = (await session.exec(select(User).where(col(User.id) == user.id))).one()
            await asyncio.sleep(0)
            row.token_version += 1
            session.add(row)

    await asyncio.gather(*(add_one() for _ in range(20)))
    async with database.reading() as session:
        assert (await session.exec(select(User))).one().token_version == 20


async def test_a_table_is_still_there_after_another_connection_has_analysed(
    database: Database,
) -> None:
    async with database.writing() as session:  # as a database that was made without statistics
        await (await session.connection()).execute(text("DROP TABLE sqlite_stat1"))
    other = Database(database.path)
    await other.check()
    async with database.writing() as session:
        await (await session.connection()).execute(text("ANALYZE audit_logs"))
    async with other.writing() as session:
        settle = "UPDATE messages SET status = 'stopped' WHERE status = 'streaming'"
        await (await session.connection()).execute(text(settle))
    await other.close()
