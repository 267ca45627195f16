"""What a key may do at ``/v1``, over HTTP, in every dialect."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.fakes.script import Forever, Script
from tests.manager import Manager

pytestmark = pytest.mark.anyio
GUIDE = "mlx-manager/guide"
TURNS = [{"role": "user", "content": "Hi"}]
CHAT = ("/v1/chat/completions", {"messages": TURNS})
DIALECTS: tuple[tuple[str, dict[str, Any]], ...] = (
    CHAT,
    ("/v1/completions", {"prompt": "Hi"}),
    ("/v1/messages", {"messages": TURNS, "max_tokens": 9}),
    ("/v1/responses", {"input": "Hi"}),
    ("/v1/responses", {"input": "Hi", "background": True}),
    ("/v1/embeddings", {"input": "Hi"}),
    ("/v1/rerank", {"query": "Hi", "documents": ["a"]}),
)
LOOKS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/v1/messages/count_tokens", {"messages": TURNS}),
    ("/v1/responses/compact", {"input": "Hi"}),
    ("/v1/tokenize", {"prompt": "Hi"}),
    ("/v1/detokenize", {"tokens": [1]}),
    ("/v1/admin/load", {}),
    ("/v1/admin/unload", {}),
)
"""What names a model and puts none to work."""


async def new_key(client: httpx.AsyncClient, **limits: Any) -> dict[str, Any]:
    reply = await client.post("/api/keys", json=limits)
    assert reply.status_code == 201, reply.text
    made: dict[str, Any] = reply.json()
    return made


async def program(manager: Manager, **limits: Any) -> httpx.AsyncClient:
    """What calls with a key of the administrator's."""
    return await manager.client((await new_key(await manager.administrator(), **limits))["key"])


async def ask(
    client: httpx.AsyncClient, dialect: tuple[str, dict[str, Any]] = CHAT, **fields: Any
) -> httpx.Response:
    route, body = dialect
    return await client.post(route, json={"model": GUIDE, **body, **fields})


def limits_of(reply: httpx.Response) -> dict[str, str]:
    prefix = "x-ratelimit-"
    return {k.removeprefix(prefix): v for k, v in reply.headers.items() if k.startswith(prefix)}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda each: "-".join([each[0], *each[1]]))
async def test_a_request_too_many_is_refused_in_every_dialect_and_its_own_words(
    manager: Manager, dialect: tuple[str, dict[str, Any]], stream: bool
) -> None:
    client = await program(manager, requests_per_minute=1)
    first = await ask(client)
    assert first.status_code == 200
    assert limits_of(first).items() >= {"limit-requests": "1", "remaining-requests": "0"}.items()
    refused = await ask(client, dialect, stream=stream)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert limits_of(refused)["remaining-requests"] == "0"
    body = refused.json()
    if dialect[0] == "/v1/messages":
        assert (body["type"], body["error"]["type"]) == ("error", "rate_limit_error")
    else:
        assert body["error"]["code"] == "rate_limit_exceeded"
        assert set(body["error"]) == {"message", "type", "param", "code"}
    assert "1 requests a minute" in body["error"]["message"]
    assert len(manager.engine.specs) == 1


async def test_a_day_s_tokens_are_counted_told_and_refused_when_they_are_spent(
    manager: Manager,
) -> None:
    admin = await manager.administrator()
    made = await new_key(admin, tokens_per_day=30)
    client = await manager.client(made["key"])
    reply = await ask(client, max_tokens=3)
    spent = reply.json()["usage"]["total_tokens"]
    assert 3 < spent < 30
    told = limits_of(reply)
    assert (told["limit-tokens"], told["remaining-tokens"]) == ("30", str(30 - spent))
    [listed] = (await admin.get("/api/keys")).json()["items"]
    assert listed["usage"] == {"requests_today": 1, "tokens_today": spent}
    last = await ask(client, n=2, max_tokens=20)  # one that was begun is answered to its end
    assert last.status_code == 200
    total = spent + last.json()["usage"]["total_tokens"]
    [listed] = (await admin.get("/api/keys")).json()["items"]
    assert listed["usage"] == {"requests_today": 2, "tokens_today": total}
    refused = await ask(client)
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "rate_limit_exceeded")
    assert 0 < int(refused.headers["retry-after"]) <= 86_400
    assert refused.headers["x-should-retry"] in ("true", "false")
    assert limits_of(refused)["remaining-tokens"] == "0"
    # Without a key nobody counts, and nothing is told.
    assert limits_of(await ask(admin)) == {}


async def test_an_answer_whose_reader_leaves_was_spent_all_the_same(manager: Manager) -> None:
    manager.engine.default = Script.of(Forever())
    admin = await manager.administrator()
    client = await manager.client((await new_key(admin, tokens_per_day=10**6))["key"])
    body = {"model": GUIDE, "messages": TURNS, "stream": True}
    async with client.stream("POST", CHAT[0], json=body) as stream:
        assert stream.headers["x-ratelimit-remaining-tokens"] == "1000000"
        lines = stream.aiter_lines()
        for _ in range(8):
            await anext(lines)
    await manager.engine.until_quiet()
    [listed] = (await admin.get("/api/keys")).json()["items"]
    assert listed["usage"]["tokens_today"] > 8


