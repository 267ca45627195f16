"""Replies end for their watchers whatever goes wrong: in the spine, or in the database."""

import asyncio
import contextlib
import logging
import shutil
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Never

import pytest

from mlx_manager.db.engine import Database
from mlx_manager.db.messages import Message
from mlx_manager.db.users import User
from mlx_manager.errors import NotFound, ShuttingDown
from mlx_manager.mlx_server.config import MLXServerSettings
from mlx_manager.mlx_server.core.events import GenerationEvent, TextDelta
from mlx_manager.mlx_server.core.halt import Halt
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.request import GenerationRequest
from mlx_manager.mlx_server.errors import ModelNotFound
from mlx_manager.mlx_server.models.catalog import ModelInfo
from mlx_manager.mlx_server.models.profiles import Profiles
from mlx_manager.mlx_server.models.status import PoolStatus
from mlx_manager.schemas.account import UserStatus
from mlx_manager.schemas.conversation import ConversationCreate
from mlx_manager.schemas.message import MessageCreate, MessageReply, MessageStatus, ReplyAgain, Role
from mlx_manager.schemas.reply_event import DoneEvent
from mlx_manager.services.chat_service import ChatService
from mlx_manager.services.inference import Inference
from mlx_manager.services.reply_service import ReplyService
from mlx_manager.services.turn import Beside

pytestmark = pytest.mark.anyio
FULL_DISK = (
    "CREATE TRIGGER full BEFORE UPDATE ON messages BEGIN SELECT RAISE(ABORT, 'disk full'); END"
)


def nowhere(model: ModelId) -> Path:
    raise ModelNotFound(f"no {model}")


def adopts_nothing(settings: MLXServerSettings) -> None:
    raise AssertionError("nobody changes a setting here")


def no_status() -> PoolStatus:
    raise NotImplementedError


def no_models() -> list[ModelInfo]:
    raise NotImplementedError


def no_model(wanted: object) -> ModelInfo:
    raise NotImplementedError


async def no_vectors(wanted: object) -> Never:
    raise NotImplementedError


async def no_unload(model: ModelId) -> None:
    raise NotImplementedError


def inference(
    generate: Callable[[GenerationRequest, Halt], AsyncIterator[GenerationEvent]],
) -> Inference:
    return Inference(
        generate=generate,
        embed=no_vectors,
        rerank=no_vectors,
        locate=nowhere,
        status=no_status,
        models=no_models,
        find=no_model,
        check=no_model,
        load=no_unload,
        unload=no_unload,
        adopt=adopts_nothing,
        profiles=Profiles(),
    )


async def breaks(request: GenerationRequest, halt: Halt) -> AsyncIterator[GenerationEvent]:
    yield TextDelta("half ")
    raise ZeroDivisionError("nobody thought of this")


async def never_ends(request: GenerationRequest, halt: Halt) -> AsyncIterator[GenerationEvent]:
    yield TextDelta("so far")
    await asyncio.Event().wait()


async def deaf(request: GenerationRequest, halt: Halt) -> AsyncIterator[GenerationEvent]:
    halt.listen(lambda: None)
    yield TextDelta("so far")
    await asyncio.Event().wait()


@pytest.fixture
async def database(tmp_path: Path, migrated_database: Path) -> AsyncIterator[Database]:
    opened = Database(Path(shutil.copy(migrated_database, tmp_path / "manager.db")))
    yield opened
    await opened.close()


@pytest.fixture
async def ada(database: Database) -> User:
    user = User(email="ada@example.com", password_hash="", status=UserStatus.APPROVED)
    async with database.writing() as session:
        session.add(user)
    return user


async def ending(service: ReplyService, user: User, reply_id: str) -> MessageReply:
    async with asyncio.timeout(5):
        events = [event async for event in await service.watch(user, reply_id)]
    assert isinstance(events[-1], DoneEvent)
    return events[-1].message


async def begin(service: ReplyService, chat: ChatService, user: User) -> tuple[str, str]:
    conversation = await chat.create(user.id, ConversationCreate())
    turn = await service.start(user, conversation.id, MessageCreate(content="Hi"), "req_1")
    return conversation.id, turn.reply.id


