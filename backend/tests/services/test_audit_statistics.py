"""Numbers of a period are those of its rows, whether an hour's count or the rows told them."""

import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mlx_manager.db.engine import Database
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.schemas.audit import AuditFilter, AuditStatistics
from mlx_manager.services import audit_store
from mlx_manager.services.audit_purge import AuditPurge
from mlx_manager.services.audit_query import moment_of
from mlx_manager.services.audit_row import UsageSums
from mlx_manager.services.audit_service import AuditService
from mlx_manager.services.audit_store import AuditStore
from mlx_manager.services.audit_writer import AuditWriter
from tests.services.test_audit_writer import row

pytestmark = pytest.mark.anyio
FIRST = 1_790_000_000_000_000
STEP = 700_000_000
"""A row every 700 seconds: five an hour, seldom at its beginning."""
ROWS = 200


class Clock:
    """The time at which rows are written: one step further at each look."""

    def __init__(self) -> None:
        self.now = FIRST

    def time_ns(self) -> int:
        self.now += STEP
        return self.now * 1000


@pytest.fixture
async def database(path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    """Two hundred rows over 39 hours."""
    database = Database(path)
    monkeypatch.setattr(audit_store, "time", Clock())
    rows = [
        row(
            number,
            status=(200, 200, 404, 500)[number % 4],
            area="api" if number % 3 == 0 else "v1",
            model=f"m{number % 2}",
        )
        for number in range(ROWS)
    ]
    await AuditStore(database).write(rows, UsageSums())
    yield database
    await database.close()


def counted(path: Path, first: int, end: int, only: str) -> dict[int, int]:
    connection = sqlite3.connect(path)
    query = f"SELECT status FROM audit_logs WHERE id >= {first} AND id < {end} AND {only}"
    found = Counter(status for (status,) in connection.execute(query))
    connection.close()
    return dict(sorted(found.items()))


async def told(database: Database, first: int, end: int, **only: Any) -> AuditStatistics:
    service = AuditService(database, AuditWriter(database))
    wanted = AuditFilter(since=moment_of(first), until=moment_of(end), **only)
    return await service.statistics(wanted)


CASES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("1", {}),
    ("area = 'api'", {"area": "api"}),
    ("status >= 400", {"failed": True}),
    ("status < 400 AND area = 'v1'", {"failed": False, "area": "v1"}),
    ("model = 'm1'", {"model": ModelId("m1")}),
)


@pytest.mark.parametrize(("condition", "only"), CASES, ids=[case[0] for case in CASES])
async def test_any_period_counts_its_rows(
    database: Database, path: Path, condition: str, only: dict[str, Any]
) -> None:
    for start in (0, 1, 3, 50):
        for length in (1, 4, 9, 60, ROWS):
            first, end = FIRST + start * STEP + 17, FIRST + (start + length) * STEP + 23
            reply = await told(database, first, end, **only)
            found = {each.status: each.requests for each in reply.by_status}
            assert found == counted(path, first, end, condition), (start, length)
            assert reply.requests == sum(found.values())
            assert reply.failed == sum(n for status, n in found.items() if status >= 400)


async def test_what_was_purged_is_in_no_number(database: Database, path: Path) -> None:
    whole = (FIRST, FIRST + (ROWS + 1) * STEP)
    assert (await told(database, *whole)).requests == ROWS
    newest = moment_of(FIRST + ROWS * STEP)
    purge = AuditPurge(database, lambda: 1, clock=lambda: newest + timedelta(seconds=100))
    gone = await purge.purge()
    assert 0 < gone < ROWS
    reply = await told(database, *whole)
    assert reply.requests == ROWS - gone
    assert {each.status: each.requests for each in reply.by_status} == counted(path, *whole, "1")
    connection = sqlite3.connect(path)
    [(hours,)] = connection.execute("SELECT min(hour) FROM audit_hours")
    [(oldest,)] = connection.execute("SELECT min(id) FROM audit_logs")
    connection.close()
    assert hours == oldest // 3_600_000_000


async def test_an_empty_audit_has_no_numbers(path: Path) -> None:
    database = Database(path)
    reply = await told(database, FIRST, FIRST + STEP)
    assert (reply.requests, reply.by_status, reply.oldest) == (0, [], None)
    await database.close()
