"""Two replies to one question, written at once, over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from bench.model import make as make_endless
from mlx_manager.config import ManagerSettings
from mlx_manager.mlx_server.core.ids import GUIDE_MODEL_ID, ModelId
from tests.conftest import Start
from tests.fakes.model_directory import snapshot_folder, write_cached_model
from tests.fakes.script import Script, WaitFor
from tests.manager import Manager, serving
from tests.routers.talk import Event, begin_chat, messages, say, watched, watching

pytestmark = pytest.mark.anyio
CHATS = "/api/chat/conversations"
MESSAGES = "/api/chat/messages"
OTHER = ModelId("acme/Other")


async def compare(client: httpx.AsyncClient, reply_id: str, **body: Any) -> str:
    """Another reply beside one; its id."""
    reply = await client.post(f"{MESSAGES}/{reply_id}/compare", json=body)
    assert reply.status_code == 202, reply.text
    return str(reply.json()["reply"]["id"])


async def until_text(events: AsyncIterator[Event], wanted: str) -> None:
    """Read until the reply says ``wanted``."""
    text = ""
    async with asyncio.timeout(10):
        while text != wanted:
            name, data = await anext(events)
            text = data["message"]["content"] if name == "snapshot" else text + data["delta"]


async def ended(client: httpx.AsyncClient, reply_id: str) -> dict[str, Any]:
    """The reply as its ``done`` tells it; there is one, and it is the last."""
    events = await watched(client, reply_id)
    assert [name for name, _ in events].index("done") == len(events) - 1
    message: dict[str, Any] = events[-1][1]["message"]
    return message


@asynccontextmanager
async def two_running(
    manager: Manager, client: httpx.AsyncClient, chat: str, go_on: asyncio.Event
) -> AsyncIterator[tuple[str, str, AsyncIterator[Event], AsyncIterator[Event]]]:
    """Two compared replies that have both said something, and their events."""
    async with AsyncExitStack() as stack:
        manager.engine.default = Script.of("one ", WaitFor(go_on), "end")
        first = await say(client, chat, "Which?")
        seen_first = await stack.enter_async_context(watching(client, first))
        await until_text(seen_first, "one ")
        manager.engine.default = Script.of("two ", WaitFor(go_on), "end")
        second = await compare(client, first)
        seen_second = await stack.enter_async_context(watching(client, second))
        await until_text(seen_second, "two ")
        yield first, second, seen_first, seen_second


async def test_both_are_written_at_once_and_a_reload_shows_both(manager: Manager) -> None:
    ada = await manager.administrator()
    chat, go_on = await begin_chat(ada), asyncio.Event()
    async with two_running(manager, ada, chat, go_on) as (first, second, one, two):
        asked, shown = await messages(ada, chat)
        assert shown["versions"] == [first, second]
        assert (shown["id"], shown["beside"]["id"]) == (first, second)
        assert [shown["status"], shown["beside"]["status"]] == ["streaming", "streaming"]
        assert shown["beside"]["parent_id"] == asked["id"]
        assert asked["beside"] is None
        page = (await ada.get(f"{CHATS}/{chat}/messages")).json()["items"]
        assert page[0]["beside"]["id"] == second
        go_on.set()
        last = [[event async for event in events][-1][1]["message"] for events in (one, two)]
    assert [(message["content"], message["status"]) for message in last] == [
        ("one end", "complete"),
        ("two end", "complete"),
    ]
    assert all(message["usage"]["completion_tokens"] for message in last)
    kept = (await messages(ada, chat))[1]  # until one of them is chosen
    assert [kept["content"], kept["beside"]["content"]] == ["one end", "two end"]
    prompts = [spec.prompt.token_ids for spec in manager.engine.specs[-2:]]
    assert prompts[0] == prompts[1]
    await manager.app.state.services.books.writer.flush()
    used = (await ada.get("/api/usage")).json()["total"]
    counts = [message["usage"]["completion_tokens"] for message in last]
    assert (used["requests"], used["completion_tokens"]) == (2, sum(counts))


async def test_every_other_second_reply_is_refused(manager: Manager) -> None:
    ada = await manager.administrator()
    chat, go_on = await begin_chat(ada), asyncio.Event()
    async with two_running(manager, ada, chat, go_on) as (first, second, one, two):
        asked = (await messages(ada, chat))[0]["id"]
        for route, body in (
            (f"{CHATS}/{chat}/messages", {"content": "And?"}),
            (f"{MESSAGES}/{asked}/edit", {"content": "Or?"}),
            (f"{MESSAGES}/{first}/regenerate", {}),
            (f"{MESSAGES}/{first}/compare", {}),
            (f"{MESSAGES}/{second}/compare", {}),
        ):
            refused = await ada.post(route, json=body)
            assert (refused.status_code, refused.json()["code"]) == (409, "reply_running"), route
        no_reply = await ada.post(f"{MESSAGES}/{asked}/compare", json={})
        assert (no_reply.status_code, no_reply.json()["code"]) == (409, "nothing_to_compare")
        go_on.set()
        assert [[name async for name, _ in events][-1] for events in (one, two)] == ["done"] * 2
    assert len(await messages(ada, chat)) == 2


async def test_a_third_asked_at_the_same_moment_is_refused(manager: Manager) -> None:
    ada = await manager.administrator()
    manager.engine.default = Script.of("on ", WaitFor(asyncio.Event()))
    chat = await begin_chat(ada)
    first = await say(ada, chat)
    route = f"{MESSAGES}/{first}/compare"
    replies = await asyncio.gather(*(ada.post(route, json={}) for _ in range(4)))
    assert sorted(reply.status_code for reply in replies) == [202, 409, 409, 409]
    assert manager.app.state.services.replies.running_count == 2
    assert (await ada.delete(f"{CHATS}/{chat}")).status_code == 204


async def test_one_is_stopped_and_the_other_goes_on(manager: Manager) -> None:
    ada = await manager.administrator()
    chat, go_on = await begin_chat(ada), asyncio.Event()
    async with two_running(manager, ada, chat, go_on) as (first, second, one, two):
        stopped = (await ada.post(f"{MESSAGES}/{first}/stop")).json()
        assert stopped["status"] == "stopped"
        assert stopped["content"].startswith("one ")
        assert [event async for event in one][-1] == ("done", {"message": stopped})
        shown = (await messages(ada, chat))[1]
        assert (shown["status"], shown["beside"]["status"]) == ("stopped", "streaming")
        refused = await ada.post(f"{CHATS}/{chat}/messages", json={"content": "And?"})
        assert refused.json()["code"] == "reply_running"
        go_on.set()
        assert [event async for event in two][-1][1]["message"]["content"] == "two end"
    # A reply that has ended can be compared again, with a third.
    manager.engine.default = Script.of("three")
    third = await compare(ada, first)
    assert (await ended(ada, third))["content"] == "three"
    shown = (await messages(ada, chat))[1]
    assert (shown["id"], shown["beside"]["id"]) == (first, third)
    assert shown["versions"] == [first, second, third]


async def test_who_leaves_stops_neither(manager: Manager) -> None:
    ada = await manager.administrator()
    chat, go_on = await begin_chat(ada), asyncio.Event()
    async with two_running(manager, ada, chat, go_on) as (first, second, _, _):
        pass
    go_on.set()
    found = await asyncio.gather(ended(ada, first), ended(ada, second))
    assert [message["content"] for message in found] == ["one end", "two end"]


@pytest.mark.parametrize("chosen", [0, 1])
async def test_the_chosen_one_is_shown_by_itself_and_goes_on(manager: Manager, chosen: int) -> None:
    ada = await manager.administrator()
    chat = await begin_chat(ada)
    manager.engine.default = Script.of("one")
    first = await say(ada, chat, "Which?")
    await ended(ada, first)
    manager.engine.default = Script.of("two")
    second = await compare(ada, first)
    await ended(ada, second)
    shown = await ada.post(f"{MESSAGES}/{(first, second)[chosen]}/show")
    assert shown.json()["messages"][1]["id"] == (first, second)[chosen]
    assert shown.json()["messages"][1]["beside"] is None
    await watched(ada, await say(ada, chat, "Go on"))
    kept = await messages(ada, chat)
    assert [turn["content"] for turn in kept[:3]] == ["Which?", ("one", "two")[chosen], "Go on"]


async def test_who_goes_on_without_a_choice_goes_on_from_the_first(manager: Manager) -> None:
    ada = await manager.administrator()
    chat = await begin_chat(ada)
    manager.engine.default = Script.of("one")
    first = await say(ada, chat)
    await ended(ada, first)
    await ended(ada, await compare(ada, first))
    await watched(ada, await say(ada, chat, "Go on"))
    kept = await messages(ada, chat)
    assert (kept[1]["id"], kept[2]["parent_id"]) == (first, first)
    assert [turn["beside"] for turn in kept] == [None] * 4


@pytest.mark.parametrize("gone", ["first", "second", "question", "conversation"])
async def test_what_is_deleted_ends_and_nothing_else_does(manager: Manager, gone: str) -> None:
    ada = await manager.administrator()
    chat, go_on = await begin_chat(ada), asyncio.Event()
    async with two_running(manager, ada, chat, go_on) as (first, second, one, two):
        asked = (await messages(ada, chat))[0]["id"]
        ids = {"first": first, "second": second, "question": asked}
        route = f"{CHATS}/{chat}" if gone == "conversation" else f"{MESSAGES}/{ids[gone]}"
        assert (await ada.delete(route)).status_code == 204
        running = manager.app.state.services.replies.running_count
        assert running == (1 if gone in {"first", "second"} else 0)
        go_on.set()
        last = [[event async for event in events][-1] for events in (one, two)]
    statuses = [message["message"]["status"] for name, message in last if name == "done"]
    assert statuses == {
        "first": ["stopped", "complete"],
        "second": ["complete", "stopped"],
    }.get(gone, ["stopped", "stopped"])
    if gone in {"first", "second"}:
        kept = (await messages(ada, chat))[1]
        left = {"first": "two end", "second": "one end"}[gone]
        assert (kept["content"], kept["beside"]) == (left, None)


async def test_a_shutdown_ends_both_and_keeps_what_they_said(start: Start) -> None:
    async with start() as manager:
        ada = await manager.administrator()
        chat = await begin_chat(ada)
        async with two_running(manager, ada, chat, asyncio.Event()) as (_, _, one, two):
            await manager.app.state.services.replies.close()
            last = [[event async for event in events][-1] for events in (one, two)]
        assert [(name, data["message"]["status"]) for name, data in last] == [
            ("done", "stopped"),
            ("done", "stopped"),
        ]
        token = ada.headers["authorization"].removeprefix("Bearer ")
    async with start() as manager:
        kept = (await messages(await manager.client(token), chat))[1]
        assert (kept["content"], kept["status"]) == ("one ", "stopped")
        assert (kept["beside"]["content"], kept["beside"]["status"]) == ("two ", "stopped")


async def test_models_that_do_not_fit_together_answer_one_after_the_other(
    manager: Manager, settings: ManagerSettings
) -> None:
    write_cached_model(settings.hf_cache_path, OTHER)
    pool = manager.app.state.inference.state.pool
    pool.change_limits(max_models=1, idle_seconds=0, default_max_tokens=100)
    ada = await manager.administrator()
    chat, go_on = await begin_chat(ada), asyncio.Event()
    manager.engine.default = Script.of("one ", WaitFor(go_on), "end")
    first = await say(ada, chat)
    async with watching(ada, first) as events:
        await until_text(events, "one ")
        manager.engine.default = Script.of("two")
        second = await compare(ada, first, model=OTHER)
        async with watching(ada, second) as waiting:
            assert (await anext(waiting))[1]["message"]["status"] == "streaming"
            go_on.set()
            last = [event async for event in waiting][-1][1]["message"]
    assert (last["content"], last["status"], last["model"]) == ("two", "complete", OTHER)
    assert (await ended(ada, first))["content"] == "one end"


async def test_who_waits_for_room_can_be_stopped(
    manager: Manager, settings: ManagerSettings
) -> None:
    write_cached_model(settings.hf_cache_path, OTHER)
    pool = manager.app.state.inference.state.pool
    pool.change_limits(max_models=1, idle_seconds=0, default_max_tokens=100)
    ada = await manager.administrator()
    chat = await begin_chat(ada)
    manager.engine.default = Script.of("one ", WaitFor(asyncio.Event()))
    first = await say(ada, chat)
    async with watching(ada, first) as events:
        await until_text(events, "one ")
        second = await compare(ada, first, model=OTHER)
        stopped = (await ada.post(f"{MESSAGES}/{second}/stop")).json()
        assert (stopped["status"], stopped["error"]) == ("stopped", None)
        assert (await messages(ada, chat))[1]["status"] == "streaming"
        await ada.post(f"{MESSAGES}/{first}/stop")


async def test_the_guide_answers_beside_a_model_that_never_ends(
    settings: ManagerSettings, tmp_path: Path
) -> None:
    """On MLX; nothing stands in for anything."""
    endless = ModelId("bench/endless")
    make_endless(snapshot_folder(settings.hf_cache_path, endless))
    async with serving(settings, tmp_path, real_engine=True) as manager:
        ada = await manager.administrator()
        chat = await begin_chat(ada)
        first = await say(ada, chat, "Hello", model=endless, max_tokens=30_000, temperature=0)
        second = await compare(ada, first, model=GUIDE_MODEL_ID, thinking=False, temperature=0)
        async with asyncio.timeout(60), watching(ada, second) as events:
            answer = [event async for event in events][-1][1]["message"]
        shown = (await messages(ada, chat))[1]
        assert (shown["id"], shown["status"]) == (first, "streaming")
        assert (answer["status"], answer["finish_reason"]) == ("complete", "stop")
        assert shown["beside"] == answer
        stopped = (await ada.post(f"{MESSAGES}/{first}/stop")).json()
        assert stopped["status"] == "stopped"
        assert len(stopped["content"]) > 0
        for message in (answer, stopped):
            assert message["usage"]["completion_tokens"] > 0
            assert message["usage"]["tokens_per_second"] > 0
