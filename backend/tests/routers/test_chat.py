"""Conversations and turns, over HTTP."""

import asyncio
from typing import Any

import pytest

from mlx_manager.mlx_server.core.ids import GUIDE_MODEL_ID
from tests.fakes.script import Forever, Script, WaitFor
from tests.manager import Manager
from tests.routers.talk import ask, begin_chat, messages, say, watched, watching

pytestmark = pytest.mark.anyio
CHATS = "/api/chat/conversations"
ADD = {"type": "function", "function": {"name": "add", "parameters": {"type": "object"}}}
CALL = '<tool_call>{"name": "add", "arguments": {"x": 1}}</tool_call>'


async def test_a_conversation_is_made_read_renamed_and_deleted(manager: Manager) -> None:
    ada = await manager.administrator()
    made = (await ada.post(CHATS, json={})).json()
    assert made.keys() == {
        *("id", "title", "model", "folder_id", "system_prompt", "parameters"),
        *("created_at", "updated_at"),
    }
    assert (made["title"], made["model"]) == ("New chat", GUIDE_MODEL_ID)
    route = f"{CHATS}/{made['id']}"
    assert (await ada.get(route)).json() == {**made, "messages": []}
    renamed = await ada.patch(route, json={"title": " Plans ", "model": "org/other"})
    assert renamed.json() == {**made, "title": "Plans", "model": "org/other"}
    [listed] = (await ada.get(CHATS)).json()["items"]
    assert (await ada.get(f"{route}/summary")).json() == listed
    assert (await ada.delete(route)).status_code == 204
    for address in (route, f"{route}/summary"):
        gone = await ada.get(address)
        assert (gone.status_code, gone.json()["code"]) == (404, "not_found")


async def test_conversations_are_listed_latest_first_in_pages(manager: Manager) -> None:
    ada = await manager.administrator()
    made = [await begin_chat(ada, title=f"chat {number}") for number in range(5)]
    await watched(ada, await say(ada, made[1]))
    first = (await ada.get(CHATS, params={"limit": 3})).json()
    rest = (await ada.get(CHATS, params={"limit": 3, "cursor": first["next_cursor"]})).json()
    listed = [chat["id"] for chat in first["items"] + rest["items"]]
    assert listed == [made[1], made[4], made[3], made[2], made[0]]
    assert rest["next_cursor"] is None


async def test_a_turn_is_kept_with_its_reply_and_names_the_conversation(manager: Manager) -> None:
    ada = await manager.administrator()
    chat = await begin_chat(ada)
    question = "\n  How do I load a model that is larger than the memory of this machine, please?"
    await watched(ada, await say(ada, chat, question, model="mlx-manager/guide"))
    kept = (await ada.get(f"{CHATS}/{chat}")).json()
    assert kept["title"] == "How do I load a model that is larger than the memory of this…"
    asked, answered = kept["messages"]
    assert (asked["role"], asked["content"], asked["status"]) == ("user", question, "complete")
    assert (answered["role"], answered["content"]) == ("assistant", "Hello!")
    assert (answered["status"], answered["finish_reason"]) == ("complete", "stop")
    assert answered["model"] == GUIDE_MODEL_ID
    assert answered["usage"]["completion_tokens"] == len("Hello!") + 1
    assert answered["usage"]["tokens_per_second"] == 14.0
    assert answered["usage"]["time_to_first_token_ms"] > 0


async def test_a_title_that_was_given_stays(manager: Manager) -> None:
    ada = await manager.administrator()
    chat = await begin_chat(ada, title="Mine")
    await watched(ada, await say(ada, chat, "Something else"))
    assert (await ada.get(f"{CHATS}/{chat}")).json()["title"] == "Mine"


