"""Which days a report is about (P8: the working day before, the same day, the week Mon-Sun)."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from westsync.reports.model import Period

if TYPE_CHECKING:
    from westsync.domain.working_time import WorkingCalendar

_ONE_DAY = timedelta(days=1)
_LONGEST_CLOSURE_DAYS = 400


class Span(StrEnum):
    """How a report's days follow from a date.

    ``workday_before``: by itself the last working day that is over. ``same_day``: by itself today.
    ``week``: Monday to Sunday; by itself the last week that is over.
    """

    WORKDAY_BEFORE = "workday_before"
    SAME_DAY = "same_day"
    WEEK = "week"


def day_by_itself(span: Span, today: date, calendar: WorkingCalendar) -> date:
    """Return the date a report is about when nobody names one.

    Args:
        span: Of the report.
        today: Date in the office zone.
        calendar: Of the office.

    Raises:
        ValueError: The office was closed for more than a year before.
    """
    match span:
        case Span.WORKDAY_BEFORE:
            return workday_before(today, calendar)
        case Span.SAME_DAY:
            return today
        case Span.WEEK:
            return today - timedelta(days=7)


def period_of(span: Span, day: date, zone: str) -> Period:
    """Return the days of the report about a date: itself, or the week that holds it."""
    match span:
        case Span.WORKDAY_BEFORE | Span.SAME_DAY:
            return Period(first=day, last=day, zone=zone)
        case Span.WEEK:
            monday = day - day.weekday() * _ONE_DAY
            return Period(first=monday, last=monday + 6 * _ONE_DAY, zone=zone)


def period_before(period: Period) -> Period:
    """Return as many days right before a period, for the trend."""
    length = period.last - period.first + _ONE_DAY
    return Period(first=period.first - length, last=period.last - length, zone=period.zone)


def workday_before(day: date, calendar: WorkingCalendar) -> date:
    """Return the last working day before a date.

    Raises:
        ValueError: The office was closed for more than a year before.
    """
    for _ in range(_LONGEST_CLOSURE_DAYS):
        day -= _ONE_DAY
        if calendar.is_workday(day):
            return day
    raise ValueError(f"{calendar!r} has no working day in the year before {day}")


def days_off_before(day: date, calendar: WorkingCalendar) -> tuple[date, ...]:
    """Return the days off between a date and the working day before it, earliest first.

    What came in on them is in no other daily report.
    """
    gap = (day - workday_before(day, calendar)).days
    return tuple(day - back * _ONE_DAY for back in range(gap - 1, 0, -1))
