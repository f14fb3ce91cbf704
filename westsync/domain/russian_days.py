"""The Russian production calendar: which dates are off, working, short.

Sources: article 112 of the Labour Code (public holidays, a holiday on a day off moves it to the
next working day, the Government may move days off by decree), article 95 (the working day right
before a public holiday is an hour shorter), and the order of the Ministry of Health and Social
Development of 13.08.2009 N 588n (a day off that became a working day is as long as the day it
changed places with). The decrees themselves are kept by the package ``holidays``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from westsync.domain.russian_decrees import decrees
from westsync.domain.windows import DayKind

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOLIDAYS = frozenset(
    {*((1, day) for day in range(1, 9)), (2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)}
)
_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


def is_public_holiday(day: date) -> bool:
    """Tell whether article 112 names the date (its text in force since 2013)."""
    return (day.month, day.day) in _HOLIDAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A day off that moved to another date.

    Attributes:
        source: The Saturday or Sunday that gave it; a working day unless it is a holiday itself.
        target: The date that is off instead.
    """

    source: date
    target: date

    @property
    def kind_of_source(self) -> DayKind:
        """What the source is as a working day.

        It is as long as the day it changed places with (order 588n): Saturday 02.11.2024 was
        short because 30.04.2024 would have been, Saturday 28.12.2024 was whole like
        30.12.2024. Right before a holiday it is short in any case (article 95).
        """
        before_holiday = any(
            is_public_holiday(day + _ONE_DAY) for day in (self.source, self.target)
        )
        return DayKind.SHORT if before_holiday else DayKind.WORKING


@dataclass(frozen=True, slots=True, kw_only=True)
class TransfersOfYear:
    """The transfers of one year.

    Attributes:
        transfers: In no particular order.
        decreed: False while the package knows no decree of the Government for the year: the
            transfers are then only those that the law itself makes, and will be added to.
    """

    transfers: tuple[Transfer, ...]
    decreed: bool


@cache
def transfers_of(year: int) -> TransfersOfYear:
    """Return the days off that were moved in a year: by decree, and the others by law."""
    decreed = decrees().get(year, {})
    transfers = [Transfer(source=source, target=target) for target, source in decreed.items()]
    off = set(decreed)
    for holiday in _holidays_on_weekends(year):
        if holiday not in decreed.values():
            target = _next_working_day(holiday, off)
            off.add(target)
            transfers.append(Transfer(source=holiday, target=target))
    return TransfersOfYear(transfers=tuple(transfers), decreed=bool(decreed))


def _holidays_on_weekends(year: int) -> Iterator[date]:
    """Yield the holidays on a Saturday or Sunday that the law itself moves, in order.

    Article 112 excepts January: two of its days move by decree, to dates that nobody knows
    before, the rest are lost.
    """
    for month, day_of_month in sorted(_HOLIDAYS):
        holiday = date(year, month, day_of_month)
        if month != 1 and holiday.weekday() >= _SATURDAY:
            yield holiday


def _next_working_day(day: date, off: set[date]) -> date:
    """Return the first working day after a date; ``off`` are days off moved to weekdays."""
    day += _ONE_DAY
    while day.weekday() >= _SATURDAY or is_public_holiday(day) or day in off:
        day += _ONE_DAY
    return day


@cache
def _moved(year: int, weekdays: frozenset[int]) -> dict[date, DayKind]:
    """Return the dates of a year that a transfer turned off or into working days.

    A transfer is made for a week with Saturday and Sunday off. Where the source is a working
    day anyway (a shop open on Saturdays), nothing was off that could move.
    """
    kinds: dict[date, DayKind] = {}
    for transfer in transfers_of(year).transfers:
        if transfer.source.weekday() in weekdays or transfer.target.weekday() not in weekdays:
            continue
        kinds[transfer.target] = DayKind.OFF
        if not is_public_holiday(transfer.source):
            kinds[transfer.source] = transfer.kind_of_source
    return kinds


def kind_of(day: date, weekdays: frozenset[int]) -> DayKind:
    """Return what a date is by the production calendar.

    Args:
        day: A date in the zone of the calendar.
        weekdays: The working days of the week, Monday is 0.
    """
    moved = _moved(day.year, weekdays).get(day)
    if moved is not None:
        return moved
    if is_public_holiday(day) or day.weekday() not in weekdays:
        return DayKind.OFF
    return DayKind.SHORT if is_public_holiday(day + _ONE_DAY) else DayKind.WORKING
