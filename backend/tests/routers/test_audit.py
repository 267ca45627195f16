"""What the audit keeps of a request, over HTTP."""

import asyncio
import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from mlx_manager.mlx_server.errors import EngineFailed
from tests.fakes.script import Fail, Forever, Script
from tests.manager import PASSWORD, Manager
from tests.routers.talk import ask

pytestmark = pytest.mark.anyio
CHAT = "/v1/chat/completions"
SECRET = "the secret ingredient is salt"
MODEL = "mlx-manager/guide"


def body(**fields: Any) -> dict[str, Any]:
    return {"model": MODEL, "messages": [{"role": "user", "content": SECRET}], **fields}


async def audit(admin: httpx.AsyncClient, **wanted: Any) -> list[dict[str, Any]]:
    reply = await admin.get("/api/audit", params=wanted)
    assert reply.status_code == 200, reply.text
    items: list[dict[str, Any]] = reply.json()["items"]
    return items


async def test_a_request_by_key_leaves_one_row_with_everything_but_the_prompt(
    manager: Manager,
) -> None:
    admin = await manager.administrator()
    key = (await admin.post("/api/keys", json={"name": "laptop"})).json()
    program = await manager.client(key["key"], **{"user-agent": "agent/1.0"})
    manager.engine.default = Script.of("Hello")
    reply = await program.post(CHAT, json=body(), headers={"x-request-id": "req-7"})
    usage = reply.json()["usage"]
    [row] = await audit(admin, area="v1")
    me = (await admin.get("/api/auth/me")).json()
    assert (row["user_id"], row["user_email"], row["caller"]) == (me["id"], me["email"], "key")
    assert (row["key_id"], row["key_name"]) == (key["id"], "laptop")
    assert (row["method"], row["path"], row["status"], row["error"]) == ("POST", CHAT, 200, None)
    assert (row["model"], row["request_id"]) == (MODEL, "req-7")
    assert row["prompt_tokens"] == usage["prompt_tokens"] > 0
    assert row["completion_tokens"] == usage["completion_tokens"] > 0
    assert (row["queue_ms"], row["prefill_ms"], row["decode_ms"]) == (1.0, 2.0, 500.0)
    assert row["duration_ms"] > 0
    assert (row["client"], row["agent"]) == ("127.0.0.1", "agent/1.0")
    assert row["body"] is None
    assert abs(datetime.fromisoformat(row["started_at"]) - datetime.now(UTC)) < timedelta(minutes=1)
    assert [each["request_id"] for each in await audit(admin, request_id="req-7")] == ["req-7"]


async def test_prompts_are_kept_only_while_an_administrator_wants_them(manager: Manager) -> None:
    admin = await manager.administrator()
    for wanted in (False, True, False):
        await admin.put("/api/settings", json={"audit_keeps_prompts": wanted})
        await admin.post(CHAT, json=body())
        await ask(admin, SECRET)
        rows = await audit(admin, model=MODEL, limit=2)
        assert [SECRET in (row["body"] or "") for row in rows] == [wanted, wanted]
    others = [row for row in await audit(admin, area="api") if not row["model"]]
    assert "/api/settings" in {row["path"] for row in others}
    assert {row["body"] for row in others} == {None}


async def test_every_write_under_api_is_audited_and_no_read(manager: Manager) -> None:
    admin = await manager.administrator()
    stranger = await manager.client()
    wrong = {"email": "ada@example.com", "password": "not the right one"}
    assert (await stranger.post("/api/auth/login", json=wrong)).status_code == 401
    assert (await stranger.post("/api/keys", json={})).status_code == 401
    key = (await admin.post("/api/keys", json={})).json()
    await admin.delete(f"/api/keys/{key['id']}")
    await admin.get("/api/keys")
    rows = await audit(admin)
    found = [(row["method"], row["path"], row["status"], row["user_email"]) for row in rows]
    assert found == [
        ("DELETE", f"/api/keys/{key['id']}", 204, "ada@example.com"),
        ("POST", "/api/keys", 201, "ada@example.com"),
        ("POST", "/api/keys", 401, None),
        ("POST", "/api/auth/login", 401, None),
        ("POST", "/api/auth/login", 200, "ada@example.com"),
        ("POST", "/api/auth/register", 201, "ada@example.com"),
    ]
    assert PASSWORD not in json.dumps(rows)


async def test_failures_keep_their_status_and_their_code(manager: Manager) -> None:
    admin = await manager.administrator()
    await admin.post(CHAT, json={"model": MODEL})
    await admin.post(CHAT, json=body(model="nobody/knows"))
    await (await manager.client("mlx-made-up")).post(CHAT, json=body())
    manager.engine.default = Script.of("Hello", Fail(EngineFailed("boom")))
    late = await admin.post(CHAT, json=body(stream=True))
    assert late.status_code == 200
    rows = await audit(admin, area="v1", failed=True)
    assert [(row["status"], row["error"], row["model"]) for row in rows] == [
        (500, "engine_failed", MODEL),
        (401, "invalid_api_key", None),
        (404, "model_not_found", "nobody/knows"),
        (400, "invalid_request_error", None),
    ]
    assert await audit(admin, area="v1", failed=False) == []


