"""Every write under /api leaves a row of the audit, whoever tries it and however it ends."""

from typing import Any

import pytest

from tests.manager import Manager, log_in
from tests.routers.test_roles import CASES, path_of

pytestmark = pytest.mark.anyio
READS = {"GET"}


async def test_each_write_is_audited_for_those_who_may_and_those_who_may_not(
    manager: Manager,
) -> None:
    admin = await manager.administrator()
    bob = await manager.user(admin, "bob@example.com")
    nobody = await manager.client()
    bobs_id = (await bob.get("/api/auth/me")).json()["id"]
    ids = dict.fromkeys(
        ("session_id", "user_id", "key_id", "conversation_id", "reply_id", "download_id"), "0" * 32
    )
    writes = [case for case in CASES if case.method not in READS]
    assert len(writes) >= 25
    sent: dict[str, tuple[Any, ...]] = {}
    for number, case in enumerate(writes):
        path = path_of(case).format(**ids, model_id="acme/Nowhere")
        for who, client in (("nobody", nobody), ("bob", bob)):
            # An empty body ends in a refusal that is audited like anything else.
            name = f"{who}-{number}"
            headers = {"x-request-id": name}
            reply = await client.request(case.method, path, headers=headers)
            if reply.status_code == 204 and path == "/api/auth/logout":
                bob.headers["authorization"] = (await relogin(manager)).headers["authorization"]
            known = who == "bob" and bool(case.refused)
            sent[name] = (case.method, path, reply.status_code, bobs_id if known else None)
    found: dict[str, tuple[Any, ...]] = {}
    cursor: str | None = None
    while True:
        params = {"area": "api", "limit": 200} | ({"cursor": cursor} if cursor else {})
        page = (await admin.get("/api/audit", params=params)).json()
        for row in page["items"]:
            told = (row["method"], row["path"], row["status"], row["user_id"])
            assert found.setdefault(row["request_id"], told) == told
        if (cursor := page["next_cursor"]) is None:
            break
    assert {name: found.get(name) for name in sent} == sent


async def relogin(manager: Manager) -> Any:
    """Bob again: one of the writes signed him out."""
    anyone = await manager.client()
    return await manager.client(await log_in(anyone, "bob@example.com"))
