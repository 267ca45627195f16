"""Tokens that are not in force open nothing: not ``/api``, not its feeds, not ``/v1``.

They are forged with the server's own secret, so that each is wrong in one thing alone.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest

from mlx_manager.db.columns import utc_now
from mlx_manager.services.token_secret import resolve_token_secret
from tests.conftest import Start
from tests.manager import Manager, log_in, register

pytestmark = pytest.mark.anyio
Forge = Callable[[dict[str, Any], bytes], str]
QUESTION = {"model": "mlx-manager/guide", "messages": [{"role": "user", "content": "Hi"}]}


def signed(claims: dict[str, Any], secret: bytes, algorithm: str = "HS256", **head: Any) -> str:
    return jwt.encode(claims, secret, algorithm=algorithm, headers=head or None)


def changed(**changes: Any) -> Forge:
    """Signed as ours are, but for these claims; None leaves one out."""

    def forge(claims: dict[str, Any], secret: bytes) -> str:
        wanted = {name: value for name, value in {**claims, **changes}.items() if value is not None}
        return signed(wanted, secret)

    return forge


def with_anothers_body(claims: dict[str, Any], secret: bytes) -> str:
    head, _, signature = signed(claims, secret).split(".")
    return f"{head}.{signed({**claims, 'ver': 7}, b'k' * 32).split('.')[1]}.{signature}"


FORGERIES: dict[str, Forge] = {
    "another's body": with_anothers_body,
    "a cut signature": lambda claims, secret: signed(claims, secret)[:-4] + "AAAA",
    "no signature": lambda claims, secret: signed(claims, secret).rpartition(".")[0] + ".",
    "alg none": lambda claims, secret: jwt.encode(claims, None, algorithm="none"),
    "another algorithm": lambda claims, secret: signed(claims, secret * 2, "HS512"),
    "another secret": lambda claims, secret: signed(claims, b"k" * 32),
    "expired": changed(exp=utc_now() - timedelta(minutes=1)),
    "not yet": changed(iat=utc_now() + timedelta(hours=1)),
    "without an end": changed(exp=None),
    "another type": changed(typ="refresh"),
    "without a type": changed(typ=None),
    "another version": changed(ver=41),
    "another session": changed(sid="0" * 32),
    "nobody's": changed(sub="0" * 32),
}


async def opens(manager: Manager, token: str) -> set[int]:
    """The statuses with which doors of each kind answer it."""
    bearer = await manager.client(token)
    as_key = await manager.client(**{"x-api-key": token})
    replies: list[httpx.Response] = [
        await bearer.get("/api/auth/me"),
        await bearer.get("/api/auth/users"),
        await bearer.post("/v1/chat/completions", json=QUESTION),
        await as_key.post("/v1/messages", json={**QUESTION, "max_tokens": 5}),
    ]
    feeds = {"/api/events", "/api/models/downloads"}
    statuses = {reply.status_code for reply in replies}
    for feed in feeds:
        async with bearer.stream("GET", feed) as stream:
            statuses.add(stream.status_code)
    return statuses


async def token_and_claims(manager: Manager) -> tuple[str, dict[str, Any], bytes]:
    ada = await manager.administrator()
    token = ada.headers["authorization"].removeprefix("Bearer ")
    secret = resolve_token_secret(manager.app.state.settings)
    return token, jwt.decode(token, secret, algorithms=["HS256"]), secret


# With 'always' as on every other bind: nobody is let in for being on this machine.
@pytest.mark.parametrize("required", ["auto", "always"])
async def test_what_is_wrong_in_one_thing_opens_nothing(start: Start, required: str) -> None:
    async with start(require_api_key=required) as manager:
        token, claims, secret = await token_and_claims(manager)
        assert await opens(manager, signed(claims, secret)) == {200}, "the forger's hand is good"
        for name, forge in FORGERIES.items():
            forged = forge(claims, secret)
            assert forged != token
            assert await opens(manager, forged) == {401}, name


async def test_a_token_ends_with_its_session_its_account_and_its_password(
    manager: Manager,
) -> None:
    ada = await manager.administrator()
    for number, end in enumerate(("logout", "disable", "reset", "delete")):
        anyone, email = await manager.client(), f"user-{number}@example.com"
        account = f"/api/auth/users/{(await register(anyone, email))['id']}"
        await ada.put(account, json={"status": "approved", "is_admin": True})
        token = await log_in(anyone, email)
        assert await opens(manager, token) == {200}
        if end == "logout":
            left = await (await manager.client(token)).post("/api/auth/logout")
        elif end == "disable":
            left = await ada.put(account, json={"status": "disabled"})
        elif end == "reset":
            left = await ada.post(
                f"{account}/reset-password", json={"new_password": "another calm machine"}
            )
        else:
            left = await ada.delete(account)
        assert left.is_success, left.text
        assert await opens(manager, token) == {401}, end