async def test_the_model_sees_all_earlier_turns_and_the_wishes_of_this_one(
    manager: Manager,
) -> None:
    ada = await manager.administrator()
    chat = await begin_chat(ada)
    await watched(ada, await say(ada, chat, "first"))
    wishes: dict[str, Any] = {"temperature": 0, "top_p": 0.5, "max_tokens": 3, "seed": 7}
    await watched(ada, await say(ada, chat, "second", thinking=False, **wishes))
    spec = manager.engine.specs[-1]
    prompt = spec.model.tokenizer.decode(spec.prompt.token_ids)
    assert prompt == (
        "<|im_start|>user\nfirst<|im_end|>\n<|im_start|>assistant\nHello!<|im_end|>\n"
        "<|im_start|>user\nsecond<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n"
    )
    sampling = spec.sampling
    assert (sampling.temperature, sampling.top_p, sampling.seed) == (0, 0.5, 7)
    assert spec.max_tokens == 3
    assert [turn["finish_reason"] for turn in await messages(ada, chat)][1::2] == ["stop", "length"]


async def test_prefixes_are_shared_within_one_user_only(manager: Manager) -> None:
    ada = await manager.administrator()
    bob = await manager.user(ada, "bob@example.com")
    for client in (ada, ada, bob):
        await ask(client)
    first, second, other = (spec.scope for spec in manager.engine.specs)
    assert first == second != other


async def test_a_tool_is_called_and_its_result_answered(manager: Manager) -> None:
    ada = await manager.administrator()
    begin = asyncio.Event()
    manager.engine.default = Script.of(WaitFor(begin), CALL)
    chat = await begin_chat(ada)
    reply_id = await say(ada, chat, "1 + 1?", tools=[ADD])
    async with watching(ada, reply_id) as stream:
        await anext(stream)
        begin.set()
        events = [event async for event in stream]
    deltas = [data for name, data in events if name == "tool_call"]
    assert (deltas[0]["index"], deltas[0]["name"]) == (0, "add")
    reply = events[-1][1]["message"]
    assert reply["finish_reason"] == "tool_calls"
    [call] = reply["tool_calls"]
    assert call == {"id": deltas[0]["id"], "name": "add", "arguments": '{"x": 1}'}
    manager.engine.default = Script.of("Two.")
    result = {"role": "tool", "tool_call_id": call["id"], "content": "2"}
    await watched(ada, await say(ada, chat, tools=[ADD], **result))
    assert [turn["role"] for turn in await messages(ada, chat)] == [
        "user",
        "assistant",
        "tool",
        "assistant",
    ]
    assert (await messages(ada, chat))[-1]["content"] == "Two."


async def test_the_results_of_several_calls_start_one_reply(manager: Manager) -> None:
    ada = await manager.administrator()
    manager.engine.default = Script.of(CALL + CALL)
    chat = await begin_chat(ada)
    calls = (await watched(ada, await say(ada, chat, tools=[ADD])))[-1][1]["message"]["tool_calls"]
    assert len(calls) == 2
    manager.engine.default = Script.of("Two and three.")
    given = [{"tool_call_id": call["id"], "content": f"{at + 2}"} for at, call in enumerate(calls)]
    asked = len(manager.engine.specs)
    reply = await ada.post(f"{CHATS}/{chat}/results", json={"results": given, "tools": [ADD]})
    assert reply.status_code == 202, reply.text
    turn = reply.json()
    assert [(m["role"], m["tool_call_id"], m["content"]) for m in turn["messages"]] == [
        ("tool", result["tool_call_id"], result["content"]) for result in given
    ]
    await watched(ada, turn["reply"]["id"])
    assert len(manager.engine.specs) == asked + 1
    prompt = manager.engine.tokenizer.decode(manager.engine.specs[-1].prompt.token_ids)
    assert prompt.index("<|im_start|>tool\n2") < prompt.index("<|im_start|>tool\n3")
    kept = await messages(ada, chat)
    assert [m["role"] for m in kept] == ["user", "assistant", "tool", "tool", "assistant"]
    assert kept[-1]["content"] == "Two and three."


