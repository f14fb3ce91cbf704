"""Working time of the play, written down by hand: November 2026 in Moscow.

The daemon computes its due times from production calendars; this table is the second opinion that
they are held against, so it knows nothing but dates and clock times.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

ZONE = ZoneInfo("Europe/Moscow")
FIRST_DAY = date(2026, 11, 2)
# Production calendar of 2026: Unity Day, and the day before it, which is one hour shorter.
DAYS_OFF = frozenset({date(2026, 11, 4)})
SHORT_DAYS = frozenset({date(2026, 11, 3)})
LAST_REPORT_AT = time(19, 45)
LAST_DAY = date(2026, 12, 11)

Window = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDay:
    """One working day.

    Attributes:
        on: Its date.
        windows: When people work, aware, office zone.
    """

    on: date
    windows: tuple[Window, ...]

    @property
    def opens_at(self) -> datetime:
        """When the day begins."""
        return self.windows[0][0]

    @property
    def closes_at(self) -> datetime:
        """When the day ends."""
        return self.windows[-1][1]

    def at(self, clock: str) -> datetime:
        """Return the moment of an ``HH:MM`` or ``HH:MM:SS`` of the day."""
        return datetime.combine(self.on, time.fromisoformat(clock), ZONE)


def _work_days() -> Iterator[WorkDay]:
    day = FIRST_DAY
    while day <= LAST_DAY:
        if day.weekday() < 5 and day not in DAYS_OFF:
            closes = time(17) if day in SHORT_DAYS else time(18)
            hours = ((time(9), time(13)), (time(14), closes))
            windows = tuple(
                (datetime.combine(day, opens, ZONE), datetime.combine(day, shuts, ZONE))
                for opens, shuts in hours
            )
            yield WorkDay(on=day, windows=windows)
        day += timedelta(days=1)


WORK_DAYS = tuple(_work_days())
_BY_DATE = {day.on: day for day in WORK_DAYS}


def after(start: datetime, minutes: float) -> datetime:
    """Return the moment when so many minutes of working time have passed since a moment.

    Args:
        start: Aware, any zone; time outside the office hours does not count.
        minutes: Positive.
    """
    left = timedelta(minutes=minutes)
    for day in WORK_DAYS:
        for opens, shuts in day.windows:
            begin = max(opens, start)
            if begin >= shuts:
                continue
            if left <= shuts - begin:
                return (begin + left).astimezone(ZONE)
            left -= shuts - begin
    raise ValueError(f"the play ends before {minutes} working minutes after {start.isoformat()}")


def opening(at: datetime) -> datetime:
    """Return a moment itself if somebody works then, else the next opening."""
    for day in WORK_DAYS:
        for opens, shuts in day.windows:
            if at < shuts:
                return max(opens, at)
    raise ValueError(f"the play ends before {at.isoformat()}")


def evening(at: datetime) -> datetime:
    """Return a quarter to eight of a moment's day, when the last report of a working day leaves."""
    return datetime.combine(at.astimezone(ZONE).date(), LAST_REPORT_AT, ZONE)


def is_open(at: datetime) -> bool:
    """Whether somebody works at a moment."""
    day = _BY_DATE.get(at.astimezone(ZONE).date())
    return day is not None and any(opens <= at < shuts for opens, shuts in day.windows)


def workdays_later(at: datetime, days: int) -> datetime:
    """Return the same clock time so many working days later, at the next opening if in a break."""
    local = at.astimezone(ZONE)
    later = [day for day in WORK_DAYS if day.on > local.date()][days - 1]
    return opening(datetime.combine(later.on, local.time(), ZONE))
