"""Watching and stopping replies, over a real socket."""

import asyncio

import pytest

from mlx_manager.mlx_server.errors import EngineFailed, Overloaded
from tests.fakes.script import Fail, Forever, Prefill, Script, WaitFor
from tests.manager import Manager
from tests.routers.talk import ask, begin_chat, messages, say, watched, watching

pytestmark = pytest.mark.anyio


async def test_a_reply_is_a_snapshot_then_deltas_then_the_whole(manager: Manager) -> None:
    ada = await manager.administrator()
    begin = asyncio.Event()
    manager.engine.default = Script.of(
        WaitFor(begin), Prefill(4, 8), "<think>\nHm.\n</think>\n\nYes."
    )
    reply_id = await say(ada, await begin_chat(ada))
    async with watching(ada, reply_id) as events:
        name, data = await anext(events)
        assert (name, data["message"]["status"]) == ("snapshot", "streaming")
        assert (data["message"]["id"], data["message"]["content"]) == (reply_id, "")
        begin.set()
        seen = [event async for event in events]
    assert seen[0] == ("progress", {"processed": 4, "total": 8})
    names = [name for name, _ in seen]
    assert names == sorted(names, key=["progress", "reasoning", "text", "done"].index)
    assert "".join(data["delta"] for name, data in seen if name == "reasoning") == "Hm."
    assert "".join(data["delta"] for name, data in seen if name == "text") == "Yes."
    whole = seen[-1][1]["message"]
    assert (whole["content"], whole["reasoning"], whole["status"]) == ("Yes.", "Hm.", "complete")
    assert await watched(ada, reply_id) == [
        ("snapshot", {"message": whole}),
        ("done", {"message": whole}),
    ]


async def test_a_reply_goes_on_without_watchers_and_a_later_one_catches_up(
    manager: Manager,
) -> None:
    ada = await manager.administrator()
    go_on = asyncio.Event()
    manager.engine.default = Script.of("before ", WaitFor(go_on), "after")
    reply_id = await say(ada, await begin_chat(ada))
    async with watching(ada, reply_id) as events:  # a page that is closed half way
        text = ""
        while text != "before ":
            name, data = await anext(events)
            text += data["message"]["content"] if name == "snapshot" else data.get("delta", "")
    async with watching(ada, reply_id) as events:  # the page again
        name, data = await anext(events)
        assert (name, data["message"]["content"]) == ("snapshot", "before ")
        go_on.set()
        rest = [event async for event in events]
    assert "".join(data["delta"] for name, data in rest if name == "text") == "after"
    assert rest[-1][1]["message"]["content"] == "before after"


async def test_a_reply_keeps_the_schema_that_it_was_to_follow(manager: Manager) -> None:
    ada = await manager.administrator()
    manager.engine.default = Script.of('{"a": 1}')
    schema = {"type": "object", "properties": {"a": {"const": None}}, "title": "Ä"}
    chat = await begin_chat(ada)
    reply_id = await say(ada, chat, json_schema=schema)
    events = await watched(ada, reply_id)
    assert [data["message"]["json_schema"] for _, data in (events[0], events[-1])] == [schema] * 2
    asked, answered = await messages(ada, chat)
    assert (asked["json_schema"], answered["json_schema"]) == (None, schema)
    free = await ada.post(f"/api/chat/messages/{reply_id}/regenerate", json={})
    await watched(ada, free.json()["reply"]["id"])
    assert (await messages(ada, chat))[-1]["json_schema"] is None


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ('{"const": NaN}', "JSON can say"),
        ('{"const": "\\ud800"}', "JSON can say"),
        ('{"items": ' * 101 + "{}" + "}" * 101, "100 levels"),
    ],
)
async def test_a_schema_that_could_never_be_shown_again_is_refused(
    manager: Manager, schema: str, says: str
) -> None:
    ada = await manager.administrator()
    route = f"/api/chat/conversations/{await begin_chat(ada)}/messages"
    body = f'{{"content": "Hi", "json_schema": {schema}}}'
    reply = await ada.post(route, content=body, headers={"content-type": "application/json"})
    assert reply.status_code == 422, reply.text
    assert says in reply.text


async def test_many_watchers_see_the_same(manager: Manager) -> None:
    ada = await manager.administrator()
    begin = asyncio.Event()
    manager.engine.default = Script.of(WaitFor(begin), "one answer for everybody")
    reply_id = await say(ada, await begin_chat(ada))

    async def watch() -> tuple[str, str]:
        async with watching(ada, reply_id) as events:
            await anext(events)
            begin.set()
            seen = [event async for event in events]
        deltas = "".join(data["delta"] for name, data in seen if name == "text")
        return deltas, seen[-1][1]["message"]["content"]

    results = await asyncio.gather(*(watch() for _ in range(5)))
    assert {whole for _, whole in results} == {"one answer for everybody"}
    assert ("one answer for everybody",) * 2 in results