@pytest.mark.parametrize(
    ("results", "status"),
    [
        ([], 422),
        ([{"tool_call_id": "", "content": "2"}], 422),
        ([{"tool_call_id": "known", "content": "2"}] * 2, 422),
        ([{"tool_call_id": "known", "content": "2", "role": "tool"}], 422),
        ([{"tool_call_id": "known", "content": "2"}, {"tool_call_id": "no", "content": "2"}], 409),
    ],
)
async def test_results_that_do_not_hold_together_are_refused_and_leave_nothing(
    manager: Manager, results: list[dict[str, str]], status: int
) -> None:
    ada = await manager.administrator()
    manager.engine.default = Script.of(CALL)
    chat = await begin_chat(ada)
    [call] = (await watched(ada, await say(ada, chat, tools=[ADD])))[-1][1]["message"]["tool_calls"]
    for result in results:
        if result["tool_call_id"] == "known":
            result["tool_call_id"] = call["id"]
    reply = await ada.post(f"{CHATS}/{chat}/results", json={"results": results})
    assert reply.status_code == status, reply.text
    assert len(await messages(ada, chat)) == 2


async def test_a_result_of_a_call_that_nobody_made_is_refused(manager: Manager) -> None:
    ada = await manager.administrator()
    chat = await begin_chat(ada)
    body = {"role": "tool", "tool_call_id": "made-up", "content": "2"}
    reply = await ada.post(f"{CHATS}/{chat}/messages", json=body)
    assert (reply.status_code, reply.json()["code"]) == (409, "unknown_tool_call")
    assert await messages(ada, chat) == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"content": "  "},
        {"content": None},
        {"content": "Hi", "role": "assistant"},
        {"content": "2", "role": "tool"},
        {"content": "Hi", "temperature": 3},
        {"content": "Hi", "temperature": "NaN"},
        {"content": "Hi", "top_p": 0},
        {"content": "Hi", "max_tokens": 0},
        {"content": "Hi", "seed": -1},
        {"content": "Hi", "tools": [{"type": "function"}]},
        {"content": "Hi", "temprature": 1},
    ],
)
async def test_a_turn_that_is_not_one_is_refused_and_leaves_nothing(
    manager: Manager, body: dict[str, Any]
) -> None:
    ada = await manager.administrator()
    chat = await begin_chat(ada)
    assert (await ada.post(f"{CHATS}/{chat}/messages", json=body)).status_code == 422
    assert await messages(ada, chat) == []
    await watched(ada, await say(ada, chat))


async def test_one_reply_at_a_time_runs_in_a_conversation(manager: Manager) -> None:
    ada = await manager.administrator()
    manager.engine.default = Script.of(Forever())
    chat = await begin_chat(ada)
    route = f"{CHATS}/{chat}/messages"
    replies = await asyncio.gather(*(ada.post(route, json={"content": "Hi"}) for _ in range(4)))
    assert sorted(reply.status_code for reply in replies) == [202, 409, 409, 409]
    assert {r.json()["code"] for r in replies if r.status_code == 409} == {"reply_running"}
    assert len(await messages(ada, chat)) == 2
    await ada.delete(f"{CHATS}/{chat}")


async def test_deleting_a_conversation_ends_its_reply(manager: Manager) -> None:
    ada = await manager.administrator()
    manager.engine.default = Script.of(Forever())
    chat = await begin_chat(ada)
    reply_id = await say(ada, chat)
    assert (await ada.delete(f"{CHATS}/{chat}")).status_code == 204
    await manager.engine.until_quiet()
    assert (await ada.get(f"/api/chat/messages/{reply_id}/events")).status_code == 404


@pytest.mark.parametrize("ending", ["disable", "delete"])
async def test_an_account_that_ends_takes_its_running_replies_with_it(
    manager: Manager, ending: str
) -> None:
    ada = await manager.administrator()
    bob = await manager.user(ada, "bob@example.com")
    manager.engine.default = Script.of(Forever())
    await say(bob, await begin_chat(bob))
    bob_id = (await bob.get("/api/auth/me")).json()["id"]
    route = f"/api/auth/users/{bob_id}"
    done = await (
        ada.delete(route) if ending == "delete" else ada.put(route, json={"status": "disabled"})
    )
    assert done.is_success
    await manager.engine.until_quiet()
