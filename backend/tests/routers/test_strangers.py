"""Two users cannot see, guess, alter or delete anything of each other's: every route is tried."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from mlx_manager.config import ManagerSettings
from mlx_manager.mlx_server.core.ids import ModelId
from tests.conftest import Start
from tests.fakes.model_directory import write_cached_model
from tests.hub import RunningHub
from tests.manager import Manager
from tests.routers.profiling import make_profile
from tests.routers.talk import begin_chat, say
from tests.routers.test_roles import (
    CASES,
    LOCAL,
    OWNER,
    answer,
    filled,
    people,
    providers_and_a_rule,
)

pytestmark = pytest.mark.anyio
SECRET = "The treasure lies under the oak"
FEEDS = {"/api/events", "/api/models/downloads"}
MINE = ("/api/auth/me", "/api/auth/sessions", "/api/keys", "/api/chat/conversations", "/api/usage")
_ID = re.compile(r"[0-9a-f]{32}")


@pytest.fixture
async def manager(
    start: Start, settings: ManagerSettings, hub: RunningHub
) -> AsyncIterator[Manager]:
    write_cached_model(settings.hf_cache_path, ModelId(LOCAL))
    async with start(hf_endpoint=hub.url) as running:
        yield running


async def two(manager: Manager) -> tuple[httpx.AsyncClient, httpx.AsyncClient, dict[str, str]]:
    """The owner, somebody else, and the ids of the owner's things, which have secrets in them."""
    clients, ids = await people(manager)
    owner = clients["owner"]
    conversation = f"/api/chat/conversations/{ids['conversation_id']}"
    await owner.patch(conversation, json={"title": SECRET})
    await owner.patch(f"/api/keys/{ids['key_id']}", json={"name": SECRET})
    body = {"model": "mlx-manager/guide", "messages": [{"role": "user", "content": SECRET}]}
    assert (await owner.post("/v1/chat/completions", json=body)).status_code == 200
    await manager.app.state.services.books.writer.flush()
    ids |= await providers_and_a_rule(clients["administrator"])
    ids["profile_id"] = (await make_profile(clients["administrator"]))["id"]
    return owner, clients["other"], ids


async def state_of(owner: httpx.AsyncClient, ids: dict[str, str]) -> dict[str, Any]:
    """All that the owner can see of their own, without the times of their last visit."""
    paths = [*MINE, f"/api/chat/conversations/{ids['conversation_id']}"]
    replies = {path: (await owner.get(path)).json() for path in paths}
    for session in replies["/api/auth/sessions"]["items"]:
        del session["last_seen_at"]
    return replies


def marks(ids: dict[str, str], path: str) -> set[str]:
    """What only the owner's things have in them, but for what the caller said already."""
    names = {"session_id", "user_id", "conversation_id", "reply_id", "key_id"}
    return {SECRET, "owner@example.com", *(ids[name] for name in names)} - set(path.split("/"))


async def test_no_reply_to_another_tells_anything_of_the_owner(manager: Manager) -> None:
    owner, other, ids = await two(manager)
    ids["download_id"] = "0" * 32
    tried = [case for case in CASES if case.method == "GET"]
    assert len(tried) >= 20
    for case in tried:
        path = case.route.format(**ids)
        async with other.stream("GET", path) as reply:
            if path in FEEDS:
                text = await anext(reply.aiter_text())
            else:
                text = (await reply.aread()).decode()
        assert [mark for mark in marks(ids, path) if mark in text] == [], (path, text)
        if "other" in case.refused:
            assert reply.status_code == case.refused["other"], path
    assert SECRET in str(await state_of(owner, ids))  # it was there to be found


async def test_nothing_that_another_sends_changes_anything_of_the_owners(manager: Manager) -> None:
    owner, other, ids = await two(manager)
    before = await state_of(owner, ids)
    tried = [case for case in CASES if case.method != "GET" and "other" in case.refused]
    assert len(tried) >= 10
    for case in tried:
        path = case.route.format(**ids, download_id="0" * 32)
        body = json.loads(filled(json.dumps(case.body), ids))
        reply = await answer(other, case, path, body)
        assert reply.status_code == case.refused["other"], (case, reply.text)
    assert await state_of(owner, ids) == before


async def test_ids_of_the_owners_things_are_of_no_use_in_ones_own(manager: Manager) -> None:
    owner, other, ids = await two(manager)
    before = await state_of(owner, ids)
    mine = await begin_chat(other)
    results = {"results": [{"tool_call_id": ids["call_id"], "content": "2"}]}
    borrowed = await other.post(f"/api/chat/conversations/{mine}/results", json=results)
    assert borrowed.status_code == 409
    for wanted in ({"user_id": ids["user_id"]}, {"all": True}):
        assert (await other.get("/api/usage", params=wanted)).status_code == 403
    for by in ("day", "user", "key", "model"):
        wanted = {"key_id": ids["key_id"], "by": by}
        page = (await other.get("/api/usage", params=wanted)).json()
        assert (page["items"], page["total"]["requests"]) == ([], 0)
    assert await state_of(owner, ids) == before


async def test_a_place_in_the_owners_lists_is_a_place_in_ones_own(manager: Manager) -> None:
    owner, other, ids = await two(manager)
    lists = ("/api/keys", "/api/chat/conversations", "/api/auth/sessions")
    for _ in range(2):
        await owner.post("/api/keys", json={"name": SECRET})
        await begin_chat(owner, title=SECRET)
    for path in lists:
        page = (await owner.get(path, params={"limit": 1})).json()
        cursor = page["next_cursor"]
        if cursor is None:
            assert path == "/api/auth/sessions"
            continue
        found = await other.get(path, params={"cursor": cursor})
        assert found.status_code == 200
        assert not [mark for mark in marks(ids, path) if mark in found.text]


async def test_ids_cannot_be_guessed_from_ones_own(manager: Manager) -> None:
    owner, _, ids = await two(manager)
    second = {
        "conversation_id": await begin_chat(owner),
        "key_id": (await owner.post("/api/keys", json={"name": "next"})).json()["id"],
    }
    second["reply_id"] = await say(owner, second["conversation_id"])
    for name, value in second.items():
        assert _ID.fullmatch(value)
        # Random: of 128 bits about half differ, and a counter or a clock would change a few.
        assert (int(value, 16) ^ int(ids[name], 16)).bit_count() > 30


def test_whoever_owns_a_thing_hides_it_from_administrators_too() -> None:
    private = [case for case in CASES if case.route.startswith("/api/chat/") and "{" in case.route]
    assert private
    assert all(case.refused == OWNER for case in private)