async def test_a_stopped_reply_keeps_its_text_and_stopping_again_changes_nothing(
    manager: Manager,
) -> None:
    ada = await manager.administrator()
    manager.engine.default = Script.of("kept ", WaitFor(asyncio.Event()))
    chat = await begin_chat(ada)
    reply_id = await say(ada, chat)
    async with watching(ada, reply_id) as events:
        text = ""
        while text != "kept ":
            name, data = await anext(events)
            text += data["message"]["content"] if name == "snapshot" else data.get("delta", "")
        stopped = (await ada.post(f"/api/chat/messages/{reply_id}/stop")).json()
        last = [event async for event in events][-1]
    assert (stopped["status"], stopped["content"]) == ("stopped", "kept ")
    assert stopped["usage"]["completion_tokens"] == len("kept ")
    assert stopped["usage"]["prompt_tokens"] > 0
    assert stopped["usage"]["tokens_per_second"] == 10  # of the fake's half second
    assert stopped["finish_reason"] is None
    assert last == ("done", {"message": stopped})
    assert (await ada.post(f"/api/chat/messages/{reply_id}/stop")).json() == stopped
    await manager.engine.until_quiet()
    assert (await messages(ada, chat))[-1] == {**stopped, "versions": [reply_id], "beside": None}
    manager.engine.default = Script.of("Next.")
    assert (await watched(ada, await say(ada, chat)))[-1][1]["message"]["content"] == "Next."


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (EngineFailed("The engine failed: out of luck"), "engine_failed"),
        (Overloaded("Nothing fits at present."), "overloaded"),
    ],
)
async def test_a_reply_that_fails_says_why_and_keeps_what_came(
    manager: Manager, error: EngineFailed, code: str
) -> None:
    ada = await manager.administrator()
    manager.engine.default = Script.of("half an ", Fail(error))
    reply = await ask(ada)
    assert (reply["status"], reply["content"]) == ("failed", "half an ")
    assert reply["error"] == {"message": error.message, "code": code}


async def test_a_model_that_is_not_there_fails_the_reply_and_not_the_conversation(
    manager: Manager,
) -> None:
    ada = await manager.administrator()
    chat = await begin_chat(ada, model="org/missing")
    failed = (await watched(ada, await say(ada, chat)))[-1][1]["message"]
    assert (failed["status"], failed["error"]["code"]) == ("failed", "model_not_found")
    assert "org/missing" in failed["error"]["message"]
    await watched(ada, await say(ada, chat, "Again", model="mlx-manager/guide"))
    spec = manager.engine.specs[-1]
    prompt = spec.model.tokenizer.decode(spec.prompt.token_ids)
    assert prompt.count("<|im_start|>user") == 2  # the failed reply, being empty, is left out
    assert prompt.count("<|im_start|>assistant") == 1


async def test_a_watcher_that_does_not_read_holds_nobody_up(manager: Manager) -> None:
    ada = await manager.administrator()
    manager.engine.context_length = 200_000
    manager.engine.default = Script.of("wide " * 20_000)
    reply_id = await say(ada, await begin_chat(ada), max_tokens=150_000)
    async with watching(ada, reply_id) as unread:
        await anext(unread)
        reader = await manager.client(ada.headers["authorization"].removeprefix("Bearer "))
        whole = (await watched(reader, reply_id))[-1][1]["message"]
        assert whole["content"] == "wide " * 20_000
        slow = [event async for event in unread]
    assert slow[-1] == ("done", {"message": whole})


async def test_what_is_streaming_is_kept_every_two_seconds(
    manager: Manager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlx_manager.services.reply_service.CHECKPOINT_SECONDS", 0.01)
    ada = await manager.administrator()
    manager.engine.default = Script.of("so far", WaitFor(asyncio.Event()))
    chat = await begin_chat(ada)
    reply_id = await say(ada, chat)
    async with asyncio.timeout(5):
        while (await messages(ada, chat))[-1]["content"] != "so far":
            pass
    assert (await messages(ada, chat))[-1]["status"] == "streaming"
    await ada.post(f"/api/chat/messages/{reply_id}/stop")


async def test_a_hundred_watchers_that_leave_leave_nothing_behind(manager: Manager) -> None:
    ada = await manager.administrator()
    manager.engine.default = Script.of(Forever())
    reply_id = await say(ada, await begin_chat(ada), max_tokens=3000)
    before = len(asyncio.all_tasks())

    async def glance() -> None:
        async with watching(ada, reply_id) as events:
            await anext(events)

    for _ in range(10):
        await asyncio.gather(*(glance() for _ in range(10)))
    await ada.post(f"/api/chat/messages/{reply_id}/stop")
    await manager.engine.until_quiet()
    async with asyncio.timeout(5):
        while len(asyncio.all_tasks()) > before + 2:  # noqa: ASYNC110
            await asyncio.sleep(0)
