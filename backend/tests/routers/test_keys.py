"""API keys over HTTP: made once, shown once, ended at once."""

import asyncio
import re
import sqlite3

import httpx
import pytest

from mlx_manager.config import ManagerSettings
from tests.conftest import Start
from tests.manager import NEW_PASSWORD, Manager

pytestmark = pytest.mark.anyio
MODELS = "/v1/models"
UNUSED = {"requests_today": 0, "tokens_today": 0}
NO_LIMITS = {
    "expires_at": None,
    "allowed_models": None,
    "requests_per_minute": None,
    "tokens_per_day": None,
    "priority": "normal",
}


async def new_key(client: httpx.AsyncClient, name: str = "laptop") -> dict[str, str]:
    reply = await client.post("/api/keys", json={"name": name})
    assert reply.status_code == 201, reply.text
    made: dict[str, str] = reply.json()
    return made


async def status(manager: Manager, key: str) -> int:
    """What a program with this key gets at ``/v1``."""
    anyone = await manager.client()
    reply = await anyone.get(MODELS, headers={"authorization": f"Bearer {key}"})
    if reply.status_code == 401:
        assert reply.json()["error"]["code"] == "invalid_api_key"
    return reply.status_code


async def id_of(client: httpx.AsyncClient) -> str:
    return str((await client.get("/api/auth/me")).json()["id"])


async def test_a_key_is_shown_once_and_kept_as_a_hash(
    manager: Manager, settings: ManagerSettings
) -> None:
    admin = await manager.administrator()
    made = await new_key(admin)
    assert re.fullmatch(r"mlx-[A-Za-z0-9_-]{43}", made["key"])  # 43 characters hold 256 bits
    assert made["key"].startswith(made["prefix"])
    assert len(made["prefix"]) == 12
    listed = (await admin.get("/api/keys")).json()
    [entry] = listed["items"]
    assert entry == {
        "id": made["id"],
        "name": "laptop",
        "local_only": False,
        "prefix": made["prefix"],
        "user_id": await id_of(admin),
        "user_email": "ada@example.com",
        "created_at": made["created_at"],
        "last_used_at": None,
        "usage": UNUSED,
        **NO_LIMITS,
    }
    assert made == {**entry, "key": made["key"]}
    with sqlite3.connect(settings.database_path) as database:
        dump = "\n".join(database.iterdump())
    database.close()
    assert made["id"] in dump
    assert made["key"].removeprefix(made["prefix"]) not in dump


async def test_keys_differ_and_an_unnamed_one_gets_a_name(manager: Manager) -> None:
    admin = await manager.administrator()
    made = [(await admin.post("/api/keys", json={})).json() for _ in range(3)]
    assert len({each["key"] for each in made}) == 3
    assert {each["name"] for each in made} == {"API key"}


@pytest.mark.parametrize("body", [{"name": " "}, {"name": "a" * 101}, {"name": 7}, {"expires": 1}])
async def test_a_name_that_is_none_and_a_limit_we_do_not_keep_are_refused(
    manager: Manager, body: dict[str, object]
) -> None:
    admin = await manager.administrator()
    assert (await admin.post("/api/keys", json=body)).status_code == 422
    assert (await admin.get("/api/keys")).json()["items"] == []


async def test_a_key_opens_v1_in_either_header_and_acts_as_its_user(start: Start) -> None:
    async with start(host="0.0.0.0") as manager:
        admin = await manager.administrator()
        bob = await manager.user(admin, "bob@example.com")
        key = (await new_key(bob))["key"]
        chat = {"model": "mlx-manager/guide", "messages": [{"role": "user", "content": "Hi"}]}
        for headers in (
            {"authorization": f"Bearer {key}"},
            {"x-api-key": key},
            {"authorization": "Bearer made-up", "x-api-key": key},
            {"authorization": f"Bearer {key}", "x-api-key": "made-up"},
        ):
            anyone = await manager.client(**headers)
            assert (await anyone.post("/v1/chat/completions", json=chat)).status_code == 200
            assert (await anyone.get("/v1/admin/status")).status_code == 403
        assert (await bob.post("/v1/chat/completions", json=chat)).status_code == 200
        assert {spec.scope for spec in manager.engine.specs} == {f"user:{await id_of(bob)}"}
        admins = await manager.client((await new_key(admin))["key"])
        assert (await admins.get("/v1/admin/status")).status_code == 200
        for wrong in (key[:-1], key + "A", key.swapcase(), "mlx-"):
            assert await status(manager, wrong) == 401
        assert (await (await manager.client()).get(MODELS)).status_code == 401


