"""Too many wrong passwords, over HTTP."""

import asyncio

import httpx
import pytest

from mlx_manager.services.login_throttle import TRIES_AN_ACCOUNT
from tests.manager import NEW_PASSWORD, PASSWORD, Manager, log_in, register

pytestmark = pytest.mark.anyio
LOGIN = "/api/auth/login"


def attempt(email: str, password: str = "not the right one") -> dict[str, str]:
    return {"email": email, "password": password}


def assert_refused(reply: httpx.Response) -> None:
    assert (reply.status_code, reply.json()["code"]) == (429, "too_many_attempts")
    assert 0 < int(reply.headers["retry-after"]) <= 900


async def test_guesses_at_a_known_and_an_unknown_account_end_alike_however_many_come_at_once(
    manager: Manager,
) -> None:
    anyone = await manager.client()
    await register(anyone, "ada@example.com")
    for email in ("ada@example.com", "nobody@example.com"):
        replies = await asyncio.gather(
            *(anyone.post(LOGIN, json=attempt(email)) for _ in range(TRIES_AN_ACCOUNT + 5))
        )
        statuses = sorted(reply.status_code for reply in replies)
        assert statuses == [401] * TRIES_AN_ACCOUNT + [429] * 5
        assert_refused(await anyone.post(LOGIN, json=attempt(email.upper())))
    # The right password is not looked at either: the answer would tell the guesser.
    assert_refused(await anyone.post(LOGIN, json=attempt("ada@example.com", PASSWORD)))


async def test_a_stranger_cannot_lock_out_somebody_at_their_own_device(manager: Manager) -> None:
    anyone = await manager.client()
    await register(anyone, "ada@example.com")
    stranger = await manager.client(**{"x-forwarded-for": "203.0.113.7"})
    await log_in(anyone, "ada@example.com")
    for _ in range(TRIES_AN_ACCOUNT):
        assert (await stranger.post(LOGIN, json=attempt("ada@example.com"))).status_code == 401
    assert_refused(await stranger.post(LOGIN, json=attempt("ada@example.com")))
    await log_in(anyone, "ada@example.com")


async def test_a_password_that_an_administrator_set_may_be_tried_at_once(
    manager: Manager,
) -> None:
    admin = await manager.administrator()
    bob = await manager.user(admin, "bob@example.com")
    me = (await bob.get("/api/auth/me")).json()
    for _ in range(TRIES_AN_ACCOUNT):
        await bob.post(LOGIN, json=attempt("bob@example.com"))
    assert_refused(await bob.post(LOGIN, json=attempt("bob@example.com", PASSWORD)))
    reset = {"new_password": NEW_PASSWORD}
    await admin.post(f"/api/auth/users/{me['id']}/reset-password", json=reset)
    await log_in(bob, "bob@example.com", NEW_PASSWORD)


async def test_a_borrowed_session_is_no_place_to_guess_the_password(manager: Manager) -> None:
    ada = await manager.administrator()
    change = {"current_password": "a guess at it", "new_password": NEW_PASSWORD}
    for _ in range(TRIES_AN_ACCOUNT):
        assert (await ada.put("/api/auth/me/password", json=change)).status_code == 403
    assert_refused(await ada.put("/api/auth/me/password", json=change))
