"""Text files that come with messages, over HTTP."""

from typing import Any

import httpx
import pytest

from mlx_manager.services import attachment_service
from tests.manager import Manager
from tests.routers.talk import begin_chat, messages, say, watched

pytestmark = pytest.mark.anyio
CHATS = "/api/chat/conversations"
FILES = "/api/chat/attachments"


async def upload(
    client: httpx.AsyncClient, name: str = "notes.txt", content: bytes | str = "two eggs"
) -> dict[str, Any]:
    reply = await client.post(
        FILES, params={"name": name}, content=content, headers={"content-type": "text/markdown"}
    )
    assert reply.status_code == 201, reply.text
    file: dict[str, Any] = reply.json()
    return file


async def test_a_file_comes_before_the_words_in_the_prompt_and_stays_in_the_branch(
    manager: Manager,
) -> None:
    ada = await manager.administrator()
    file, chat = await upload(ada), await begin_chat(ada)
    await watched(ada, await say(ada, chat, "How many?", attachments=[file["id"]]))
    spec = manager.engine.specs[-1]
    prompt = spec.model.tokenizer.decode(spec.prompt.token_ids)
    assert '<file name="notes.txt">\ntwo eggs\n</file>\n\nHow many?<|im_end|>' in prompt
    [asked, _] = await messages(ada, chat)
    known = {key: file[key] for key in ("id", "name", "media_type", "size_bytes")}
    assert asked["attachments"] == [known]
    assert known["media_type"] == "text/markdown"
    await watched(ada, await say(ada, chat, "Sure?"))
    spec = manager.engine.specs[-1]
    assert "two eggs" in spec.model.tokenizer.decode(spec.prompt.token_ids)
    edit = {"content": "How few?", "attachments": [file["id"]]}
    edited = await ada.post(f"/api/chat/messages/{asked['id']}/edit", json=edit)
    assert edited.json()["message"]["attachments"] == [known]
    await watched(ada, edited.json()["reply"]["id"])
    await ada.delete(f"{CHATS}/{chat}")
    assert (await ada.get(f"{FILES}/{file['id']}")).status_code == 404


async def test_a_message_may_be_a_file_alone_and_gives_the_chat_its_name(manager: Manager) -> None:
    ada = await manager.administrator()
    file, chat = await upload(ada, "report.csv"), await begin_chat(ada)
    await watched(ada, await say(ada, chat, "", attachments=[file["id"]]))
    assert (await ada.get(f"{CHATS}/{chat}")).json()["title"] == "report.csv"


async def test_a_file_is_shown_as_it_came_and_never_as_a_page(manager: Manager) -> None:
    ada = await manager.administrator()
    file = await upload(ada, "../page.html", "<script>alert(1)</script> Ü")
    assert (file["name"], file["conversation_id"]) == ("page.html", None)
    assert file["size_bytes"] == len("<script>alert(1)</script> Ü".encode())
    content = await ada.get(f"{FILES}/{file['id']}/content")
    assert content.text == "<script>alert(1)</script> Ü"
    assert content.headers["content-type"] == "text/plain; charset=utf-8"
    assert content.headers["content-disposition"].startswith("attachment")
    assert (await ada.get(f"{FILES}/{file['id']}")).json() == file


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"\x89PNG\r\n\x1a\n", 415, "not_text"),
        (b"x" * (attachment_service.MOST_FILE_BYTES + 1), 413, "attachment_too_large"),
    ],
)
async def test_what_is_no_text_or_too_large_is_refused(
    manager: Manager, content: bytes, status: int, code: str
) -> None:
    ada = await manager.administrator()
    reply = await ada.post(FILES, params={"name": "a.bin"}, content=content)
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert "a.bin" in reply.json()["detail"]
    assert (await ada.get(FILES)).json()["items"] == []


async def test_ones_files_have_a_limit_in_all(
    manager: Manager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachment_service, "MOST_USER_BYTES", 10)
    ada = await manager.administrator()
    bob = await manager.user(ada, "bob@example.com")
    first = await upload(ada)
    await upload(bob)
    full = await ada.post(FILES, params={"name": "b.txt"}, content="more")
    assert (full.status_code, full.json()["code"]) == (409, "attachments_full")
    assert (await ada.delete(f"{FILES}/{first['id']}")).status_code == 204
    await upload(ada)


async def test_a_file_belongs_to_one_owner_and_one_chat(manager: Manager) -> None:
    ada = await manager.administrator()
    bob = await manager.user(ada, "bob@example.com")
    file, chat = await upload(ada), await begin_chat(ada)
    body = {"content": "Hi", "attachments": [file["id"]]}
    stolen = await bob.post(f"{CHATS}/{await begin_chat(bob)}/messages", json=body)
    assert (stolen.status_code, stolen.json()["code"]) == (404, "not_found")
    await watched(ada, await say(ada, chat, **body))
    elsewhere = await ada.post(f"{CHATS}/{await begin_chat(ada)}/messages", json=body)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "not_found")
    used = await ada.delete(f"{FILES}/{file['id']}")
    assert (used.status_code, used.json()["code"]) == (409, "attachment_in_use")
    twice = {"content": "Hi", "attachments": [file["id"]] * 2}
    assert (await ada.post(f"{CHATS}/{chat}/messages", json=twice)).status_code == 422
    assert (await bob.get(FILES)).json()["items"] == []


async def test_files_are_listed_latest_first_in_pages(manager: Manager) -> None:
    ada = await manager.administrator()
    made = [await upload(ada, f"{number}.txt") for number in range(3)]
    first = (await ada.get(FILES, params={"limit": 2})).json()
    rest = (await ada.get(FILES, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert first["items"] + rest["items"] == made[::-1]