async def test_each_message_on_a_socket_counts_and_meets_the_key_as_it_is_then(
    manager: Manager,
) -> None:
    admin = await manager.administrator()
    made = await new_key(admin, requests_per_minute=1)
    route = f"/api/keys/{made['id']}"
    url = manager.url.replace("http", "ws") + "/v1/responses"
    message = json.dumps({"type": "response.create", "model": GUIDE, "input": "Hi"})
    async with (
        asyncio.timeout(10),
        connect(url, additional_headers={"authorization": f"Bearer {made['key']}"}) as socket,
    ):
        await socket.send(message)
        events = []
        while not events or events[-1]["type"] != "response.completed":
            events.append(json.loads(await socket.recv()))
        await socket.send(message)
        refused = json.loads(await socket.recv())
        await admin.delete(route)
        await socket.send(message)
        revoked = json.loads(await socket.recv())
    assert (revoked["type"], revoked["status"]) == ("error", 401)
    assert (refused["type"], refused["status"]) == ("error", 429)
    assert refused["error"]["code"] == "rate_limit_exceeded"


async def test_a_key_for_some_models_finds_no_other(manager: Manager) -> None:
    client = await program(manager, allowed_models=["mlx-community/*", "writer"])
    assert (await client.get("/v1/models")).json()["data"] == []
    for reply in (
        await client.get(f"/v1/models/{GUIDE}"),
        *[await ask(client, each) for each in (*DIALECTS, *LOOKS)],
        await ask(client, ("/v1/completions", {"prompt": "Hi", "echo": True})),
    ):
        assert reply.status_code == 404, (reply.url, reply.text)
        error = reply.json()["error"]
        assert "mlx-community/*, writer" in error["message"]
        assert error.get("code", "model_not_found") == "model_not_found"
    assert manager.engine.resident == {}


@pytest.mark.parametrize("allowed", [None, [GUIDE], ["mlx-manager/*"], ["*"]])
async def test_a_key_for_this_model_finds_it(manager: Manager, allowed: list[str] | None) -> None:
    client = await program(manager, allowed_models=allowed)
    listed = (await client.get("/v1/models")).json()["data"]
    assert [model["id"] for model in listed] == [GUIDE]
    assert (await client.get(f"/v1/models/{GUIDE}")).status_code == 200
    assert (await ask(client)).status_code == 200


async def test_looking_does_not_count_as_a_request(manager: Manager) -> None:
    client = await program(manager, requests_per_minute=1)
    for _ in range(3):
        assert (await client.get("/v1/models")).status_code == 200
        assert (await ask(client, LOOKS[0])).status_code == 200
    assert (await ask(client)).status_code == 200


async def test_limits_that_are_changed_hold_from_the_next_request_on(manager: Manager) -> None:
    admin = await manager.administrator()
    made = await new_key(admin, requests_per_minute=1, priority="high")
    client, route = await manager.client(made["key"]), f"/api/keys/{made['id']}"
    statuses = [(await ask(client)).status_code for _ in range(2)]
    assert statuses == [200, 429]
    changed = (await admin.patch(route, json={"requests_per_minute": None, "name": "desk"})).json()
    assert changed == {
        **{name: value for name, value in made.items() if name != "key"},
        "name": "desk",
        "requests_per_minute": None,
        "last_used_at": changed["last_used_at"],
        "usage": {**changed["usage"], "requests_today": 1},
    }
    assert (await ask(client)).status_code == 200
    assert [spec.priority for spec in manager.engine.specs] == [1, 1]
    await admin.patch(route, json={"allowed_models": ["writer"], "priority": "low"})
    assert (await ask(client)).status_code == 404
    await admin.patch(route, json={"allowed_models": None})
    assert (await ask(client)).status_code == 200
    assert manager.engine.specs[-1].priority == -1


@pytest.mark.parametrize(
    "limits",
    [
        {"requests_per_minute": 0},
        {"requests_per_minute": "7"},
        {"requests_per_minute": 60_001},
        {"tokens_per_day": 0},
        {"tokens_per_day": 10**12 + 1},
        {"tokens_per_day": True},
        {"allowed_models": []},
        {"allowed_models": [" "]},
        {"allowed_models": "writer"},
        {"priority": "urgent"},
        {"priority": None},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"expires_at": "2030-01-01T00:00:00"},
        {"expires_at": "9999-12-31T23:59:59-23:59"},
        {"expires_at": "0001-01-01T00:00:00+23:59"},
        {"tokens_per_hour": 1},
    ],
)
async def test_a_limit_that_is_none_is_refused_by_name(
    manager: Manager, limits: dict[str, Any]
) -> None:
    admin = await manager.administrator()
    made = await new_key(admin)
    for reply in (
        await admin.post("/api/keys", json=limits),
        await admin.patch(f"/api/keys/{made['id']}", json=limits),
    ):
        assert reply.status_code == 422, reply.text
        assert reply.json()["detail"][0]["loc"][1] == next(iter(limits))
    [listed] = (await admin.get("/api/keys")).json()["items"]
    assert listed == {name: value for name, value in made.items() if name != "key"}


async def test_only_administrators_put_a_key_before_the_others(manager: Manager) -> None:
    admin = await manager.administrator()
    bob = await manager.user(admin, "bob@example.com")
    refused = await bob.post("/api/keys", json={"priority": "high"})
    assert (refused.status_code, refused.json()["code"]) == (403, "administrators_only")
    made = await new_key(bob, priority="low")
    route = f"/api/keys/{made['id']}"
    assert (await bob.patch(route, json={"priority": "high"})).status_code == 403
    assert (await bob.patch(route, json={"priority": "normal"})).status_code == 200
    assert (await admin.patch(route, json={"priority": "high"})).status_code == 200
    kept = await bob.patch(route, json={"priority": "high", "name": "desk"})
    assert (kept.status_code, kept.json()["priority"]) == (200, "high")
