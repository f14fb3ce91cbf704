"""The play's own working time, held against cases that were counted by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from westsync.cli.stage import office


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=office.ZONE)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-11-02 09:05", 5, "2026-11-02 09:10"),
        ("2026-11-02 12:56", 5, "2026-11-02 14:01"),
        ("2026-11-02 12:55", 5, "2026-11-02 13:00"),
        ("2026-11-02 20:40", 5, "2026-11-03 09:05"),
        ("2026-11-03 16:50", 20, "2026-11-05 09:10"),
        ("2026-11-04 11:20", 5, "2026-11-05 09:05"),
        ("2026-11-06 17:58", 5, "2026-11-09 09:03"),
        ("2026-11-07 11:20", 10, "2026-11-09 09:10"),
    ],
)
def test_only_office_hours_are_counted(start: str, minutes: int, due: str) -> None:
    assert office.after(at(start), minutes) == at(due)


def test_five_days_hold_a_short_day_a_holiday_and_a_weekend() -> None:
    days = office.WORK_DAYS[:5]

    assert [day.on for day in days] == [date(2026, 11, day) for day in (2, 3, 5, 6, 9)]
    assert days[1].closes_at == at("2026-11-03 17:00")


def test_a_workday_later_is_the_same_clock_time() -> None:
    assert office.workdays_later(at("2026-11-03 11:30"), 2) == at("2026-11-06 11:30")


def test_lunch_is_closed_at_its_first_minute_and_over_at_its_last() -> None:
    assert not office.is_open(at("2026-11-02 13:00"))
    assert office.is_open(at("2026-11-02 13:00") - timedelta(seconds=1))
    assert office.opening(at("2026-11-02 13:30")) == at("2026-11-02 14:00")
