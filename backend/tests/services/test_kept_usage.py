"""What a key spent today is known after a restart."""

import shutil
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from mlx_manager.db.engine import Database
from mlx_manager.db.usage_daily import UsageDaily
from mlx_manager.services.kept_usage import KeptUsage
from mlx_manager.services.quota import Spent

pytestmark = pytest.mark.anyio

TODAY = date(2026, 3, 1)


@pytest.fixture
async def database(tmp_path: Path, migrated_database: Path) -> AsyncIterator[Database]:
    """As the migrations made it."""
    opened = Database(Path(shutil.copy(migrated_database, tmp_path / "manager.db")))
    yield opened
    await opened.close()


def row(key_id: str, model: str, day: date = TODAY) -> UsageDaily:
    """Two requests of 10 tokens in and 5 out."""
    return UsageDaily(
        day=day, key_id=key_id, model=model, requests=2, prompt_tokens=10, completion_tokens=5
    )


async def test_a_keys_day_is_the_sum_over_its_models(database: Database) -> None:
    async with database.writing() as session:
        session.add_all([row("a", "m"), row("a", "n"), row("b", "m"), row("a", "m", date.min)])
    kept = KeptUsage(database)
    assert await kept.spent(["a", "c"], TODAY) == {"a": Spent(requests=4, tokens=30)}
