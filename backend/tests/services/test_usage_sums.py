"""The tables of sums say what the daily one does, whoever made them: the writer or a migration."""

import random
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from mlx_manager.db.engine import Database
from mlx_manager.db.prepare import MIGRATIONS_FOLDER, migrate, prepare
from mlx_manager.db.users import User
from mlx_manager.schemas.account import UserStatus
from mlx_manager.schemas.usage import UsageGroup, UsageQuery
from mlx_manager.services.audit_row import UsageSums
from mlx_manager.services.audit_store import AuditStore
from mlx_manager.services.usage_service import UsageService
from tests.services.test_audit_writer import read, row

pytestmark = pytest.mark.anyio
NEWEST = datetime(2026, 11, 21, 12, tzinfo=UTC)
TABLES = ("usage_daily", "usage_spans", "usage_days", "audit_hours")
ADMIN = User(email="a@example.com", password_hash="", status=UserStatus.APPROVED, is_admin=True)
FIELDS = ("user_id", "key_id", "model")


def some_rows(count: int) -> list[dict[str, Any]]:
    """Over two hundred days, of three users with two keys each, and of callers without."""
    dice = random.Random(7)
    found = []
    for number in range(count):
        user = dice.choice(["", "ada", "bob", "cyd"])
        found.append(
            row(
                number,
                started_at=NEWEST - timedelta(days=dice.randrange(200)),
                user_id=user or None,
                key_id=dice.choice([None, f"{user}-1", f"{user}-2"]) if user else None,
                model=dice.choice(["m", "n"]),
                status=dice.choice([200, 200, 500]),
            )
        )
    return found


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    database = Database(path)
    yield database
    await database.close()


async def keep(database: Database, rows: list[dict[str, Any]]) -> None:
    """In several transactions, as a server does."""
    store = AuditStore(database)
    for at in range(0, len(rows), 50):
        await store.write(rows[at : at + 50], UsageSums())


def expected(
    rows: Iterable[dict[str, Any]], by: UsageGroup, since: date, until: date, only: dict[str, str]
) -> dict[Any, tuple[int, int, int]]:
    """By group: requests, failures and tokens of the prompt, counted row by row."""
    name = {"user": "user_id", "key": "key_id"}.get(by.value, by.value)
    sums: dict[Any, Counter[str]] = {}
    for each in rows:
        facts = {"day": each["started_at"].date(), **{k: each[k] or "" for k in FIELDS}}
        if since <= facts["day"] <= until and all(facts[k] == v for k, v in only.items()):
            total = sums.setdefault(facts[name], Counter())
            total.update(requests=1, failed=each["status"] >= 400, prompt=each["prompt_tokens"])
    return {key: (t["requests"], t["failed"], t["prompt"]) for key, t in sums.items()}


@pytest.mark.parametrize("days", [1, 7, 30, 90, 200])
async def test_every_grouping_of_every_window_adds_up_to_the_rows(
    database: Database, days: int
) -> None:
    rows = some_rows(600)
    await keep(database, rows)
    service = UsageService(database)
    until = NEWEST.date() - timedelta(days=days // 9)
    since = until - timedelta(days=days - 1)
    for by in UsageGroup:
        for only in ({}, {"user_id": "ada"}, {"key_id": "bob-1"}, {"model": "m"}, {"user_id": ""}):
            page = await service.page(
                ADMIN,
                UsageQuery(by=by, since=since, until=until, all=True, limit=200, **only),  # type: ignore[arg-type]
            )
            found = {
                getattr(each, by.value if by.value in {"day", "model"} else f"{by.value}_id"): (
                    each.requests,
                    each.failed,
                    each.prompt_tokens,
                )
                for each in page.items
            }
            wanted = expected(rows, by, since, until, only)
            assert found == wanted, (by, only)
            assert page.total.requests == sum(counts[0] for counts in wanted.values())


async def test_what_an_earlier_version_kept_is_summed_as_the_writer_would(
    database: Database, path: Path, tmp_path: Path
) -> None:
    await keep(database, some_rows(200))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_FOLDER))
    script = ScriptDirectory.from_config(config)
    [summing] = [
        each for each in script.walk_revisions() if each.path.endswith("sums_secrets_probes.py")
    ]
    earlier = tmp_path / "earlier.db"
    migrate(earlier, str(summing.down_revision))
    connection = sqlite3.connect(earlier)
    connection.execute("ATTACH ? AS new", (str(path),))
    for table in ("usage_daily", "audit_logs"):
        connection.execute(f"INSERT INTO {table} SELECT * FROM new.{table}")
    connection.commit()
    connection.close()
    prepare(earlier)
    for table in TABLES:
        rows = read(path, f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4")
        assert rows, table
        assert read(earlier, f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4") == rows, table
