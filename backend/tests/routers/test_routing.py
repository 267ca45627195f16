"""Requests leave this machine when a rule says so, say where they were answered, and fail over."""

from typing import Any

import httpx
import pytest

from mlx_manager.mlx_server.errors import EngineFailed, Overloaded
from tests.fakes.script import Fail, Script
from tests.manager import Manager
from tests.routers.talk import ask
from tests.routers.test_providers import created
from tests.services.upstream.faulty import (
    ANSWER,
    STREAM_HEAD,
    FaultyServer,
    delta,
    faulty_server,
    frames,
    said,
)

pytestmark = pytest.mark.anyio

GUIDE = "mlx-manager/guide"
CHAT = "/v1/chat/completions"
FAILED = said("500 Oops", {"error": {"message": "no luck"}})
Admin = httpx.AsyncClient


def turn(model: str = "far/away", **fields: Any) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": "Hi"}], **fields}


async def enabled(admin: Admin) -> None:
    reply = await admin.put("/api/settings", json={"routing_enabled": True})
    assert reply.status_code == 200, reply.text


async def ruled(admin: Admin, *providers: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A new rule, for whatever is not on this machine unless told otherwise."""
    targets = [{"provider_id": provider["id"]} for provider in providers]
    body = {"name": "away", "model": "*", "targets": targets, **fields}
    reply = await admin.post("/api/routing/rules", json=body)
    assert reply.status_code == 201, reply.text
    rule: dict[str, Any] = reply.json()
    return rule


async def routed(admin: Admin, far: FaultyServer, **fields: Any) -> dict[str, Any]:
    """One provider and one rule, in force; the provider."""
    provider = await created(admin, base_url=far.url, key="sk-1", models=["far/away"])
    await ruled(admin, provider, **fields)
    await enabled(admin)
    return provider


async def test_nothing_leaves_before_it_is_switched_on(manager: Manager) -> None:
    admin = await manager.administrator()
    async with faulty_server() as far:
        far.reply = [ANSWER]
        await ruled(admin, await created(admin, base_url=far.url))
        reply = await admin.post(CHAT, json=turn())
        assert reply.status_code == 404
        await enabled(admin)
        assert (await admin.post(CHAT, json=turn())).status_code == 200
        assert len(far.asked) == 1


@pytest.mark.parametrize("stream", [False, True])
async def test_a_model_that_is_not_here_is_answered_there_and_the_reply_says_so(
    manager: Manager, stream: bool
) -> None:
    admin = await manager.administrator()
    async with faulty_server() as far:
        far.reply = [ANSWER]
        await routed(admin, far)
        reply = await admin.post(CHAT, json=turn(stream=stream, temperature=0.5))
        here = await admin.post(CHAT, json=turn(GUIDE))
    assert reply.status_code == 200, reply.text
    assert "From " in reply.text
    assert reply.headers["x-served-by"] == "Far"
    assert "x-served-by" not in here.headers
    [asked] = far.asked
    assert asked.headers["authorization"] == "Bearer sk-1"
    assert asked.body["model"] == "far/away"
    assert asked.body["temperature"] == 0.5
    assert "user" not in asked.body


async def test_the_audit_and_the_usage_tell_it_too(manager: Manager) -> None:
    admin = await manager.administrator()
    async with faulty_server() as far:
        far.reply = [ANSWER]
        await routed(admin, far)
        name = (await admin.post(CHAT, json=turn())).headers["x-request-id"]
    row = (await admin.get("/api/audit", params={"request_id": name})).json()["items"][0]
    assert (row["place"], row["model"], row["status"]) == ("Far", "far/away", 200)
    assert row["completion_tokens"] == 2


async def test_the_dashboards_chat_takes_the_same_way(manager: Manager) -> None:
    admin = await manager.administrator()
    async with faulty_server() as far:
        far.reply = [ANSWER]
        await routed(admin, far, when="always")
        message = await ask(admin)
    assert message["content"] == "From afar"
    assert message["usage"]["place"] == "Far"


async def test_what_a_user_or_key_must_not_send_away_stays(manager: Manager) -> None:
    admin = await manager.administrator()
    user = await manager.user(admin, "bob@example.com")
    kept = (await admin.post("/api/keys", json={"name": "kept", "local_only": True})).json()
    async with faulty_server() as far:
        far.reply = [ANSWER]
        await routed(admin, far)
        assert (await user.post(CHAT, json=turn())).status_code == 200
        me = (await user.get("/api/auth/me")).json()
        stays = await admin.put(f"/api/auth/users/{me['id']}", json={"local_only": True})
        assert stays.json()["local_only"]
        by_key = await manager.client(kept["key"])
        own_key = (await user.post("/api/keys", json={"name": "own"})).json()["key"]
        for client in (user, by_key, await manager.client(own_key)):
            assert (await client.post(CHAT, json=turn())).status_code == 404
            assert "far/away" not in (await client.get("/v1/models")).text
        assert "far/away" in (await admin.get("/v1/models")).text
        assert len(far.asked) == 1


async def test_the_next_provider_answers_where_the_first_one_fails(manager: Manager) -> None:
    admin = await manager.administrator()
    async with faulty_server() as broken, faulty_server() as far:
        broken.reply, far.reply = [FAILED], [ANSWER]
        first = await created(admin, name="Broken", base_url=broken.url)
        second = await created(admin, base_url=far.url)
        await ruled(admin, first, second, when="always")
        await enabled(admin)
        for _ in range(4):
            reply = await admin.post(CHAT, json=turn())
            assert reply.headers["x-served-by"] == "Far"
        # Three failures in a row: the fourth time it was left alone.
        assert len(broken.asked) == 3
    shown = (await admin.get(f"/api/providers/{first['id']}")).json()
    assert shown["circuit"] == "open"
    assert shown["retry_seconds"] > 0
    asked = (await admin.post("/api/routing/test", json={"model": "far/away"})).json()
    assert "left alone" in asked["steps"][0]["skipped"]
    assert asked["steps"][1]["skipped"] is None


async def test_what_has_begun_elsewhere_is_never_begun_again(manager: Manager) -> None:
    admin = await manager.administrator()
    async with faulty_server() as half, faulty_server() as far:
        half.reply, far.reply = [STREAM_HEAD + frames(delta(content="Half"))], [ANSWER]
        first = await created(admin, name="Half", base_url=half.url)
        await ruled(admin, first, await created(admin, base_url=far.url), when="always")
        await enabled(admin)
        reply = await admin.post(CHAT, json=turn(stream=True))
        assert "Half" in reply.text
        assert "upstream_failed" in reply.text
        assert not far.asked


async def test_a_wrong_request_is_told_at_once_and_to_nobody_else(manager: Manager) -> None:
    admin = await manager.administrator()
    async with faulty_server() as strict, faulty_server() as far:
        strict.reply = [said("400 Bad", {"error": {"message": "no", "param": "seed"}})]
        first = await created(admin, name="Strict", base_url=strict.url)
        await ruled(admin, first, await created(admin, base_url=far.url), when="always")
        await enabled(admin)
        reply = await admin.post(CHAT, json=turn())
        assert (reply.status_code, reply.json()["error"]["param"]) == (400, "seed")
        assert not far.asked


async def test_a_machine_without_room_sends_away_and_one_that_fails_does_not(
    manager: Manager,
) -> None:
    admin = await manager.administrator()
    async with faulty_server() as far:
        far.reply = [ANSWER]
        await routed(admin, far, when="busy")
        manager.engine.submit_error = Overloaded("full", retry_after_seconds=1)
        reply = await admin.post(CHAT, json=turn(GUIDE))
        assert reply.headers["x-served-by"] == "Far"
        manager.engine.submit_error = None
        manager.engine.default = Script((Fail(EngineFailed("broken")),))
        assert (await admin.post(CHAT, json=turn(GUIDE))).status_code == 500
        assert len(far.asked) == 1


async def test_this_machine_answers_where_no_target_does(manager: Manager) -> None:
    admin = await manager.administrator()
    async with faulty_server() as far:
        far.reply = [FAILED]
        await routed(admin, far, when="always", then_here=True)
        reply = await admin.post(CHAT, json=turn(GUIDE))
    assert reply.status_code == 200, reply.text
    assert "x-served-by" not in reply.headers
    assert len(far.asked) == 1


async def test_the_tester_says_where_a_request_would_go_and_why(manager: Manager) -> None:
    admin = await manager.administrator()
    route, question = "/api/routing/test", {"model": "far/away", "prompt_tokens": 50}
    assert "switched off" in (await admin.post(route, json=question)).json()["reason"]
    async with faulty_server() as far:
        provider = await routed(admin, far, when="absent", prompt_tokens_below=100)
        found = (await admin.post(route, json=question)).json()
        assert not far.asked
    assert found["rule"] == "away"
    assert [step["provider_id"] for step in found["steps"]] == [None, provider["id"]]
    long = (await admin.post(route, json={**question, "prompt_tokens": 100})).json()
    assert (long["rule"], long["steps"][0]["provider_id"]) == (None, None)
    nobody = await admin.post(route, json={**question, "user_id": "nobody"})
    assert nobody.status_code == 404


async def test_rules_are_kept_in_order_and_name_what_there_is(manager: Manager) -> None:
    admin = await manager.administrator()
    provider = await created(admin)
    rules = [await ruled(admin, provider, name=name) for name in ("a", "b", "c")]
    ids = [rule["id"] for rule in rules]
    reordered = await admin.put("/api/routing/order", json={"ids": [ids[2], ids[0], ids[1]]})
    assert reordered.status_code == 204
    wrong = await admin.put("/api/routing/order", json={"ids": ids[:2]})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "rules_changed")
    changed = {key: rules[0][key] for key in ("name", "model", "targets")} | {"model": "x"}
    replaced = await admin.put(f"/api/routing/rules/{ids[0]}", json=changed)
    assert replaced.json()["model"] == "x"
    assert (await admin.delete(f"/api/routing/rules/{ids[1]}")).status_code == 204
    first = (await admin.get("/api/routing/rules", params={"limit": 1})).json()
    rest = (await admin.get("/api/routing/rules", params={"cursor": first["next_cursor"]})).json()
    assert [rule["name"] for rule in first["items"] + rest["items"]] == ["c", "a"]
    missing = {**changed, "targets": [{"provider_id": "nobody"}]}
    unknown = await admin.post("/api/routing/rules", json=missing)
    assert (unknown.status_code, unknown.json()["code"]) == (409, "unknown_provider")
    in_use = await admin.delete(f"/api/providers/{provider['id']}")
    assert (in_use.status_code, in_use.json()["code"]) == (409, "provider_in_use")
    for rule_id in (ids[0], ids[2]):
        await admin.delete(f"/api/routing/rules/{rule_id}")
    assert (await admin.delete(f"/api/providers/{provider['id']}")).status_code == 204
