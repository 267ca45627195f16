"""What keys spent on a day, from the table of daily sums: so a restart gives no quota back."""

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import func
from sqlmodel import col, select

from mlx_manager.db.engine import Database
from mlx_manager.db.usage_daily import UsageDaily
from mlx_manager.services.quota import Spent


class KeptUsage:
    """Its ``spent`` is ``quota.SpentBefore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def spent(self, key_ids: Collection[str], day: date) -> Mapping[str, Spent]:
        """By the ids of those keys that spent anything."""
        tokens = func.sum(col(UsageDaily.prompt_tokens) + col(UsageDaily.completion_tokens))
        query = (
            select(UsageDaily.key_id, func.sum(col(UsageDaily.requests)), tokens)
            .where(col(UsageDaily.day) == day, col(UsageDaily.key_id).in_(key_ids))
            .group_by(col(UsageDaily.key_id))
        )
        async with self._database.reading() as session:
            rows = (await session.exec(query)).all()
        return {key_id: Spent(requests, count) for key_id, requests, count in rows}