async def test_a_key_is_no_way_into_the_dashboards_routes(manager: Manager) -> None:
    admin = await manager.administrator()
    program = await manager.client((await new_key(admin))["key"])
    assert (await program.get(MODELS)).status_code == 200
    for method, route in (("GET", "/api/auth/me"), ("GET", "/api/keys"), ("POST", "/api/keys")):
        assert (await program.request(method, route, json={})).status_code == 401


async def test_a_revoked_key_ends_at_once_and_no_other_does(manager: Manager) -> None:
    admin = await manager.administrator()
    made, kept = await new_key(admin), await new_key(admin)
    assert [await status(manager, each["key"]) for each in (made, kept)] == [200, 200]
    assert (await admin.delete(f"/api/keys/{made['id']}")).status_code == 204
    assert [await status(manager, each["key"]) for each in (made, kept)] == [401, 200]
    assert (await admin.delete(f"/api/keys/{made['id']}")).status_code == 404


async def test_a_key_that_is_revoked_while_it_is_looked_up_is_not_remembered(
    manager: Manager,
) -> None:
    admin = await manager.administrator()
    for _ in range(10):
        made = await new_key(admin)
        await asyncio.gather(
            *(status(manager, made["key"]) for _ in range(4)),
            admin.delete(f"/api/keys/{made['id']}"),
        )
        assert await status(manager, made["key"]) == 401


async def test_a_key_ends_with_its_users_right_to_be_here(manager: Manager) -> None:
    admin = await manager.administrator()
    bob = await manager.user(admin, "bob@example.com")
    key, account = (await new_key(bob))["key"], f"/api/auth/users/{await id_of(bob)}"
    assert await status(manager, key) == 200
    await admin.put(account, json={"status": "disabled"})
    assert await status(manager, key) == 401
    await admin.put(account, json={"status": "approved"})
    assert await status(manager, key) == 200
    await admin.post(account + "/reset-password", json={"new_password": NEW_PASSWORD})
    assert await status(manager, key) == 200  # a new password is no reason to set up every program
    await admin.delete(account)
    assert await status(manager, key) == 401
    assert (await admin.get("/api/keys", params={"all": True})).json()["items"] == []


async def test_a_key_loses_its_users_administration_at_once(manager: Manager) -> None:
    ada = await manager.administrator()
    bob = await manager.user(ada, "bob@example.com")
    account = f"/api/auth/users/{await id_of(bob)}"
    await ada.put(account, json={"is_admin": True})
    program = await manager.client((await new_key(bob))["key"])
    assert (await program.get("/v1/admin/status")).status_code == 200
    await ada.put(account, json={"is_admin": False})
    assert (await program.get("/v1/admin/status")).status_code == 403


async def test_an_administrator_sees_and_revokes_everybodys_keys(manager: Manager) -> None:
    admin = await manager.administrator()
    bob = await manager.user(admin, "bob@example.com")
    made = [await new_key(who, name) for who, name in ((admin, "a"), (bob, "b"), (admin, "c"))]
    assert [key["name"] for key in (await bob.get("/api/keys")).json()["items"]] == ["b"]
    refused = await bob.get("/api/keys", params={"all": True})
    assert (refused.status_code, refused.json()["code"]) == (403, "administrators_only")
    names, cursor = [], None
    while cursor is not None or not names:
        params = {"all": "true", "limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await admin.get("/api/keys", params=params)).json()
        names += [(key["name"], key["user_email"]) for key in page["items"]]
        cursor = page["next_cursor"]
    emails = ["ada@example.com", "bob@example.com", "ada@example.com"]
    assert names == list(zip("abc", emails, strict=True))
    assert await status(manager, made[1]["key"]) == 200
    assert (await admin.delete(f"/api/keys/{made[1]['id']}")).status_code == 204
    assert await status(manager, made[1]["key"]) == 401