async def test_a_fault_that_nobody_thought_of_fails_the_reply_and_is_logged(
    database: Database, ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    chat = ChatService(database)
    service = ReplyService(chat, inference(breaks))
    _, reply_id = await begin(service, chat, ada)
    message = await ending(service, ada, reply_id)
    assert (message.status, message.content) == (MessageStatus.FAILED, "half ")
    assert message.error is not None
    assert message.error.code == "internal_error"
    assert "ZeroDivisionError" not in message.error.message
    assert "nobody thought of this" in caplog.text
    assert (await ending(service, ada, reply_id)).status is MessageStatus.FAILED  # as it is kept


async def test_an_end_that_cannot_be_kept_still_ends_and_the_conversation_goes_on(
    database: Database, ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    chat = ChatService(database)
    service = ReplyService(chat, inference(never_ends))
    conversation_id, reply_id = await begin(service, chat, ada)
    with contextlib.closing(sqlite3.connect(database.path)) as connection:
        connection.execute(FULL_DISK)
    caplog.set_level(logging.ERROR)
    await service.stop_conversation(conversation_id)
    assert "disk full" in caplog.text
    assert service.running_count == 0
    assert (await ending(service, ada, reply_id)).status is MessageStatus.STOPPED
    with contextlib.closing(sqlite3.connect(database.path)) as connection:
        connection.execute("DROP TRIGGER full")
    turn = await service.start(ada, conversation_id, MessageCreate(content="Again"), "req_2")
    assert [message.status for message in turn.history] == [
        MessageStatus.COMPLETE,
        MessageStatus.STOPPED,
        MessageStatus.COMPLETE,
    ]
    await service.close()


async def test_closing_twice_is_closing_and_nothing_begins_after_it(
    database: Database, ada: User
) -> None:
    chat = ChatService(database)
    service = ReplyService(chat, inference(never_ends))
    _, reply_id = await begin(service, chat, ada)
    await asyncio.gather(service.close(), service.close())
    assert (await chat.find_message(ada.id, reply_id)).status is MessageStatus.STOPPED
    with pytest.raises(ShuttingDown):
        await begin(service, chat, ada)


async def test_anothers_reply_is_not_found_even_while_it_runs(
    database: Database, ada: User
) -> None:
    eve = User(email="eve@example.com", password_hash="", status=UserStatus.APPROVED)
    async with database.writing() as session:
        session.add(eve)
    chat = ChatService(database)
    service = ReplyService(chat, inference(never_ends))
    conversation_id, reply_id = await begin(service, chat, ada)
    with pytest.raises(NotFound):
        await service.watch(eve, reply_id)
    with pytest.raises(NotFound):
        await service.stop(eve, reply_id)
    with pytest.raises(NotFound):  # and not ReplyRunning, which would tell that it exists
        await service.start(eve, conversation_id, MessageCreate(content="Hi"), "req_2")
    assert service.running_count == 1
    await service.close()


async def test_a_spine_that_does_not_hear_is_ended_all_the_same(
    database: Database, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlx_manager.services.reply_service.STOP_SECONDS", 0.01)
    chat = ChatService(database)
    service = ReplyService(chat, inference(deaf))
    conversation_id, reply_id = await begin(service, chat, ada)
    async with asyncio.timeout(5):
        await service.stop_conversation(conversation_id)
    kept = await chat.find_message(ada.id, reply_id)
    assert (kept.status, kept.usage) == (MessageStatus.STOPPED, None)


@pytest.mark.parametrize("whose", ["conversation", "user"])
async def test_a_reply_that_is_just_beginning_is_ended_too(
    database: Database, ada: User, whose: str
) -> None:
    asked, let_go = threading.Event(), threading.Event()

    def locate(model: ModelId) -> Path:
        asked.set()
        assert let_go.wait(5)
        return nowhere(model)

    chat = ChatService(database)
    service = ReplyService(chat, replace(inference(never_ends), locate=locate))
    conversation = await chat.create(ada.id, ConversationCreate())
    hello = MessageCreate(content="Hi")
    starting = asyncio.create_task(service.start(ada, conversation.id, hello, "req_1"))
    assert await asyncio.to_thread(asked.wait, 5)
    stop = service.stop_user(ada.id)
    if whose == "conversation":
        stop.close()
        stop = service.stop_conversation(conversation.id)
    stopping = asyncio.create_task(stop)
    await asyncio.sleep(0)  # it has looked by now at what is to be stopped
    let_go.set()
    async with asyncio.timeout(5):
        turn, _ = await asyncio.gather(starting, stopping)
    assert service.running_count == 0
    kept = await chat.find_message(ada.id, turn.reply.id)
    assert kept.status is MessageStatus.STOPPED


async def test_two_compared_replies_are_ended_at_once_however_deaf_they_are(
    database: Database, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlx_manager.services.reply_service.STOP_SECONDS", 0.01)
    chat = ChatService(database)
    service = ReplyService(chat, inference(deaf))
    conversation_id, first = await begin(service, chat, ada)
    turn = await service.start(ada, conversation_id, ReplyAgain(), "req_2", Beside(first))
    assert service.running_count == 2
    async with asyncio.timeout(5):
        await service.stop_conversation(conversation_id)
    kept = [await chat.find_message(ada.id, each) for each in (first, turn.reply.id)]
    assert [each.status for each in kept] == [MessageStatus.STOPPED] * 2


async def test_a_comparison_settles_what_a_fault_left_but_not_what_runs(
    database: Database, ada: User
) -> None:
    chat = ChatService(database)
    service = ReplyService(chat, inference(never_ends))
    conversation_id, first = await begin(service, chat, ada)
    left = Message(
        conversation_id=conversation_id,
        position=9,
        role=Role.ASSISTANT,
        status=MessageStatus.STREAMING,
    )
    async with database.writing() as session:
        session.add(left)
    await service.start(ada, conversation_id, ReplyAgain(), "req_2", Beside(first))
    kept = [await chat.find_message(ada.id, each) for each in (first, left.id)]
    assert [each.status for each in kept] == [MessageStatus.STREAMING, MessageStatus.STOPPED]
    await service.close()
