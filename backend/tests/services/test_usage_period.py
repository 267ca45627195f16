"""A period is covered by few spans, each day once."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from mlx_manager.db.usage_spans import SPAN_DAYS
from mlx_manager.services.usage_period import Spans, span_start, spans_of

SOME_DAY = date(2026, 3, 14)


def days_of(spans: Spans) -> list[date]:
    starts = (spans.last - spans.first).days // spans.days + 1
    return [spans.first + timedelta(days=at) for at in range(starts * spans.days)]


@pytest.mark.parametrize("length", [1, 5, 6, 7, 30, 36, 41, 90, 366, 4000])
def test_every_day_is_covered_once_and_in_order(length: int) -> None:
    for offset in range(2 * SPAN_DAYS[0]):
        since = SOME_DAY + timedelta(days=offset)
        until = since + timedelta(days=length - 1)
        found = [day for spans in spans_of(since, until) for day in days_of(spans)]
        assert found == [since + timedelta(days=at) for at in range(length)]


def test_a_span_begins_where_the_days_in_it_say() -> None:
    for spans in spans_of(SOME_DAY, SOME_DAY + timedelta(days=400)):
        for day in days_of(spans):
            start = span_start(day, spans.days)
            assert start <= day < start + timedelta(days=spans.days)
            assert spans.first <= start <= spans.last


def test_a_quarter_is_at_most_fifteen_spans() -> None:
    for offset in range(SPAN_DAYS[0]):
        since = SOME_DAY + timedelta(days=offset)
        quarter = spans_of(since, since + timedelta(days=89))
        assert sum(len(days_of(spans)) // spans.days for spans in quarter) <= 15


def test_a_period_that_ends_before_it_begins_has_none() -> None:
    assert spans_of(SOME_DAY, SOME_DAY - timedelta(days=1)) == []


def test_the_first_and_the_last_day_there_are_can_be_asked_for() -> None:
    found = spans_of(date.min, date.max)
    assert (found[0].first, found[-1].last) == (date.min, date.max)


def test_longer_spans_end_where_shorter_ones_do() -> None:
    for longer, shorter in pairwise(SPAN_DAYS):
        assert longer % shorter == 0
