"""How many requests ended with which status: whole hours from their counts, the rest by row."""

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from mlx_manager.db.audit_hours import AuditHour
from mlx_manager.db.audit_logs import AuditLog
from mlx_manager.schemas.audit import AuditFilter
from mlx_manager.services.audit_query import HOUR_US, conditions, id_at
from mlx_manager.services.audit_row import FAILED_FROM

_BY_ROW = ("user_id", "key_id", "model", "request_id")
"""Filters that the hours know nothing of; an index finds their rows."""


async def count_by_status(
    session: AsyncSession, period: AuditFilter, oldest: int
) -> Mapping[int, int]:
    """Requests of each status, in its order. ``period`` has both its ends; ``oldest`` is the id of
    the first row there is: the purge may have left half of an hour."""
    assert period.since is not None
    assert period.until is not None
    first, end = max(id_at(period.since), oldest), id_at(period.until)
    whole_first, whole_end = -(-first // HOUR_US), end // HOUR_US
    found: Counter[int] = Counter()
    if whole_first >= whole_end or any(getattr(period, name) is not None for name in _BY_ROW):
        await _count_rows(session, period, first, end, found)
    else:
        await _count_rows(session, period, first, whole_first * HOUR_US, found)
        await _count_hours(session, period, whole_first, whole_end, found)
        await _count_rows(session, period, whole_end * HOUR_US, end, found)
    return dict(sorted(found.items()))


async def _count_rows(
    session: AsyncSession, period: AuditFilter, first: int, end: int, found: Counter[int]
) -> None:
    whole = period.model_copy(update={"since": None, "until": None})
    row_id = col(AuditLog.id)
    query = select(AuditLog.status, func.count()).where(
        *conditions(whole), row_id >= first, row_id < end
    )
    for status, count in await session.exec(query.group_by(col(AuditLog.status))):
        found[status] += count


async def _count_hours(
    session: AsyncSession, period: AuditFilter, first: int, end: int, found: Counter[int]
) -> None:
    hour, status = col(AuditHour.hour), col(AuditHour.status)
    query = select(AuditHour.status, func.sum(AuditHour.requests)).where(hour >= first, hour < end)
    if period.area is not None:
        query = query.where(col(AuditHour.area) == period.area)
    if period.failed is not None:
        failed = status >= FAILED_FROM
        query = query.where(failed if period.failed else ~failed)
    for code, count in await session.exec(query.group_by(status)):
        found[code] += count
