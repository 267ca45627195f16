"""Rows reach the database in batches, wait while it is locked, and are not lost at the end."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mlx_manager.db.engine import Database
from mlx_manager.mlx_server.core.principal import Principal, PrincipalKind
from mlx_manager.mlx_server.core.record import RequestRecord
from mlx_manager.services import audit_writer
from mlx_manager.services.audit_purge import AuditPurge
from mlx_manager.services.audit_row import audit_values
from mlx_manager.services.audit_writer import AuditWriter

pytestmark = pytest.mark.anyio
WHO = Principal("user:u", PrincipalKind.KEY, user_id="u", key_id="k")


def row(number: int = 0, **changes: Any) -> dict[str, Any]:
    record = RequestRecord(f"req-{number}", "POST", "/v1/chat/completions", "127.0.0.1", "agent")
    record.principal, record.model, record.served, record.status = WHO, "m", True, 200  # type: ignore[assignment]
    return {**audit_values(record), "prompt_tokens": 2, "duration_ms": 1.0, **changes}


def read(path: Path, statement: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(path)
    try:
        return list(connection.execute(statement))
    finally:
        connection.close()


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    database = Database(path, busy_timeout_ms=1)
    yield database
    await database.close()


async def test_rows_keep_their_order_and_add_up(database: Database, path: Path) -> None:
    writer = AuditWriter(database)
    await writer.start()
    for number in range(1203):
        writer.add(row(number))
    writer.add(row(9999, status=500))
    writer.add(row(10000, served=False, user_id=None))
    await writer.flush()
    assert writer.waiting_rows == 0
    names = [name for (name,) in read(path, "SELECT request_id FROM audit_logs ORDER BY id")]
    assert names == [f"req-{number}" for number in (*range(1203), 9999, 10000)]
    sums = "SELECT user_id, key_id, model, requests, failed, prompt_tokens FROM usage_daily"
    assert read(path, sums) == [("u", "k", "m", 1204, 1, 2408)]
    writer.add(row())
    await writer.close()
    assert read(path, sums) == [("u", "k", "m", 1205, 1, 2410)]


async def test_a_locked_database_is_waited_for_and_told(
    database: Database,
    path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(audit_writer, "CLOSE_SECONDS", 30)
    caplog.set_level(logging.INFO, audit_writer.__name__)
    writer = AuditWriter(database)
    await writer.start()
    locker = sqlite3.connect(path, isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    writer.add(row(1))
    async with asyncio.timeout(10):
        with monkeypatch.context() as impatient:
            impatient.setattr(audit_writer, "FLUSH_SECONDS", 0.05)
            while writer.problem is None:
                await writer.flush()
    assert "locked" in writer.problem
    assert writer.waiting_rows == 1
    writer.add(row(2))
    locker.execute("COMMIT")
    locker.close()
    await writer.flush()
    await writer.close()
    assert len(read(path, "SELECT 1 FROM audit_logs")) == 2
    assert "locked" in caplog.text
    assert "written again" in caplog.text


async def test_what_a_lock_outlasts_is_there_after_the_next_start(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = AuditWriter(database)
    await writer.start()
    locker = sqlite3.connect(path, isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    first = row(1)
    writer.add(first)
    with monkeypatch.context() as impatient:
        impatient.setattr(audit_writer, "CLOSE_SECONDS", 0.1)
        await writer.close()
    locker.close()
    waiting = path.with_name("manager.db.audit-unwritten")
    assert waiting.stat().st_mode & 0o777 == 0o600
    with waiting.open("a") as file:
        file.write('{"half a li')
    later = AuditWriter(database)
    await later.start()
    await later.close()
    [(name, started)] = read(path, "SELECT request_id, started_at FROM audit_logs")
    assert (name, started) == ("req-1", first["started_at"].strftime("%Y-%m-%d %H:%M:%S.%f"))
    assert read(path, "SELECT requests FROM usage_daily") == [(1,)]
    assert not waiting.exists()


async def test_too_many_waiting_rows_are_counted_and_their_usage_is_kept(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_writer, "MOST_WAITING", 3)
    writer = AuditWriter(database)
    for number in range(10):
        writer.add(row(number))
    assert (writer.waiting_rows, writer.lost_rows) == (3, 7)
    await writer.start()
    await writer.close()
    assert len(read(path, "SELECT 1 FROM audit_logs")) == 3
    assert read(path, "SELECT requests FROM usage_daily") == [(10,)]


async def test_a_row_that_can_never_be_written_keeps_no_other_from_it(
    database: Database, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    writer = AuditWriter(database)
    for number in range(5):
        writer.add(row(number, path="\ud800" if number == 2 else "/v1/models"))
    await writer.start()
    await writer.close()
    names = [name for (name,) in read(path, "SELECT request_id FROM audit_logs ORDER BY id")]
    assert names == ["req-0", "req-1", "req-3", "req-4"]
    assert read(path, "SELECT requests FROM usage_daily") == [(4,)]
    assert writer.lost_rows == 1
    assert "req-2" in caplog.text


async def test_text_that_would_fill_the_memory_is_left_out(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_writer, "MOST_TEXT_WAITING", 10)
    writer = AuditWriter(database)
    for number in range(3):
        writer.add(row(number, body="seven c"))
    await writer.start()
    await writer.flush()
    writer.add(row(3, body="again"))
    await writer.close()
    kept = read(path, "SELECT body FROM audit_logs ORDER BY id")
    assert kept == [("seven c",), (None,), (None,), ("again",)]


async def test_old_rows_are_purged_and_usage_stays(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = AuditWriter(database)
    await writer.start()
    for number in range(5):
        writer.add(row(number))
    await writer.close()
    days = 1
    now = datetime.now(UTC)
    purge = AuditPurge(database, lambda: days, clock=lambda: now + timedelta(hours=23))
    assert await purge.purge() == 0
    monkeypatch.setattr("mlx_manager.services.audit_purge.ROWS_AT_ONCE", 2)
    late = AuditPurge(database, lambda: days, clock=lambda: now + timedelta(hours=25))
    assert await late.purge() == 5
    assert read(path, "SELECT requests FROM usage_daily") == [(5,)]
    days = 0
    assert await late.purge() == 0
