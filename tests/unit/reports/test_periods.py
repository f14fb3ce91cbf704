"""Promises of the days that reports are about."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.unit.reports.shipped import MOSCOW, office
from westsync.reports.model import Period
from westsync.reports.periods import (
    Span,
    day_by_itself,
    days_off_before,
    period_before,
    period_of,
)


@pytest.mark.parametrize(
    ("span", "today", "expected"),
    [
        (Span.WORKDAY_BEFORE, date(2026, 11, 24), date(2026, 11, 23)),
        (Span.WORKDAY_BEFORE, date(2026, 11, 23), date(2026, 11, 20)),
        (Span.WORKDAY_BEFORE, date(2025, 11, 5), date(2025, 11, 1)),  # a working Saturday
        (Span.WORKDAY_BEFORE, date(2026, 1, 12), date(2025, 12, 30)),  # behind the holidays
        (Span.SAME_DAY, date(2026, 11, 24), date(2026, 11, 24)),
        (Span.WEEK, date(2026, 11, 23), date(2026, 11, 16)),
    ],
)
def test_a_report_knows_its_day(span: Span, today: date, expected: date) -> None:
    assert day_by_itself(span, today, office()) == expected


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 11, 22), date(2026, 11, 16), date(2026, 11, 22)),
        (date(2027, 1, 1), date(2026, 12, 28), date(2027, 1, 3)),
    ],
)
def test_a_week_goes_from_monday_to_sunday_through_the_end_of_a_year(
    day: date, first: date, last: date
) -> None:
    assert period_of(Span.WEEK, day, MOSCOW) == Period(first=first, last=last, zone=MOSCOW)


def test_the_days_off_before_a_day_belong_to_its_report() -> None:
    assert days_off_before(date(2026, 11, 23), office()) == (
        date(2026, 11, 21),
        date(2026, 11, 22),
    )
    assert days_off_before(date(2026, 11, 24), office()) == ()
    assert len(days_off_before(date(2026, 1, 12), office())) == 12


def test_a_day_begins_and_ends_in_the_zone_of_the_office() -> None:
    day = Period(first=date(2026, 11, 24), last=date(2026, 11, 24), zone=MOSCOW)

    assert day.begins_at == datetime(2026, 11, 23, 21, tzinfo=UTC)
    assert day.holds(datetime(2026, 11, 24, 20, 59, 59, tzinfo=UTC))
    assert not day.holds(datetime(2026, 11, 24, 21, tzinfo=UTC))


def test_a_period_is_compared_with_as_many_days_before_it() -> None:
    days = Period(first=date(2026, 11, 23), last=date(2026, 11, 25), zone=MOSCOW)

    assert period_before(days) == Period(
        first=date(2026, 11, 20), last=date(2026, 11, 22), zone=MOSCOW
    )


def test_a_period_cannot_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        Period(first=date(2026, 11, 24), last=date(2026, 11, 23), zone=MOSCOW)
