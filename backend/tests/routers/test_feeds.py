"""The dashboard's feed: what it tells to whom, and that it ends with its watcher's session."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from mlx_manager.routers import watching
from tests.conftest import Start
from tests.hub import RunningHub
from tests.manager import Manager, register
from tests.routers.feeding import Event, feed, until
from tests.routers.fetching import begin_download
from tests.routers.profiling import make_profile, order
from tests.routers.talk import ask

pytestmark = pytest.mark.anyio
FEEDS = ("/api/events", "/api/models/downloads")


@pytest.mark.parametrize("feed", FEEDS)
async def test_who_has_signed_out_is_told_nothing_more(
    start: Start, hub: RunningHub, monkeypatch: pytest.MonkeyPatch, feed: str
) -> None:
    monkeypatch.setattr(watching, "CHECK_SECONDS", 0.0)
    async with start(hf_endpoint=hub.url) as manager:
        ada = await manager.administrator()
        bob = await manager.user(ada, "bob@example.com")
        async with asyncio.timeout(30), bob.stream("GET", feed) as stream:
            lines = stream.aiter_lines()
            first = await anext(lines)
            assert first.startswith("event: ")
            await bob.post("/api/auth/logout")
            await ask(ada)  # changes what the one feed tells
            await begin_download(ada)  # and the other
            left = [line async for line in lines]
    # What was on its way already: the other kinds of the first round.
    assert sum(line.startswith("event: ") for line in left) <= 4
    assert "downloading" not in "".join(left)


async def told(events: AsyncIterator[Event], kind: str) -> dict[str, Any]:
    """The next event of a kind."""
    async with asyncio.timeout(20):
        return await anext(data async for name, data in events if name == kind)


async def test_administrators_hear_at_once_who_waits_for_them(manager: Manager) -> None:
    ada = await manager.administrator()
    async with feed(ada) as events:
        assert await told(events, "people") == {"event": "people", "pending": 0}
        anyone = await manager.client()
        bob = await register(anyone, "bob@example.com")
        assert (await told(events, "people"))["pending"] == 1
        await register(anyone, "eve@example.com")
        assert (await told(events, "people"))["pending"] == 2
        await ada.put(f"/api/auth/users/{bob['id']}", json={"status": "approved"})
        assert (await told(events, "people"))["pending"] == 1


async def test_who_waits_is_told_to_nobody_else_and_to_no_former_administrator(
    manager: Manager,
) -> None:
    ada = await manager.administrator()
    bob = await manager.user(ada, "bob@example.com")
    account = f"/api/auth/users/{(await bob.get('/api/auth/me')).json()['id']}"
    anyone = await manager.client()
    async with feed(bob) as events, feed(ada) as administrators:
        seen = [(await anext(events))[0] for _ in range(5)]
        assert seen == ["pool", "requests", "memory", "downloads", "servers"]
        await told(administrators, "people")
        await ada.put(account, json={"is_admin": True})
        await register(anyone, "eve@example.com")
        assert (await told(events, "people"))["pending"] == 1
        await told(administrators, "people")
        await ada.put(account, json={"is_admin": False})
        await register(anyone, "mallory@example.com")
        assert (await told(administrators, "people"))["pending"] == 2
        await ask(ada)
        assert {"requests", "people"} & {name async for name, _ in until(events, "requests")} == {
            "requests"
        }


async def test_a_profile_that_starts_and_stops_is_news(manager: Manager) -> None:
    ada = await manager.administrator()
    async with feed(ada) as events:
        assert (await told(events, "servers"))["servers"] == []
        made = await make_profile(ada)
        [shown] = (await told(events, "servers"))["servers"]
        assert (shown["profile_id"], shown["state"], shown["live"]) == (made["id"], "stopped", None)
        await order(ada, made["id"], "start")
        while (shown := (await told(events, "servers"))["servers"][0])["state"] != "running":
            pass
        assert (shown["live"]["running"], shown["live"]["cache_hit_rate"]) == (0, None)


async def test_one_source_that_fails_leaves_the_others_alone(
    manager: Manager, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ada = await manager.administrator()
    people = manager.app.state.services.people.users

    async def failing() -> int:
        raise OSError("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(people, "count_pending", failing)
        async with feed(ada) as events:
            seen = [(await anext(events))[0] for _ in range(5)]
            assert "people" not in seen
            patch.undo()
            assert (await told(events, "people"))["pending"] == 0
    assert caplog.text.count("The feed cannot tell of people") == 1
