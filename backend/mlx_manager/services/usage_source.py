"""Which rows answer a question about usage: those of the table that needs the fewest."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, Table

from mlx_manager.db.tables import METADATA
from mlx_manager.db.usage_days import EVERYBODY
from mlx_manager.schemas.usage import UsageGroup
from mlx_manager.services.audit_row import SUMMED
from mlx_manager.services.usage_period import spans_of

_DAILY, _SPANS, _DAYS = (
    METADATA.tables[name] for name in ("usage_daily", "usage_spans", "usage_days")
)
_COLUMNS: Mapping[UsageGroup, str] = {
    UsageGroup.DAY: "day",
    UsageGroup.USER: "user_id",
    UsageGroup.KEY: "key_id",
    UsageGroup.MODEL: "model",
}

Wanted = Mapping[str, str]
"""What ``user_id``, ``key_id`` and ``model`` must be, as far as that is asked."""


def usage_rows(since: date, until: date, by: UsageGroup, wanted: Wanted) -> Any:
    """A query for rows of one group (the column ``grouped``) and ``SUMMED``: one group may have
    many rows, which add up to its usage. None when the period has no days."""
    if since > until:
        return None
    if by is UsageGroup.DAY and "key_id" not in wanted:
        whose = {"user_id": wanted.get("user_id", EVERYBODY)}
        return _select(_DAYS, by, {**wanted, **whose}, _DAYS.c.day.between(since, until))
    if by is UsageGroup.DAY:
        return _select(_DAILY, by, wanted, _DAILY.c.day.between(since, until))
    return sqlalchemy.union_all(*_spans(since, until, by, wanted))


def _spans(since: date, until: date, by: UsageGroup, wanted: Wanted) -> Iterator[Any]:
    for spans in spans_of(since, until):
        if spans.days == 1:
            days = _DAILY.c.day.between(spans.first, spans.last)
            yield _select(_DAILY, by, wanted, days)
        else:
            start = _SPANS.c.start.between(spans.first, spans.last)
            yield _select(_SPANS, by, wanted, _SPANS.c.days == spans.days, start)


def _select(table: Table, by: UsageGroup, wanted: Wanted, *period: ColumnElement[bool]) -> Any:
    meant = [table.c[name] == value for name, value in wanted.items()]
    sums = [table.c[name] for name in SUMMED]
    grouped = table.c[_COLUMNS[by]].label("grouped")
    return sqlalchemy.select(grouped, *sums).where(*period, *meant)
