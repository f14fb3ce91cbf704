"""The calendar against the production calendars of Russia as they were published."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from tests import production_calendars as published
from westsync.domain.calendar_spec import CalendarSpec
from westsync.domain.russian_days import Transfer, _next_working_day, transfers_of
from westsync.domain.windows import DayKind
from westsync.domain.working_time import WorkingCalendar

MOSCOW = ZoneInfo("Europe/Moscow")
HOUR = timedelta(hours=1)


def a_calendar(days: str = "mon-fri") -> WorkingCalendar:
    return WorkingCalendar(
        CalendarSpec.parse(
            name="office",
            zone="Europe/Moscow",
            windows=["09:00-13:00", "14:00-18:00"],
            days=days,
            country="RU",
        )
    )


OFFICE = a_calendar()


def days_of(year: int) -> list[date]:
    length = (date(year + 1, 1, 1) - date(year, 1, 1)).days
    return [date(year, 1, 1) + timedelta(days=step) for step in range(length)]


def counted(first: date, after_last: date) -> tuple[int, float]:
    """Return working days and hours of [first, after_last)."""
    start, end = (datetime(d.year, d.month, d.day, tzinfo=MOSCOW) for d in (first, after_last))
    eve = timedelta(days=1)
    return OFFICE.workdays_between(start - eve, end - eve), OFFICE.between(start, end) / HOUR


@pytest.mark.parametrize("year", published.YEARS)
def test_a_year_has_the_published_norm_of_days_and_hours(year: int) -> None:
    assert counted(date(year, 1, 1), date(year + 1, 1, 1)) == published.YEARS[year]


@pytest.mark.parametrize("year", published.MONTHS)
def test_each_month_has_the_published_norm_of_days_and_hours(year: int) -> None:
    firsts = [date(year, month, 1) for month in range(1, 13)] + [date(year + 1, 1, 1)]

    found = [counted(first, after_last) for first, after_last in pairwise(firsts)]

    assert found == published.months(year)


@pytest.mark.parametrize("year", published.WEEKDAYS_OFF)
def test_each_date_is_what_the_published_calendar_says(year: int) -> None:
    off = published.dates(year, published.WEEKDAYS_OFF[year])
    saturdays = published.dates(year, published.WORKING_SATURDAYS[year])
    short = published.dates(year, published.SHORT_DAYS[year])

    for day in days_of(year):
        works = day in saturdays or (day.weekday() < 5 and day not in off)
        kind = DayKind.OFF if not works else DayKind.SHORT if day in short else DayKind.WORKING
        assert (day, OFFICE.kind_of(day)) == (day, kind)


def test_a_short_saturday_ends_an_hour_earlier() -> None:
    windows = OFFICE.windows_on(date(2025, 11, 1))

    assert [str(window) for window in windows] == ["09:00-13:00", "14:00-17:00"]


@pytest.mark.parametrize("year", range(2013, 2028))
def test_the_law_moves_the_holidays_that_the_package_calls_observed(year: int) -> None:
    from holidays import country_holidays  # noqa: PLC0415 - slow to import

    observed = {
        day
        for day, name in country_holidays("RU", years=year, language="ru").items()
        if name.endswith("(выходной)")
    }

    targets = {transfer.target for transfer in transfers_of(year).transfers}

    assert observed <= targets


def test_a_year_without_a_decree_follows_the_law_and_says_so() -> None:
    # In 2094 the first and the ninth of May are a Saturday and a Sunday, as in 2027.
    days = {date(2094, 5, 3), date(2094, 5, 10)}

    assert OFFICE.is_provisional(2094)
    assert not OFFICE.is_provisional(2026)
    assert {OFFICE.kind_of(day) for day in days} == {DayKind.OFF}


def test_where_saturday_is_a_working_day_nothing_moves_from_it() -> None:
    six_days = a_calendar("mon-sat")

    assert six_days.kind_of(date(2025, 11, 1)) is DayKind.WORKING
    assert six_days.kind_of(date(2025, 11, 3)) is DayKind.SHORT
    assert six_days.kind_of(date(2026, 3, 9)) is DayKind.OFF  # moved from a Sunday


def test_a_calendar_open_every_day_closes_on_public_holidays_only() -> None:
    every_day = a_calendar("mon-sun")

    closed = [day for day in days_of(2026) if every_day.kind_of(day) is DayKind.OFF]

    assert len(closed) == 14


def test_a_working_saturday_right_before_a_holiday_is_short_whatever_it_was_exchanged_for() -> None:
    transfer = Transfer(source=date(2026, 3, 7), target=date(2026, 7, 1))

    assert transfer.kind_of_source is DayKind.SHORT


def test_the_law_does_not_move_a_holiday_to_a_day_that_is_off_already() -> None:
    assert _next_working_day(date(2028, 11, 4), {date(2028, 11, 6)}) == date(2028, 11, 7)
