"""Administrators looking after accounts, over HTTP."""

import sqlite3

import pytest

from mlx_manager.config import ManagerSettings
from tests.manager import NEW_PASSWORD, PASSWORD, Manager, log_in, register
from tests.routers.talk import begin_chat

pytestmark = pytest.mark.anyio


async def test_accounts_are_listed_in_pages_in_the_order_they_came(manager: Manager) -> None:
    admin = await manager.administrator()
    for number in range(4):
        await register(admin, f"person{number}@example.com")
    pages: list[list[str]] = []
    params: dict[str, str] = {"limit": "2"}
    while "cursor" not in params or params["cursor"]:
        page = (await admin.get("/api/auth/users", params=params)).json()
        pages.append([user["email"].split("@")[0] for user in page["items"]])
        params["cursor"] = page["next_cursor"]
    assert pages == [["ada", "person0"], ["person1", "person2"], ["person3"]]
    assert (await admin.get("/api/auth/users/pending/count")).json() == {"count": 4}


@pytest.mark.parametrize(
    "cursor",
    ["x", "====", "AAAA", "MjAyNi0wMS0wMSBh", "OTk5OS0xMi0zMVQyMzo1OTo1OS0yMzo1OSBh", "é"],
)
async def test_a_cursor_that_is_not_ours_is_refused(manager: Manager, cursor: str) -> None:
    admin = await manager.administrator()
    reply = await admin.get("/api/auth/users", params={"cursor": cursor})
    assert (reply.status_code, reply.json()["code"]) == (400, "bad_cursor")


async def test_disabling_ends_an_accounts_tokens_at_once(manager: Manager) -> None:
    admin = await manager.administrator()
    bob = await manager.user(admin, "bob@example.com")
    me = (await bob.get("/api/auth/me")).json()
    reply = await admin.put(f"/api/auth/users/{me['id']}", json={"status": "disabled"})
    assert reply.json() == {**me, "status": "disabled"}
    assert (await bob.get("/api/auth/me")).status_code == 401
    await admin.put(f"/api/auth/users/{me['id']}", json={"status": "approved"})
    assert (await bob.get("/api/auth/me")).status_code == 401  # an ended token stays ended
    await log_in(bob, "bob@example.com")


async def test_deleting_an_account_ends_its_tokens_and_frees_its_address(
    manager: Manager,
) -> None:
    admin = await manager.administrator()
    bob = await manager.user(admin, "bob@example.com")
    bob_id = (await bob.get("/api/auth/me")).json()["id"]
    assert (await admin.delete(f"/api/auth/users/{bob_id}")).status_code == 204
    assert (await bob.get("/api/auth/me")).status_code == 401
    again = await admin.delete(f"/api/auth/users/{bob_id}")
    assert (again.status_code, again.json()["code"]) == (404, "not_found")
    assert (await register(bob, "bob@example.com"))["status"] == "pending"


async def test_an_account_tells_what_goes_with_it_and_takes_it_along(
    manager: Manager, settings: ManagerSettings
) -> None:
    admin = await manager.administrator()
    bob = await manager.user(admin, "bob@example.com")
    me = (await bob.get("/api/auth/me")).json()
    route = f"/api/auth/users/{me['id']}"
    await begin_chat(bob)
    await bob.post("/api/keys", json={})
    await bob.post("/v1/responses", json={"model": "mlx-manager/guide", "input": "Hi"})
    holdings = {"conversations": 1, "api_keys": 1, "responses": 1, "sessions": 1}
    assert (await admin.get(route)).json() == {**me, **holdings}
    # Switched off, nothing but the sessions is gone.
    await admin.put(route, json={"status": "disabled"})
    kept = {**me, **holdings, "status": "disabled", "sessions": 0}
    assert (await admin.get(route)).json() == kept
    await admin.put(route, json={"status": "approved"})
    bob = await manager.client(await log_in(admin, "bob@example.com"))
    assert len((await bob.get("/api/chat/conversations")).json()["items"]) == 1
    await admin.delete(route)
    assert (await admin.get(route)).status_code == 404
    database = sqlite3.connect(settings.database_path)
    for table in ("conversations", "messages", "api_keys", "responses", "sessions"):
        query = f"SELECT count(*) FROM {table}"
        # What is left is the administrator's session.
        assert database.execute(query).fetchone() == (int(table == "sessions"),), table
    database.close()


async def test_resetting_a_password_ends_the_old_one_and_its_tokens(manager: Manager) -> None:
    admin = await manager.administrator()
    bob = await manager.user(admin, "bob@example.com")
    bob_id = (await bob.get("/api/auth/me")).json()["id"]
    route = f"/api/auth/users/{bob_id}/reset-password"
    assert (await admin.post(route, json={"new_password": "short"})).status_code == 422
    assert (await admin.post(route, json={"new_password": NEW_PASSWORD})).status_code == 204
    assert (await bob.get("/api/auth/me")).status_code == 401
    old = {"email": "bob@example.com", "password": PASSWORD}
    assert (await bob.post("/api/auth/login", json=old)).status_code == 401
    await log_in(bob, "bob@example.com", NEW_PASSWORD)


@pytest.mark.parametrize(
    "change", [{"status": "disabled"}, {"status": "pending"}, {"is_admin": False}, None]
)
async def test_the_last_administrator_stays(manager: Manager, change: dict[str, object]) -> None:
    admin = await manager.administrator()
    await manager.user(admin, "bob@example.com")
    route = f"/api/auth/users/{(await admin.get('/api/auth/me')).json()['id']}"
    reply = await (admin.delete(route) if change is None else admin.put(route, json=change))
    assert (reply.status_code, reply.json()["code"]) == (409, "last_administrator")
    assert (await admin.get("/api/auth/me")).json()["is_admin"] is True


async def test_an_administrator_who_is_not_the_last_may_go(manager: Manager) -> None:
    ada = await manager.administrator()
    bob = await manager.user(ada, "bob@example.com")
    ada_id = (await ada.get("/api/auth/me")).json()["id"]
    bob_id = (await bob.get("/api/auth/me")).json()["id"]
    await ada.put(f"/api/auth/users/{bob_id}", json={"is_admin": True})
    assert (await bob.put(f"/api/auth/users/{ada_id}", json={"is_admin": False})).status_code == 200
    assert (await ada.get("/api/auth/users")).status_code == 403
    reply = await bob.put(f"/api/auth/users/{bob_id}", json={"is_admin": False})
    assert reply.json()["code"] == "last_administrator"


@pytest.mark.parametrize(
    "body", [{"status": "asleep"}, {"is_admin": "perhaps"}, {"email": "new@example.com"}]
)
async def test_a_change_that_is_not_one_is_refused(
    manager: Manager, body: dict[str, object]
) -> None:
    admin = await manager.administrator()
    me = (await admin.get("/api/auth/me")).json()
    assert (await admin.put(f"/api/auth/users/{me['id']}", json=body)).status_code == 422
    assert (await admin.get("/api/auth/me")).json() == me
