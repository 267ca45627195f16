"""Signing up, in and out, over HTTP."""

import asyncio
from time import perf_counter

import httpx
import pytest

from tests.manager import NEW_PASSWORD, PASSWORD, Manager, log_in, register

pytestmark = pytest.mark.anyio


async def test_the_first_account_is_the_approved_administrator_and_later_ones_wait(
    manager: Manager,
) -> None:
    anyone = await manager.client()
    assert (await anyone.get("/api/auth/setup")).json() == {"needed": True}
    first = await register(anyone, " Ada@Example.COM ")
    second = await register(anyone, "bob@example.com")
    assert (first["email"], first["status"], first["is_admin"]) == (
        "ada@example.com",
        "approved",
        True,
    )
    assert (second["status"], second["is_admin"]) == ("pending", False)
    assert set(first) == {"id", "email", "status", "is_admin", "local_only", "created_at"}
    assert first["created_at"].endswith("Z")
    assert (await anyone.get("/api/auth/setup")).json() == {"needed": False}


async def test_of_many_first_registrations_at_once_exactly_one_becomes_administrator(
    manager: Manager,
) -> None:
    anyone = await manager.client()
    accounts = await asyncio.gather(
        *(register(anyone, f"person{number}@example.com") for number in range(6))
    )
    assert sorted(account["is_admin"] for account in accounts) == [False] * 5 + [True]
    assert [a["status"] for a in accounts if a["is_admin"]] == ["approved"]
    assert {a["status"] for a in accounts if not a["is_admin"]} == {"pending"}


async def test_an_address_has_one_account_however_it_is_written(manager: Manager) -> None:
    anyone = await manager.client()
    await register(anyone, "ada@example.com")
    body = {"email": "ADA@example.com", "password": PASSWORD}
    reply = await anyone.post("/api/auth/register", json=body)
    assert (reply.status_code, reply.json()["code"]) == (409, "email_taken")


@pytest.mark.parametrize(
    ("email", "password", "field", "words"),
    [
        ("not an address", PASSWORD, "email", "name@example.com"),
        ("@example.com", PASSWORD, "email", "name@example.com"),
        ("a@b@example.com", PASSWORD, "email", "name@example.com"),
        ("ada@example.com", "eleven char", "password", "at least 12"),
        ("ada@example.com", "Password1234", "password", "first that are tried"),
        ("ada@example.com", "correct horse battery staple", "password", "first that are tried"),
        ("ada@example.com", "ababababababab", "password", "repeats"),
        ("ada@example.com", "x" * 1025, "password", "1024"),
        ("ada@example.com", 123456789012345, "password", "string"),
    ],
)
async def test_a_bad_address_or_a_weak_password_is_refused_by_name_and_never_repeated(
    manager: Manager, email: str, password: str, field: str, words: str
) -> None:
    anyone = await manager.client()
    reply = await anyone.post("/api/auth/register", json={"email": email, "password": password})
    assert reply.status_code == 422
    [problem] = reply.json()["detail"]
    assert problem["loc"] == ["body", field]
    assert words in problem["msg"]
    assert str(password) not in reply.text
    assert (await anyone.get("/api/auth/setup")).json() == {"needed": True}


async def test_login_gives_a_token_that_names_its_user(manager: Manager) -> None:
    anyone = await manager.client()
    await register(anyone, "ada@example.com")
    body = {"email": " Ada@example.com", "password": PASSWORD}
    reply = (await anyone.post("/api/auth/login", json=body)).json()
    assert set(reply) == {"access_token", "token_type", "expires_in"}
    assert (reply["token_type"], reply["expires_in"]) == ("bearer", 7 * 24 * 3600)
    signed_in = await manager.client(reply["access_token"])
    assert (await signed_in.get("/api/auth/me")).json()["email"] == "ada@example.com"


