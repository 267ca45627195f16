"""Usage by day, user, key or model, from the tables of sums alone."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy
from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from mlx_manager.db.api_keys import ApiKey
from mlx_manager.db.columns import utc_now
from mlx_manager.db.engine import Database
from mlx_manager.db.users import User
from mlx_manager.errors import AdministratorsOnly, BadCursor
from mlx_manager.schemas.usage import (
    UsageGroup,
    UsagePage,
    UsageQuery,
    UsageReply,
    UsageSum,
)
from mlx_manager.services.audit_row import SUMMED
from mlx_manager.services.paging import Cursor, take_slice
from mlx_manager.services.usage_source import usage_rows

USUAL_PERIOD = timedelta(days=29)
_EPOCH = datetime.fromtimestamp(0, UTC)


class UsageService:
    """Reads sums that were made when requests ended; today's may be half a second behind."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, user: User, wanted: UsageQuery) -> UsagePage:
        """Sums in the order of their groups. Raises ``BadCursor``, ``AdministratorsOnly``."""
        until = wanted.until or utc_now().date()
        since = wanted.since or max(until, date.min + USUAL_PERIOD) - USUAL_PERIOD
        exact = {"user_id": _whose(user, wanted), "key_id": wanted.key_id, "model": wanted.model}
        meant = {name: value for name, value in exact.items() if value is not None}
        after = None if wanted.cursor is None else _key(wanted.by, Cursor.decode(wanted.cursor))
        async with self._database.reading() as session:
            source = usage_rows(since, until, wanted.by, meant)
            rows = await _read(session, source, after, wanted.limit + 1)
            is_whole = after is None and len(rows) <= wanted.limit
            days = usage_rows(since, until, UsageGroup.DAY, meant)
            total = _sum(rows) if is_whole else await _total(session, days)
            found = take_slice(rows, wanted.limit, lambda row: Cursor(_EPOCH, str(row[0])))
            names = await _names(session, wanted.by, [row[0] for row in found.items])
        return UsagePage(
            since=since,
            until=until,
            items=[_reply(wanted.by, row, names) for row in found.items],
            total=UsageSum(**dict(zip(SUMMED, total, strict=True))),
            next_cursor=found.next_cursor,
        )


async def _read(
    session: AsyncSession, source: Any, after: date | str | None, limit: int
) -> Sequence[Any]:
    """``limit`` groups that follow ``after``, each with its sums."""
    if source is None:
        return []
    used = source.subquery()
    # SQLModel's own takes no list of columns.
    query: Any = sqlalchemy.select(used.c.grouped, *_sums(used))
    query = query.group_by(used.c.grouped).order_by(used.c.grouped)
    if after is not None:
        query = query.where(used.c.grouped > after)
    rows: Sequence[Any] = (await session.exec(query.limit(limit))).all()
    return rows


async def _total(session: AsyncSession, source: Any) -> Sequence[Any]:
    """The sums of all groups; those of days are the fewest rows."""
    if source is None:
        return [0] * len(SUMMED)
    query: Any = sqlalchemy.select(*_sums(source.subquery()))
    sums: Sequence[Any] = (await session.exec(query)).one()
    return sums


def _sums(used: Any) -> list[Any]:
    return [func.coalesce(func.sum(used.c[name]), 0) for name in SUMMED]


def _sum(rows: Sequence[Any]) -> list[Any]:
    """Of every group: no second walk through the table when all of them are here."""
    return [sum(row[at] for row in rows) for at in range(1, len(SUMMED) + 1)]


def _whose(user: User, wanted: UsageQuery) -> str | None:
    """The account whose usage is meant; None for everybody's."""
    if (wanted.all or wanted.user_id not in {None, user.id}) and not user.is_admin:
        raise AdministratorsOnly(
            "Only an administrator may see the usage of others; leave out 'all' and 'user_id'."
        )
    if wanted.user_id is not None or wanted.all:
        return wanted.user_id
    return user.id


def _key(by: UsageGroup, cursor: Cursor) -> date | str:
    if by is not UsageGroup.DAY:
        return cursor.id
    try:
        return date.fromisoformat(cursor.id)
    except ValueError as error:
        raise BadCursor(
            "This cursor is not one of ours; start the list again without it."
        ) from error


async def _names(
    session: AsyncSession, by: UsageGroup, ids: list[Any]
) -> dict[str, tuple[str, str]]:
    """What people call these users or keys: (e-mail, "") or (e-mail of the owner, name)."""
    if by is UsageGroup.USER:
        query = select(User.id, User.email).where(col(User.id).in_(ids))
        return {user_id: (email, "") for user_id, email in await session.exec(query)}
    if by is UsageGroup.KEY:
        keys = (
            select(ApiKey.id, ApiKey.name, User.email)
            .join(User, col(User.id) == col(ApiKey.user_id))
            .where(col(ApiKey.id).in_(ids))
        )
        return {key_id: (email, name) for key_id, name, email in await session.exec(keys)}
    return {}


def _reply(by: UsageGroup, row: Any, names: Mapping[str, tuple[str, str]]) -> UsageReply:
    sums = dict(zip(SUMMED, row[1:], strict=True))
    if by is UsageGroup.DAY:
        return UsageReply(day=row[0], **sums)
    if by is UsageGroup.MODEL:
        return UsageReply(model=row[0], **sums)
    email, name = names.get(row[0], (None, None))
    if by is UsageGroup.USER:
        return UsageReply(user_id=row[0], user_email=email, **sums)
    return UsageReply(key_id=row[0], key_name=name, user_email=email, **sums)
