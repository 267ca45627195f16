"""A period of days as few spans: single days at its ends, ever longer ones within. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from mlx_manager.db.usage_spans import SPAN_DAYS


@dataclass(frozen=True, slots=True)
class Spans:
    """Spans of ``days`` days each that follow each other: those that start from ``first`` to
    ``last``."""

    days: int
    first: date
    last: date


def span_start(day: date, days: int) -> date:
    """The first day of the span of that length that a day lies in."""
    return date.fromordinal(max(1, day.toordinal() // days * days))


def spans_of(since: date, until: date) -> list[Spans]:
    """What covers the days from ``since`` to ``until``, both meant, each once, in their order.

    Never more than two groups of each length; none when ``since`` is after ``until``.
    """
    return list(_cut(since.toordinal(), until.toordinal() + 1, SPAN_DAYS))


def _cut(first: int, end: int, lengths: Sequence[int]) -> Iterator[Spans]:
    """Half-open, in days since 0001-01-01."""
    if first >= end:
        return
    if not lengths:
        yield Spans(1, date.fromordinal(first), date.fromordinal(end - 1))
        return
    days, shorter = lengths[0], lengths[1:]
    inner_first, inner_end = -(-first // days) * days, end // days * days
    if inner_first >= inner_end:
        yield from _cut(first, end, shorter)
        return
    yield from _cut(first, inner_first, shorter)
    yield Spans(days, date.fromordinal(inner_first), date.fromordinal(inner_end - days))
    yield from _cut(inner_end, end, shorter)