async def test_a_wrong_password_and_an_unknown_address_answer_alike_and_take_as_long(
    manager: Manager,
) -> None:
    anyone = await manager.client()
    await register(anyone, "ada@example.com")

    async def attempt(email: str) -> tuple[float, httpx.Response]:
        begun = perf_counter()
        body = {"email": email, "password": "not the right one"}
        reply = await anyone.post("/api/auth/login", json=body)
        return perf_counter() - begun, reply

    await attempt("warm-up@example.com")
    known = [await attempt("ada@example.com") for _ in range(4)]
    unknown = [await attempt("nobody@example.com") for _ in range(4)]
    assert known[0][1].status_code == unknown[0][1].status_code == 401
    assert known[0][1].json() == unknown[0][1].json()
    assert known[0][1].json()["code"] == "invalid_credentials"
    fastest_known = min(seconds for seconds, _ in known)
    fastest_unknown = min(seconds for seconds, _ in unknown)
    # Without a hash to compare, an unknown address would answer some twenty times faster.
    assert 0.4 < fastest_known / fastest_unknown < 2.5


async def test_waiting_and_disabled_accounts_cannot_sign_in(manager: Manager) -> None:
    admin = await manager.administrator()
    anyone = await manager.client()
    account = await register(anyone, "bob@example.com")
    body = {"email": "bob@example.com", "password": PASSWORD}
    waiting = await anyone.post("/api/auth/login", json=body)
    assert (waiting.status_code, waiting.json()["code"]) == (403, "account_pending")
    await admin.put(f"/api/auth/users/{account['id']}", json={"status": "disabled"})
    disabled = await anyone.post("/api/auth/login", json=body)
    assert (disabled.status_code, disabled.json()["code"]) == (403, "account_disabled")
    wrong = await anyone.post("/api/auth/login", json={**body, "password": "wrong password"})
    assert wrong.status_code == 401  # who lacks the password learns nothing of the account


async def test_logging_out_ends_every_token_of_that_user_only(manager: Manager) -> None:
    admin = await manager.administrator()
    bob = await manager.user(admin, "bob@example.com")
    elsewhere = await manager.client(await log_in(bob, "bob@example.com"))
    assert (await bob.post("/api/auth/logout")).status_code == 204
    for client in (bob, elsewhere):
        reply = await client.get("/api/auth/me")
        assert (reply.status_code, reply.json()["code"]) == (401, "not_signed_in")
        assert reply.headers["www-authenticate"] == "Bearer"
    assert (await admin.get("/api/auth/me")).status_code == 200


async def test_changing_the_password_ends_old_tokens_and_returns_a_fresh_one(
    manager: Manager,
) -> None:
    ada = await manager.administrator()
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    wrong = await ada.put("/api/auth/me/password", json={**change, "current_password": "no"})
    assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong_password")
    fresh = (await ada.put("/api/auth/me/password", json=change)).json()["access_token"]
    assert (await ada.get("/api/auth/me")).status_code == 401
    assert (await (await manager.client(fresh)).get("/api/auth/me")).status_code == 200
    anyone = await manager.client()
    await log_in(anyone, "ada@example.com", NEW_PASSWORD)
    old = {"email": "ada@example.com", "password": PASSWORD}
    assert (await anyone.post("/api/auth/login", json=old)).status_code == 401


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer x", "Basic YTpi", "Bearer a.b.c"])
async def test_anything_but_a_token_is_not_signed_in(manager: Manager, authorization: str) -> None:
    client = await manager.client(authorization=authorization)
    reply = await client.get("/api/auth/me")
    assert (reply.status_code, reply.json()["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'{"email": 1}', b"\xff\xfe", b'{"email": "\xff"}', b"[" * 100_000],
)
async def test_a_body_that_is_no_login_is_the_callers_error(manager: Manager, body: bytes) -> None:
    anyone = await manager.client()
    headers = {"content-type": "application/json"}
    reply = await anyone.post("/api/auth/login", content=body, headers=headers)
    assert reply.status_code in (400, 422)
    assert reply.json()["detail"]
    assert (await anyone.get("/api/auth/setup")).status_code == 200
