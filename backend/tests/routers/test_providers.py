"""Providers over HTTP: kept, tested, and never showing their keys."""

from typing import Any

import httpx
import pytest

from tests.conftest import Start
from tests.manager import Manager, log_in
from tests.services.upstream.faulty import faulty_server, said

pytestmark = pytest.mark.anyio

PROVIDERS = "/api/providers"
LISTED = said("200 OK", {"object": "list", "data": [{"id": "far/one"}, {"id": "far/two"}]})


async def created(admin: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    """A new provider, as the reply shows it."""
    body = {"name": "Far", "base_url": "http://127.0.0.1:9/v1", **fields}
    reply = await admin.post(PROVIDERS, json=body)
    assert reply.status_code == 201, reply.text
    provider: dict[str, Any] = reply.json()
    return provider


async def test_a_key_is_used_and_never_shown_or_kept_in_the_clear(manager: Manager) -> None:
    admin = await manager.administrator()
    async with faulty_server() as far:
        far.reply = [LISTED]
        made = await created(admin, base_url=far.url, key="sk-secret-1")
        tested = (await admin.post(f"{PROVIDERS}/{made['id']}/test")).json()
        assert far.asked[0].headers["authorization"] == "Bearer sk-secret-1"
    assert tested["ok"]
    assert tested["models"] == ["far/one", "far/two"]
    assert made["has_key"]
    shown = (await admin.get(PROVIDERS)).text + (await admin.get(f"{PROVIDERS}/{made['id']}")).text
    assert "sk-secret-1" not in shown
    path = manager.app.state.settings.database_path
    kept = b"".join(file.read_bytes() for file in path.parent.glob("manager.db*"))
    assert b"sk-secret-1" not in kept
    assert b"127.0.0.1" in kept


async def test_an_anthropic_server_gets_its_own_headers(manager: Manager) -> None:
    admin = await manager.administrator()
    async with faulty_server() as far:
        far.reply = [LISTED]
        made = await created(admin, base_url=far.url, key="sk-ant", kind="anthropic")
        assert (await admin.post(f"{PROVIDERS}/{made['id']}/test")).json()["ok"]
        assert far.asked[0].headers["x-api-key"] == "sk-ant"
        assert far.asked[0].headers["anthropic-version"] == "2023-06-01"
        assert "authorization" not in far.asked[0].headers


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (
            said("401 Unauthorized", {"error": {"message": "bad key sk-secret-1"}}),
            "refused the key",
        ),
        (said("200 OK", b"<html>"), "not with a list of models"),
        (said("200 OK", {"data": [1]}), "not with a list of models"),
        (b"", "broke off"),
    ],
)
async def test_a_test_that_fails_says_what_to_do(
    manager: Manager, reply: bytes, words: str
) -> None:
    admin = await manager.administrator()
    async with faulty_server() as far:
        far.reply = [reply]
        made = await created(admin, base_url=far.url, key="sk-secret-1")
        tested = (await admin.post(f"{PROVIDERS}/{made['id']}/test")).json()
    assert not tested["ok"]
    assert words in tested["detail"]
    assert "sk-secret-1" not in tested["detail"]


async def test_a_new_address_forgets_the_key_unless_one_comes_with_it(manager: Manager) -> None:
    admin = await manager.administrator()
    made = await created(admin, key="sk-1")
    route = f"{PROVIDERS}/{made['id']}"
    renamed = await admin.patch(route, json={"name": "Farther"})
    assert (renamed.json()["name"], renamed.json()["has_key"]) == ("Farther", True)
    moved = await admin.patch(route, json={"base_url": "https://example.com/v1"})
    assert not moved.json()["has_key"]
    with_key = {"base_url": "https://example.org/v1", "key": "sk-2"}
    assert (await admin.patch(route, json=with_key)).json()["has_key"]
    assert not (await admin.patch(route, json={"key": None})).json()["has_key"]


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ftp://example.com",
        "example.com/v1",
        "http://",
        "http://user:pass@example.com",
        "http://169.254.169.254/latest",
        "http://[fe80::1]/v1",
        "https://example.com/v1?x=1",
        "http://example.com:99999/",
        "http://exa mple.com",
    ],
)
async def test_an_address_that_is_no_servers_is_refused(manager: Manager, address: str) -> None:
    admin = await manager.administrator()
    reply = await admin.post(PROVIDERS, json={"name": "Far", "base_url": address})
    assert reply.status_code == 422, reply.text
    assert reply.json()["detail"][0]["loc"] == ["body", "base_url"]


async def test_names_are_unique_and_lists_page(manager: Manager) -> None:
    admin = await manager.administrator()
    for name in ("One", "Two", "Three"):
        await created(admin, name=name)
    again = await admin.post(PROVIDERS, json={"name": "Two", "base_url": "http://x"})
    assert (again.status_code, again.json()["code"]) == (409, "provider_exists")
    first = (await admin.get(PROVIDERS, params={"limit": 2})).json()
    rest = (await admin.get(PROVIDERS, params={"cursor": first["next_cursor"]})).json()
    assert [each["name"] for each in first["items"] + rest["items"]] == ["One", "Two", "Three"]
    assert rest["next_cursor"] is None


async def test_a_key_under_another_secret_says_so(start: Start) -> None:
    async with start() as running:
        admin = await running.administrator()
        made = await created(admin, key="sk-1")
        path = running.app.state.settings.database_path.with_name("jwt-secret")
    path.write_text("0" * 64)
    async with start() as running:
        anyone = await running.client()
        admin = await running.client(await log_in(anyone, "ada@example.com"))
        tested = (await admin.post(f"{PROVIDERS}/{made['id']}/test")).json()
    assert not tested["ok"]
    assert "Enter the key again" in tested["detail"]
