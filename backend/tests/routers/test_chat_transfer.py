"""Chats as files, out of one account and into another, over HTTP."""

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings

from mlx_manager.db.engine import Database
from mlx_manager.db.users import User
from mlx_manager.schemas.account import UserStatus
from mlx_manager.schemas.chat_export import ChatExport, ExportedConversation
from mlx_manager.services.chat_transfer import ChatTransfer
from tests.fakes.script import Script
from tests.manager import Manager
from tests.routers.exported_chats import exported_chats, file_of
from tests.routers.talk import begin_chat, messages, say, watched

pytestmark = pytest.mark.anyio
CHATS = "/api/chat/conversations"
IMPORT = "/api/chat/import"


async def a_chat(manager: Manager, client: httpx.AsyncClient) -> str:
    """With two branches, a file, a folder and settings of its own."""
    folder = (await client.post("/api/chat/folders", json={"name": "Work"})).json()
    upload = await client.post(
        "/api/chat/attachments", params={"name": "a.txt"}, content="some text"
    )
    chat = await begin_chat(
        client, folder_id=folder["id"], system_prompt="Be kind.", parameters={"temperature": 0}
    )
    manager.engine.default = Script.of("<think>\nHm.\n</think>\n\nOne.")
    reply_id = await say(client, chat, "First", attachments=[upload.json()["id"]])
    await watched(client, reply_id)
    again = await client.post(f"/api/chat/messages/{reply_id}/regenerate", json={})
    await watched(client, again.json()["reply"]["id"])
    await client.post(f"/api/chat/messages/{reply_id}/show")
    return chat


async def bring(client: httpx.AsyncClient, text: str, kind: str = "application/json") -> list[str]:
    reply = await client.post(IMPORT, content=text, headers={"content-type": kind})
    assert reply.status_code == 201, reply.text
    ids: list[str] = reply.json()["conversation_ids"]
    return ids


async def test_a_chat_goes_from_one_account_to_another_with_all_its_branches(
    manager: Manager,
) -> None:
    ada = await manager.administrator()
    bob = await manager.user(ada, "bob@example.com")
    chat = await a_chat(manager, ada)
    out = await ada.get(f"{CHATS}/{chat}/export")
    assert out.headers["content-disposition"] == 'attachment; filename="chat.json"'
    assert chat not in out.text  # no id of the database leaves it
    [copy] = await bring(bob, out.text)
    assert (await bob.get(f"{CHATS}/{copy}/export")).text == out.text
    turns = await messages(bob, copy)
    assert [turn["content"] for turn in turns] == ["First", "One."]
    assert (turns[1]["reasoning"], len(turns[1]["versions"])) == ("Hm.", 2)
    file = turns[0]["attachments"][0]["id"]
    assert (await bob.get(f"/api/chat/attachments/{file}/content")).text == "some text"
    assert (await ada.get(f"/api/chat/attachments/{file}")).status_code == 404
    assert [folder["name"] for folder in (await bob.get("/api/chat/folders")).json()["items"]] == [
        "Work"
    ]
    assert (await bob.get("/api/chat/search", params={"q": "first"})).json()["items"]
    await watched(bob, await say(bob, copy, "Second"))  # and it goes on


async def test_the_branch_that_is_shown_goes_as_markdown(manager: Manager) -> None:
    ada = await manager.administrator()
    chat = await a_chat(manager, ada)
    out = await ada.get(f"{CHATS}/{chat}/export", params={"format": "markdown"})
    assert out.headers["content-type"].startswith("text/markdown")
    assert "## You\n\nFirst\n" in out.text
    [copy] = await bring(ada, out.text, "text/markdown; charset=utf-8")
    again = await ada.get(f"{CHATS}/{copy}/export", params={"format": "markdown"})
    assert again.text == out.text
    assert len((await messages(ada, copy))[1]["versions"]) == 1


async def test_all_of_ones_chats_are_one_file_and_nobody_elses(manager: Manager) -> None:
    ada = await manager.administrator()
    bob = await manager.user(ada, "bob@example.com")
    assert (await bob.get("/api/chat/export")).json()["conversations"] == []
    for title in ("one", "two", "three"):
        await begin_chat(ada, title=title)
    await begin_chat(bob, title="bob's")
    everything = (await ada.get("/api/chat/export")).text
    assert [chat["title"] for chat in json.loads(everything)["conversations"]] == [
        "three",
        "two",
        "one",
    ]
    await bring(bob, everything)
    listed = (await bob.get(CHATS)).json()["items"]
    assert [chat["title"] for chat in listed] == ["three", "two", "one", "bob's"]


MESSAGE = {"id": 0, "parent": None, "role": "user", "content": "Hi"}
TIMED = {**MESSAGE, "created_at": "2026-01-01T00:00:00Z"}


def with_messages(*turns: dict[str, Any], **change: Any) -> str:
    chat = {"title": "T", "model": "m", "created_at": TIMED["created_at"], "messages": turns}
    return json.dumps({"conversations": [{**chat, **change}]})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "JSON"),
        ("[" * 5000, "JSON"),
        ('{"conversations": [{}]}', "conversations.0.title"),
        ('{"version": 2, "conversations": []}', "version"),
        ('{"other": 1, "conversations": []}', "other"),
        (with_messages(MESSAGE), "messages.0.created_at"),
        (with_messages({**TIMED, "created_at": "0001-01-01T00:00:00+14:00"}), "1970"),
        (with_messages(TIMED, TIMED), "two messages"),
        (with_messages({**TIMED, "parent": 0}), "does not come before"),
        (with_messages(TIMED, shown=4), "shown"),
        (with_messages({**TIMED, "content": "\ud800"}), "JSON"),
        (with_messages(TIMED, created_at="yesterday"), "created_at"),
    ],
)
async def test_what_is_no_export_is_refused_with_the_place_and_leaves_nothing(
    manager: Manager, text: str, says: str
) -> None:
    ada = await manager.administrator()
    for kind in ("application/json", "text/plain"):
        reply = await ada.post(IMPORT, content=text, headers={"content-type": kind})
        assert (reply.status_code, reply.json()["code"]) == (400, "not_an_export"), reply.text
        assert says in reply.json()["detail"]
    assert (await ada.get(CHATS)).json()["items"] == []


async def test_a_file_is_taken_whole_or_not_at_all(manager: Manager) -> None:
    ada = await manager.administrator()
    good = json.loads(with_messages(TIMED))["conversations"][0]
    file = {"conversations": [good, {**good, "model": ""}]}
    reply = await ada.post(IMPORT, json=file)
    assert (reply.status_code, "conversations.1.model" in reply.text) == (400, True)
    assert (await ada.get(CHATS)).json()["items"] == []


@pytest.fixture
async def transfer(tmp_path: Path, migrated_database: Path) -> AsyncIterator[ChatTransfer]:
    database = Database(Path(shutil.copy(migrated_database, tmp_path / "manager.db")))
    user = User(id="u" * 32, email="a@b.c", password_hash="", status=UserStatus.APPROVED)
    async with database.writing() as session:
        session.add(user)
    yield ChatTransfer(database)
    await database.close()


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)
@given(chat=exported_chats())
async def test_whatever_is_imported_is_exported_again_to_the_letter(
    transfer: ChatTransfer, chat: ExportedConversation
) -> None:
    [copy] = await transfer.import_json("u" * 32, file_of(chat).encode())
    assert ChatExport.model_validate_json(await transfer.export_json("u" * 32, copy)) == ChatExport(
        conversations=[chat]
    )
