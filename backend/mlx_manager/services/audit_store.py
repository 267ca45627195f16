"""The transaction that writes audit rows, and adds their usage up."""

import time
from collections.abc import Sequence

from sqlalchemy import func
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from mlx_manager.db.audit_logs import AuditLog
from mlx_manager.db.engine import Database
from mlx_manager.db.tables import METADATA
from mlx_manager.services.audit_row import SUMMED, UsageSums, Values

_AUDIT = METADATA.tables["audit_logs"]
_USAGE = METADATA.tables["usage_daily"]


class AuditStore:
    """Both tables as their writer sees them."""

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
            if used := sums.values():
                await session.exec(_adding_up(), params=used)
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


def _adding_up() -> Insert:
    new = insert(_USAGE)
    return new.on_conflict_do_update(
        index_elements=[column.name for column in _USAGE.primary_key],
        set_={name: _USAGE.c[name] + new.excluded[name] for name in SUMMED},
    )
