"""Searching one's chats, over HTTP."""

from typing import Any

import httpx
import pytest

from tests.fakes.script import Script
from tests.manager import Manager
from tests.routers.talk import begin_chat, messages, say, watched

pytestmark = pytest.mark.anyio
CHATS = "/api/chat/conversations"


async def search(client: httpx.AsyncClient, q: str, **wanted: Any) -> dict[str, Any]:
    reply = await client.get("/api/chat/search", params={"q": q, **wanted})
    assert reply.status_code == 200, reply.text
    page: dict[str, Any] = reply.json()
    return page


async def hits(client: httpx.AsyncClient, q: str) -> list[str | None]:
    return [hit["message_id"] for hit in (await search(client, q))["items"]]


async def test_questions_replies_and_titles_are_found_with_what_matched(manager: Manager) -> None:
    ada = await manager.administrator()
    chat = await begin_chat(ada, title="Kitchen")
    manager.engine.default = Script.of("Butter the **mould** before the dough.")
    reply_id = await say(ada, chat, "How do I bake a cake?")
    await watched(ada, reply_id)
    [hit] = (await search(ada, "mould"))["items"]
    assert (hit["conversation_id"], hit["title"]) == (chat, "Kitchen")
    assert (hit["message_id"], hit["role"]) == (reply_id, "assistant")
    assert [part["text"] for part in hit["snippet"] if part["is_match"]] == ["mould"]
    assert "".join(part["text"] for part in hit["snippet"]).startswith("Butter the **mould**")
    [title] = (await search(ada, "kitch"))["items"]
    assert (title["message_id"], title["role"], title["conversation_id"]) == (None, None, chat)
    await ada.patch(f"{CHATS}/{chat}", json={"title": "Oven"})
    assert await hits(ada, "kitchen") == []
    assert await hits(ada, "oven") == [None]


async def test_the_best_comes_first_and_pages_go_on(manager: Manager) -> None:
    ada = await manager.administrator()
    manager.engine.default = Script.of("Yes.")
    chat = await begin_chat(ada, title="Fruit")
    for text in ("apple " * 8, "an apple among very many other and quite different words", "apple"):
        await watched(ada, await say(ada, chat, text))
    asked = [turn["id"] for turn in await messages(ada, chat) if turn["role"] == "user"]
    found = await hits(ada, "apple")
    assert sorted(map(str, found)) == sorted(asked)
    assert found[-1] == asked[1]
    first = await search(ada, "apple", limit=2)
    rest = await search(ada, "apple", limit=2, cursor=first["next_cursor"])
    assert [hit["message_id"] for hit in first["items"] + rest["items"]] == found
    assert rest["next_cursor"] is None
    for cursor in ("nonsense", "MTk3MC0wMS0wMVQwMDowMDowMCswMDowMCAtMQ=="):
        wrong = await ada.get("/api/chat/search", params={"q": "apple", "cursor": cursor})
        assert (wrong.status_code, wrong.json()["code"]) == (400, "bad_cursor")


async def test_nobody_finds_what_is_anothers(manager: Manager) -> None:
    ada = await manager.administrator()
    bob = await manager.user(ada, "bob@example.com")
    chat = await begin_chat(bob, title="secret plans")
    await watched(bob, await say(bob, chat, "the secret is rhubarb"))
    assert len(await hits(bob, "secret")) == 2
    bob_id = (await bob.get("/api/auth/me")).json()["id"]
    for q in ("secret", "rhubarb", f"owner : {bob_id}", bob_id, f'") OR owner : ("{bob_id}'):
        assert await hits(ada, q) == []


async def test_what_is_deleted_is_found_no_more(manager: Manager) -> None:
    ada = await manager.administrator()
    manager.engine.default = Script.of("rhubarb")
    chat = await begin_chat(ada, title="one")
    reply_id = await say(ada, chat, "celery")
    await watched(ada, reply_id)
    assert await hits(ada, "rhubarb") == [reply_id]
    await ada.delete(f"/api/chat/messages/{reply_id}")
    assert await hits(ada, "rhubarb") == []
    assert len(await hits(ada, "celery")) == 1
    await ada.delete(f"{CHATS}/{chat}")
    assert await hits(ada, "celery") == await hits(ada, "one") == []


@pytest.mark.parametrize("q", ['"', "NEAR(", "a AND", "*", "col:x", "-a", "\0", "(((", "'; --"])
async def test_nothing_that_is_typed_is_an_error(manager: Manager, q: str) -> None:
    ada = await manager.administrator()
    assert (await search(ada, q))["items"] == []