async def test_a_client_that_leaves_is_499_and_what_it_got_is_counted(manager: Manager) -> None:
    admin = await manager.administrator()
    manager.engine.default = Script.of("Hello", Forever())
    async with admin.stream("POST", CHAT, json=body(stream=True)) as stream:
        async for line in stream.aiter_lines():
            if "ello" in line or "o" in line:
                break
    async with asyncio.timeout(10):
        while not (rows := await audit(admin, area="v1")):
            pass
    assert (rows[0]["status"], rows[0]["error"]) == (499, "client_disconnected")
    assert rows[0]["prompt_tokens"] > 0
    assert rows[0]["completion_tokens"] > 0


async def test_choices_of_one_prompt_read_it_once(manager: Manager) -> None:
    admin = await manager.administrator()
    reply = await admin.post(CHAT, json=body(n=3))
    usage = reply.json()["usage"]
    [row] = await audit(admin, area="v1")
    assert (row["prompt_tokens"], row["completion_tokens"]) == (
        usage["prompt_tokens"],
        usage["completion_tokens"],
    )


async def test_the_dashboards_chat_is_counted_when_its_reply_has_ended(manager: Manager) -> None:
    admin = await manager.administrator()
    message = await ask(admin)
    [row] = await audit(admin, model=MODEL)
    assert (row["area"], row["method"], row["status"]) == ("api", "POST", 202)
    assert row["completion_tokens"] == message["usage"]["completion_tokens"] > 0


async def test_a_background_response_is_counted_when_it_has_ended(manager: Manager) -> None:
    admin = await manager.administrator()
    begun = {"model": MODEL, "input": "Hi", "background": True}
    response = (await admin.post("/v1/responses", json=begun)).json()
    watching = admin.stream("GET", f"/v1/responses/{response['id']}", params={"stream": True})
    async with watching as stream:
        await stream.aread()
    rows = await audit(admin, model=MODEL)
    assert [(row["path"], row["completion_tokens"] > 0) for row in rows] == [
        ("/v1/responses", True)
    ]


async def test_pages_follow_each_other_without_gaps(manager: Manager) -> None:
    admin = await manager.administrator()
    for number in range(5):
        await admin.get("/v1/models", headers={"x-request-id": f"req-{number}"})
    seen: list[str] = []
    cursor: str | None = None
    while True:
        params = {"area": "v1", "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await admin.get("/api/audit", params=params)).json()
        seen += [row["request_id"] for row in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == ["req-4", "req-3", "req-2", "req-1", "req-0"]
    for wrong in ("nonsense", "MjAyNi0wMS0wMVQwMDowMDowMCswMDowMCBhYmM="):
        reply = await admin.get("/api/audit", params={"cursor": wrong})
        assert (reply.status_code, reply.json()["code"]) == (400, "bad_cursor")


async def test_a_period_is_cut_out_and_told_in_numbers(manager: Manager) -> None:
    admin = await manager.administrator()
    await admin.get("/v1/models")
    [first] = await audit(admin, area="v1")
    await admin.post(CHAT, json={})
    middle = (datetime.fromtimestamp(0, UTC) + timedelta(microseconds=first["id"] + 1)).isoformat()
    assert [row["path"] for row in await audit(admin, area="v1", since=middle)] == [CHAT]
    assert [row["path"] for row in await audit(admin, area="v1", until=middle)] == ["/v1/models"]
    reply = await admin.get("/api/audit/statistics", params={"area": "v1"})
    told = reply.json()
    assert (told["requests"], told["failed"]) == (2, 1)
    assert told["by_status"] == [
        {"status": 200, "requests": 1},
        {"status": 400, "requests": 1},
    ]
    assert (told["waiting_rows"], told["lost_rows"], told["problem"]) == (0, 0, None)
    naive = await admin.get("/api/audit", params={"since": "2026-01-01T00:00:00"})
    assert naive.status_code == 422


async def test_the_whole_is_exported_as_lines_and_as_a_table(manager: Manager) -> None:
    admin = await manager.administrator()
    formula = await manager.client(**{"user-agent": "=cmd()"})
    await formula.get("/v1/models")
    rows = await audit(admin)
    lines = await admin.get("/api/audit/export")
    assert lines.headers["content-type"].startswith("application/x-ndjson")
    assert [json.loads(line) for line in lines.text.splitlines()] == rows
    table = await admin.get("/api/audit/export", params={"format": "csv", "area": "v1"})
    assert table.headers["content-disposition"] == 'attachment; filename="audit.csv"'
    [row] = csv.DictReader(io.StringIO(table.text))
    assert (row["path"], row["status"], row["agent"]) == ("/v1/models", "200", "'=cmd()")
