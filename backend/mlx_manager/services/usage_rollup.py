"""From sums of days to the sums of longer spans and of everybody. Pure."""

from collections.abc import Iterable, Sequence

from mlx_manager.db.usage_days import EVERYBODY
from mlx_manager.db.usage_spans import SPAN_DAYS
from mlx_manager.services.audit_row import SUMMED, Values
from mlx_manager.services.usage_period import span_start

_SPAN = ("days", "start", "user_id", "key_id", "model")
_DAY = ("user_id", "day", "model")


def span_values(daily: Iterable[Values]) -> list[Values]:
    """What rows of ``usage_daily`` add to ``usage_spans``."""
    spread = (
        {**row, "days": days, "start": span_start(row["day"], days)}
        for row in daily
        for days in SPAN_DAYS
    )
    return _added_up(spread, _SPAN)


def day_values(daily: Iterable[Values]) -> list[Values]:
    """What rows of ``usage_daily`` add to ``usage_days``."""
    spread = ({**row, "user_id": who} for row in daily for who in (row["user_id"], EVERYBODY))
    return _added_up(spread, _DAY)


def _added_up(rows: Iterable[Values], names: Sequence[str]) -> list[Values]:
    sums: dict[tuple[object, ...], Values] = {}
    for row in rows:
        key = tuple(row[name] for name in names)
        total = sums.setdefault(
            key, {**dict(zip(names, key, strict=True)), **dict.fromkeys(SUMMED, 0)}
        )
        for name in SUMMED:
            total[name] += row[name]
    return list(sums.values())
