"""Rows of the audit that are older than wanted go as soon as that is said; sums of usage stay."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from mlx_manager.db.audit_logs import AuditLog
from mlx_manager.db.engine import Database
from tests.manager import Manager

pytestmark = pytest.mark.anyio
ASKED = {"model": "mlx-manager/guide", "messages": [{"role": "user", "content": "Hi"}]}
AUDIT, SETTINGS = "/api/audit", "/api/settings"


async def made_older(manager: Manager, request_id: str, age: timedelta) -> None:
    """As if it had been written so long ago: the id is the time."""
    database = Database(manager.app.state.settings.database_path)
    older = {"id": col(AuditLog.id) - age // timedelta(microseconds=1)}
    async with database.writing() as session:
        which = update(AuditLog).where(col(AuditLog.request_id) == request_id)
        assert (await session.exec(which.values(older))).rowcount == 1
    await database.close()


async def test_a_shorter_retention_is_in_force_at_once(manager: Manager) -> None:
    ada = await manager.administrator()
    for name in ("old", "young"):
        sent = await ada.post("/v1/chat/completions", json=ASKED, headers={"x-request-id": name})
        assert sent.status_code == 200, sent.text
    used = (await ada.get("/api/usage")).json()["total"]

    async def kept() -> set[str]:
        rows = (await ada.get(AUDIT, params={"area": "v1"})).json()["items"]
        return {row["request_id"] for row in rows}

    assert await kept() == {"old", "young"}
    await made_older(manager, "old", timedelta(days=40))
    for days, wanted in ((90, {"old", "young"}), (0, {"old", "young"}), (30, {"young"})):
        changed = await ada.put(SETTINGS, json={"audit_retention_days": days})
        assert changed.status_code == 200, changed.text
        async with asyncio.timeout(30):
            while await kept() != wanted:
                pass
    assert (await ada.get("/api/usage")).json()["total"] == used
    assert used["requests"] == 2
