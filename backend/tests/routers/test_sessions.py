"""Where people are signed in, over HTTP."""

import asyncio

import httpx
import pytest

from mlx_manager.config import ManagerSettings
from tests.conftest import Start
from tests.manager import NEW_PASSWORD, PASSWORD, Manager, log_in

pytestmark = pytest.mark.anyio
SESSIONS = "/api/auth/sessions"
ME = "/api/auth/me"


async def sessions(client: httpx.AsyncClient) -> list[dict[str, object]]:
    reply = await client.get(SESSIONS)
    assert reply.status_code == 200, reply.text
    found: list[dict[str, object]] = reply.json()["items"]
    return found


async def elsewhere(manager: Manager, agent: str = "phone") -> httpx.AsyncClient:
    """Ada on another device."""
    anyone = await manager.client(**{"user-agent": agent})
    return await manager.client(await log_in(anyone, "ada@example.com"))


async def test_a_session_tells_its_device_and_which_one_asks(manager: Manager) -> None:
    ada = await manager.administrator()
    await elsewhere(manager, "phone\t" + "x" * 300)
    here, there = await sessions(ada)
    assert set(here) == {
        "id",
        "address",
        "agent",
        "created_at",
        "last_seen_at",
        "expires_at",
        "current",
    }
    assert (here["current"], there["current"]) == (True, False)
    assert here["address"] == there["address"] == "127.0.0.1"
    assert str(here["agent"]).startswith("python-httpx/")
    assert there["agent"] == "phone" + "x" * 195
    assert str(here["created_at"]) < str(here["expires_at"])


async def test_sessions_come_in_pages(manager: Manager) -> None:
    ada = await manager.administrator()
    for number in range(2):
        await elsewhere(manager, f"phone {number}")
    agents, params = [], {"limit": "2"}
    while "cursor" not in params or params["cursor"]:
        page = (await ada.get(SESSIONS, params=params)).json()
        agents.append([each["agent"].split("/")[0] for each in page["items"]])
        params["cursor"] = page["next_cursor"]
    assert agents == [["python-httpx", "phone 0"], ["phone 1"]]
    wrong = await ada.get(SESSIONS, params={"cursor": "x"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "bad_cursor")


async def test_one_device_is_signed_out_at_once_and_no_other(manager: Manager) -> None:
    ada = await manager.administrator()
    phone = await elsewhere(manager)
    there = (await sessions(ada))[1]
    assert (await phone.get(ME)).status_code == 200
    assert (await ada.delete(f"{SESSIONS}/{there['id']}")).status_code == 204
    assert (await phone.get(ME)).status_code == 401
    assert (await phone.get("/v1/models")).status_code == 401
    assert (await ada.get(ME)).status_code == 200
    again = await ada.delete(f"{SESSIONS}/{there['id']}")
    assert (again.status_code, again.json()["code"]) == (404, "not_found")


async def test_logging_out_ends_all_sessions_or_only_the_one_that_asks(manager: Manager) -> None:
    ada = await manager.administrator()
    phone = await elsewhere(manager)
    only_here = await phone.post("/api/auth/logout", params={"everywhere": False})
    assert only_here.status_code == 204
    assert [(await each.get(ME)).status_code for each in (ada, phone)] == [200, 401]
    phone = await elsewhere(manager)
    assert (await phone.post("/api/auth/logout")).status_code == 204
    assert [(await each.get(ME)).status_code for each in (ada, phone)] == [401, 401]
    fresh = await elsewhere(manager)
    assert len(await sessions(fresh)) == 1


async def test_a_new_password_leaves_one_session_and_a_reset_none(manager: Manager) -> None:
    ada = await manager.administrator()
    await elsewhere(manager)
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    token = (await ada.put("/api/auth/me/password", json=change)).json()["access_token"]
    ada = await manager.client(token)
    [only] = await sessions(ada)
    assert only["current"] is True
    account = (await ada.get(ME)).json()["id"]
    route = f"/api/auth/users/{account}/reset-password"
    assert (await ada.post(route, json={"new_password": PASSWORD})).status_code == 204
    assert (await ada.get(ME)).status_code == 401


async def test_a_sign_in_that_meets_the_end_of_all_sessions_leaves_none_behind(
    manager: Manager,
) -> None:
    ada = await manager.administrator()
    for _ in range(5):
        login = {"email": "ada@example.com", "password": PASSWORD}
        ended, begun = await asyncio.gather(
            ada.post("/api/auth/logout"), ada.post("/api/auth/login", json=login)
        )
        assert ended.status_code == 204
        assert begun.status_code in (200, 401), begun.text
        if begun.status_code == 200:
            late = await manager.client(begun.json()["access_token"])
            # Whole or not at all: a token that works has its row.
            if (await late.get(ME)).status_code == 200:
                assert len(await sessions(late)) == 1
        ada = await elsewhere(manager)
        assert len(await sessions(ada)) <= 2


async def test_an_expired_session_is_neither_shown_nor_kept(
    start: Start, settings: ManagerSettings
) -> None:
    async with start(jwt_expire_days=1e-9) as manager:
        anyone = await manager.client()
        body = {"email": "ada@example.com", "password": PASSWORD}
        await anyone.post("/api/auth/register", json=body)
        gone = await manager.client(await log_in(anyone, "ada@example.com"))
        assert (await gone.get(ME)).status_code == 401
    async with start() as manager:
        ada = await elsewhere(manager)
        assert len(await sessions(ada)) == 1
