"""Usage by day, user, key and model: one's own, or everybody's."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.manager import Manager
from tests.routers.talk import ask

pytestmark = pytest.mark.anyio
CHAT = "/v1/chat/completions"
MODEL = "mlx-manager/guide"
BODY = {"model": MODEL, "messages": [{"role": "user", "content": "Hi"}]}


async def usage(manager: Manager, client: httpx.AsyncClient, **wanted: Any) -> dict[str, Any]:
    await manager.app.state.services.books.writer.flush()
    reply = await client.get("/api/usage", params=wanted)
    assert reply.status_code == 200, reply.text
    page: dict[str, Any] = reply.json()
    return page


async def test_sums_are_those_of_the_replies_by_day_model_user_and_key(manager: Manager) -> None:
    admin = await manager.administrator()
    bob = await manager.user(admin, "bob@example.com")
    key = (await bob.post("/api/keys", json={"name": "robot"})).json()
    robot = await manager.client(key["key"])
    replies = [(await client.post(CHAT, json=BODY)).json() for client in (robot, robot, bob)]
    await ask(admin)
    await bob.post(CHAT, json={**BODY, "model": "nobody/knows"})
    spent = replies[0]["usage"]
    mine = await usage(manager, bob)
    [day] = mine["items"]
    assert day["day"] == datetime.now(UTC).date().isoformat()
    assert (day["requests"], day["failed"]) == (3, 0)
    assert day["prompt_tokens"] == 3 * spent["prompt_tokens"]
    assert day["completion_tokens"] == 3 * spent["completion_tokens"]
    assert mine["total"]["requests"] == 3
    models = await usage(manager, admin, by="model", all=True)
    assert [(each["model"], each["requests"]) for each in models["items"]] == [(MODEL, 4)]
    users = await usage(manager, admin, by="user", all=True)
    assert {each["user_email"]: each["requests"] for each in users["items"]} == {
        "ada@example.com": 1,
        "bob@example.com": 3,
    }
    keys = await usage(manager, bob, by="key")
    assert [(each["key_name"], each["requests"]) for each in keys["items"]] == [
        (None, 1),
        ("robot", 2),
    ]
    by_key = await usage(manager, bob, key_id=key["id"])
    assert by_key["total"]["requests"] == 2


async def test_a_user_sees_nothing_of_others(manager: Manager) -> None:
    admin = await manager.administrator()
    bob = await manager.user(admin, "bob@example.com")
    await admin.post(CHAT, json=BODY)
    assert (await usage(manager, bob, by="user"))["items"] == []
    ada_id = (await admin.get("/api/auth/me")).json()["id"]
    for wanted in ({"all": True}, {"user_id": ada_id}):
        reply = await bob.get("/api/usage", params=wanted)
        assert (reply.status_code, reply.json()["code"]) == (403, "administrators_only")
    assert (await usage(manager, admin, user_id=ada_id))["total"]["requests"] == 1


async def test_callers_without_an_account_are_a_group_of_their_own(manager: Manager) -> None:
    admin = await manager.administrator()
    await (await manager.client()).post(CHAT, json=BODY)
    [nobody] = (await usage(manager, admin, by="user", all=True))["items"]
    assert (nobody["user_id"], nobody["user_email"], nobody["requests"]) == ("", None, 1)


async def test_failures_of_a_model_are_counted_as_such(manager: Manager) -> None:
    admin = await manager.administrator()
    manager.engine.context_length = 4
    assert (await admin.post(CHAT, json=BODY)).status_code == 400
    total = (await usage(manager, admin))["total"]
    assert (total["requests"], total["failed"], total["completion_tokens"]) == (1, 1, 0)


async def test_usage_outlives_the_account_and_pages_by_group(manager: Manager) -> None:
    admin = await manager.administrator()
    for name in ("bob", "cyd"):
        client = await manager.user(admin, f"{name}@example.com")
        await client.post(CHAT, json=BODY)
    await admin.post(CHAT, json=BODY)
    await admin.delete(f"/api/auth/users/{(await client.get('/api/auth/me')).json()['id']}")
    seen: list[str | None] = []
    cursor: dict[str, str] = {}
    while True:
        page = await usage(manager, admin, by="user", all=True, limit=1, **cursor)
        seen += [each["user_email"] for each in page["items"]]
        assert page["total"]["requests"] == 3
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert sorted(str(email) for email in seen) == ["None", "ada@example.com", "bob@example.com"]
    wrong = await admin.get("/api/usage", params={"by": "day", "cursor": cursor["cursor"]})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "bad_cursor")


async def test_days_outside_the_period_are_left_out(manager: Manager) -> None:
    admin = await manager.administrator()
    await admin.post(CHAT, json=BODY)
    yesterday = (datetime.now(UTC).date() - timedelta(days=2)).isoformat()
    page = await usage(manager, admin, until=yesterday)
    assert (page["items"], page["total"]["requests"]) == ([], 0)
    assert page["since"] < page["until"] == yesterday
