"""Chats that are kept too long, and files that nobody used."""

import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from mlx_manager.db.attachments import Attachment
from mlx_manager.db.columns import utc_now
from mlx_manager.db.conversations import Conversation
from mlx_manager.db.engine import Database
from mlx_manager.db.users import User
from mlx_manager.schemas.account import UserStatus
from mlx_manager.services.chat_purge import CHATS_AT_ONCE, ChatPurge

pytestmark = pytest.mark.anyio
NOW = utc_now()


@pytest.fixture
async def database(tmp_path: Path, migrated_database: Path) -> AsyncIterator[Database]:
    opened = Database(Path(shutil.copy(migrated_database, tmp_path / "manager.db")))
    user = User(id="ada", email="ada@example.com", password_hash="", status=UserStatus.APPROVED)
    async with opened.writing() as session:
        session.add(user)
    yield opened
    await opened.close()


def chat(title: str, days_old: float) -> Conversation:
    moment = NOW - timedelta(days=days_old)
    return Conversation(user_id="ada", title=title, model="m", created_at=moment, updated_at=moment)


def file(name: str, days_old: float, conversation: Conversation | None = None) -> Attachment:
    return Attachment(
        user_id="ada",
        conversation_id=None if conversation is None else conversation.id,
        name=name,
        media_type="text/plain",
        size_bytes=1,
        content="x",
        created_at=NOW - timedelta(days=days_old),
    )


async def titles(database: Database) -> list[str]:
    async with database.reading() as session:
        rows = await session.exec(select(Conversation.title).order_by(col(Conversation.title)))
        return list(rows.all())


async def test_only_chats_that_were_still_for_too_long_go(database: Database) -> None:
    async with database.writing() as session:
        session.add_all([chat("fresh", 0.5), chat("just", 29.9)])
        session.add_all([chat("old", 31) for _ in range(CHATS_AT_ONCE + 1)])
    assert await ChatPurge(database, lambda: 0, clock=lambda: NOW).purge() == 0
    purge = ChatPurge(database, lambda: 30, clock=lambda: NOW)
    assert await purge.purge() == CHATS_AT_ONCE + 1
    assert await titles(database) == ["fresh", "just"]
    assert await purge.purge() == 0


async def test_files_without_a_chat_go_after_a_day(database: Database) -> None:
    kept = chat("kept", 400)
    async with database.writing() as session:
        session.add(kept)
        await session.flush()
        session.add_all([file("used", 9, kept), file("fresh", 0.9), file("unused", 1.1)])
    await ChatPurge(database, lambda: 0, clock=lambda: NOW).purge()
    async with database.reading() as session:
        names = (await session.exec(select(Attachment.name))).all()
    assert sorted(names) == ["fresh", "used"]
