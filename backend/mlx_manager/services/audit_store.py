"""The transaction that writes audit rows, and adds their usage up."""

import time
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Table, func
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from mlx_manager.db.audit_logs import AuditLog
from mlx_manager.db.engine import Database
from mlx_manager.db.tables import METADATA
from mlx_manager.services.audit_query import HOUR_US
from mlx_manager.services.audit_row import UsageSums, Values
from mlx_manager.services.usage_rollup import day_values, span_values

_AUDIT = METADATA.tables["audit_logs"]
_USAGE, _SPANS, _DAYS, _HOURS = (
    METADATA.tables[name] for name in ("usage_daily", "usage_spans", "usage_days", "audit_hours")
)


class AuditStore:
    """The audit and what is summed from it, as their writer sees them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._last_id: int | None = None

    async def write(self, rows: Sequence[Values], rowless: UsageSums) -> None:
        """Keep ``rows``, and add up their usage and that of ``rowless``: all of it or nothing.

        Raises ``SQLAlchemyError``.
        """
        sums = UsageSums()
        sums.merge(rowless)
        for row in rows:
            sums.add(row)
        async with self._database.writing() as session:
            numbered = _numbered(rows, await self._newest_id(session))
            await session.exec(insert(_AUDIT), params=numbered)
            for table, values in _sums_of(numbered, sums.values()):
                if values:
                    await session.exec(_adding_up(table), params=values)
        self._last_id = numbered[-1]["id"]

    async def _newest_id(self, session: AsyncSession) -> int:
        if self._last_id is None:
            self._last_id = (await session.exec(select(func.max(AuditLog.id)))).one() or 0
        return self._last_id


def _numbered(rows: Sequence[Values], newest: int) -> list[Values]:
    """Each row with the next id: the present, or one more where the clock has not moved on."""
    numbered: list[Values] = []
    for row in rows:
        newest = max(newest + 1, time.time_ns() // 1000)
        values = {name: value for name, value in row.items() if name != "served"}
        numbered.append({"id": newest, **values})
    return numbered


def _sums_of(rows: Sequence[Values], used: Sequence[Values]) -> list[tuple[Table, list[Values]]]:
    """What is added to each table of sums."""
    hours = Counter((row["id"] // HOUR_US, row["area"], row["status"]) for row in rows)
    return [
        (
            _HOURS,
            [
                {"hour": hour, "area": area, "status": status, "requests": count}
                for (hour, area, status), count in hours.items()
            ],
        ),
        (_USAGE, list(used)),
        (_SPANS, span_values(used)),
        (_DAYS, day_values(used)),
    ]


def _adding_up(table: Table) -> Insert:
    """An insert that adds to the row which has the same key."""
    new = insert(table)
    keys = {column.name for column in table.primary_key}
    return new.on_conflict_do_update(
        index_elements=sorted(keys),
        set_={
            column.name: column + new.excluded[column.name]
            for column in table.columns
            if column.name not in keys
        },
    )
