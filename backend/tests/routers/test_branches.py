"""Edits, other replies, and which branch of a conversation is shown, over HTTP."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.fakes.script import Script, WaitFor
from tests.manager import Manager
from tests.routers.talk import begin_chat, messages, say, watched

pytestmark = pytest.mark.anyio
CHATS = "/api/chat/conversations"
MESSAGES = "/api/chat/messages"


async def talk(manager: Manager, client: httpx.AsyncClient, chat: str, *turns: str) -> None:
    """Questions, each answered by its own echo."""
    for turn in turns:
        manager.engine.default = Script.of(f"re: {turn}")
        await watched(client, await say(client, chat, turn))


async def begin(client: httpx.AsyncClient, route: str, body: dict[str, Any]) -> dict[str, Any]:
    """A turn that another route begins, with its finished reply."""
    reply = await client.post(route, json=body)
    assert reply.status_code == 202, reply.text
    turn: dict[str, Any] = reply.json()
    assert turn["reply"]["status"] == "streaming"
    await watched(client, turn["reply"]["id"])
    return turn


def said(turns: list[dict[str, Any]]) -> list[str]:
    return [turn["content"] for turn in turns]


def last_prompt(manager: Manager) -> str:
    spec = manager.engine.specs[-1]
    return str(spec.model.tokenizer.decode(spec.prompt.token_ids))


async def test_an_edit_is_a_new_branch_and_the_old_one_stays(manager: Manager) -> None:
    ada = await manager.administrator()
    chat = await begin_chat(ada)
    await talk(manager, ada, chat, "one", "two")
    first, _, second, reply = await messages(ada, chat)
    manager.engine.default = Script.of("re: other")
    turn = await begin(ada, f"{MESSAGES}/{second['id']}/edit", {"content": "other"})
    assert turn["message"]["parent_id"] == second["parent_id"]
    assert "two" not in last_prompt(manager)
    shown = await messages(ada, chat)
    assert said(shown) == ["one", "re: one", "other", "re: other"]
    assert shown[2]["versions"] == [second["id"], turn["message"]["id"]]
    assert shown[0]["versions"] == [first["id"]]
    back = await ada.post(f"{MESSAGES}/{second['id']}/show")
    assert said(back.json()["messages"]) == ["one", "re: one", "two", "re: two"]
    assert back.json() == (await ada.get(f"{CHATS}/{chat}")).json()
    assert back.json()["messages"][3] == reply | {"versions": [reply["id"]], "beside": None}
    await talk(manager, ada, chat, "three")  # goes on where it is shown
    assert said(await messages(ada, chat))[2:] == ["two", "re: two", "three", "re: three"]
    assert "other" not in last_prompt(manager)


async def test_the_first_message_can_be_edited_too(manager: Manager) -> None:
    ada = await manager.administrator()
    chat = await begin_chat(ada)
    await talk(manager, ada, chat, "one")
    [first, _] = await messages(ada, chat)
    await begin(ada, f"{MESSAGES}/{first['id']}/edit", {"content": "uno"})
    shown = await messages(ada, chat)
    assert (shown[0]["content"], shown[0]["parent_id"]) == ("uno", None)
    assert (await ada.get(f"{CHATS}/{chat}")).json()["title"] == "one"


async def test_another_reply_stands_beside_the_first(manager: Manager) -> None:
    ada = await manager.administrator()
    chat = await begin_chat(ada)
    await talk(manager, ada, chat, "one")
    asked, first = await messages(ada, chat)
    manager.engine.default = Script.of("better")
    wishes = {"temperature": 0, "model": "mlx-manager/guide"}
    turn = await begin(ada, f"{MESSAGES}/{first['id']}/regenerate", wishes)
    assert manager.engine.specs[-1].sampling.temperature == 0
    shown = await messages(ada, chat)
    assert said(shown) == ["one", "better"]
    assert shown[1]["versions"] == [first["id"], turn["reply"]["id"]]
    third = await begin(ada, f"{MESSAGES}/{asked['id']}/regenerate", {})
    assert (await messages(ada, chat))[1]["versions"][2] == third["reply"]["id"]


async def test_a_turn_can_say_which_message_it_follows(manager: Manager) -> None:
    ada = await manager.administrator()
    chat = await begin_chat(ada)
    await talk(manager, ada, chat, "one", "two")
    turns = await messages(ada, chat)
    await watched(ada, await say(ada, chat, "aside", parent_id=turns[1]["id"]))
    assert said(await messages(ada, chat))[:3] == ["one", "re: one", "aside"]
    elsewhere = await begin_chat(ada)
    for other in (turns[1]["id"], "nothing"):
        body = {"content": "Hi", "parent_id": other}
        reply = await ada.post(f"{CHATS}/{elsewhere}/messages", json=body)
        assert (reply.status_code, reply.json()["code"]) == (404, "not_found")
    assert await messages(ada, elsewhere) == []


async def test_what_cannot_be_edited_or_answered_says_so(manager: Manager) -> None:
    ada = await manager.administrator()
    chat = await begin_chat(ada)
    await talk(manager, ada, chat, "one")
    first, reply = await messages(ada, chat)
    refused = await ada.post(f"{MESSAGES}/{reply['id']}/edit", json={"content": "I said"})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_editable")
    empty = await ada.post(f"{MESSAGES}/{first['id']}/edit", json={"content": " "})
    assert empty.status_code == 422
    manager.engine.default = Script.of("on ", WaitFor(asyncio.Event()))
    running = (await ada.post(f"{MESSAGES}/{reply['id']}/regenerate", json={})).json()["reply"]
    for route, body in (("regenerate", {}), ("edit", {"content": "x"})):
        message = reply if route == "regenerate" else first
        busy = await ada.post(f"{MESSAGES}/{message['id']}/{route}", json=body)
        assert (busy.status_code, busy.json()["code"]) == (409, "reply_running")
    await ada.post(f"{MESSAGES}/{running['id']}/stop")


async def test_a_branch_is_deleted_with_all_that_follows_and_its_neighbour_is_shown(
    manager: Manager,
) -> None:
    ada = await manager.administrator()
    chat = await begin_chat(ada)
    await talk(manager, ada, chat, "one", "two", "three")
    turns = await messages(ada, chat)
    await begin(ada, f"{MESSAGES}/{turns[2]['id']}/edit", {"content": "other"})
    await talk(manager, ada, chat, "more")
    edited = (await messages(ada, chat))[2]
    assert (await ada.delete(f"{MESSAGES}/{edited['id']}")).status_code == 204
    assert said(await messages(ada, chat)) == said(turns)
    assert (await ada.delete(f"{MESSAGES}/{turns[2]['id']}")).status_code == 204
    assert said(await messages(ada, chat)) == ["one", "re: one"]
    assert (await ada.delete(f"{MESSAGES}/{turns[0]['id']}")).status_code == 204
    assert await messages(ada, chat) == []
    await talk(manager, ada, chat, "anew")
    assert said(await messages(ada, chat)) == ["anew", "re: anew"]


async def test_deleting_a_branch_ends_the_reply_in_it(manager: Manager) -> None:
    ada = await manager.administrator()
    chat = await begin_chat(ada)
    manager.engine.default = Script.of("on ", WaitFor(asyncio.Event()))
    reply_id = await say(ada, chat)
    async with asyncio.timeout(10):
        assert (await ada.delete(f"{MESSAGES}/{reply_id}")).status_code == 204
        await manager.engine.until_quiet()
    assert [turn["role"] for turn in await messages(ada, chat)] == ["user"]


async def test_deleting_one_branch_leaves_the_reply_in_another_alone(manager: Manager) -> None:
    ada = await manager.administrator()
    chat = await begin_chat(ada)
    await talk(manager, ada, chat, "one")
    first, reply = await messages(ada, chat)
    manager.engine.default = Script.of("on ", WaitFor(asyncio.Event()))
    route = f"{MESSAGES}/{first['id']}/edit"
    running = (await ada.post(route, json={"content": "uno"})).json()["reply"]
    assert (await ada.delete(f"{MESSAGES}/{reply['id']}")).status_code == 204
    assert (await messages(ada, chat))[-1]["status"] == "streaming"
    stopped = await ada.post(f"{MESSAGES}/{running['id']}/stop")
    assert stopped.json()["status"] == "stopped"


async def test_the_branch_is_read_in_pages_from_its_end(manager: Manager) -> None:
    ada = await manager.administrator()
    chat = await begin_chat(ada)
    await talk(manager, ada, chat, "one", "two", "three")
    route = f"{CHATS}/{chat}/messages"
    first = (await ada.get(route, params={"limit": 4})).json()
    assert said(first["items"]) == ["re: three", "three", "re: two", "two"]
    rest = (await ada.get(route, params={"limit": 4, "cursor": first["next_cursor"]})).json()
    assert (said(rest["items"]), rest["next_cursor"]) == (["re: one", "one"], None)
    turns = await messages(ada, chat)
    await begin(ada, f"{MESSAGES}/{turns[0]['id']}/edit", {"content": "uno"})
    stale = await ada.get(route, params={"cursor": first["next_cursor"]})
    assert (stale.status_code, stale.json()["code"]) == (400, "bad_cursor")
