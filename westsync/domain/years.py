"""The years of a calendar, laid out when a question first reaches them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from westsync.domain.timetable import Timetable, day_begins_s, pieces_of_year

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from zoneinfo import ZoneInfo

    from westsync.domain.timetable import Piece
    from westsync.domain.windows import Window

FIRST_YEAR = 1990
LAST_YEAR = 2100


class LaidOutYears:
    """A timetable that grows by whole local years.

    Threads may share it: a timetable never changes, it is replaced by a longer one. Two threads
    may lay out the same years at once, and both get a table that is right.

    Attributes:
        table: What is laid out by now.
    """

    __slots__ = ("_calendar", "_pieces", "_windows_on", "_zone", "table")

    def __init__(
        self, calendar: str, zone: ZoneInfo, windows_on: Callable[[date], Sequence[Window]]
    ) -> None:
        """Begin with nothing laid out.

        Args:
            calendar: Its name, for messages.
            zone: Of its wall clock.
            windows_on: Tells the windows of a local date.
        """
        self._calendar = calendar
        self._zone = zone
        self._windows_on = windows_on
        self._pieces: dict[int, list[Piece]] = {}
        self.table = Timetable.of(0, 0, ())

    def covering(self, start_s: int, end_s: int) -> Timetable:
        """Return a table with the years of two moments and all that was laid out before.

        Raises:
            ValueError: A moment is outside the years that a calendar may have.
        """
        first, last = self._year_of(start_s), self._year_of(end_s)
        table = self.table
        if table.until_s > table.from_s:
            first = min(first, self._year_of(table.from_s))
            last = max(last, self._year_of(table.until_s - 1))
        return self._lay_out(first, last)

    def longer(self, table: Timetable) -> Timetable:
        """Return a table with one more year at its end.

        Raises:
            ValueError: Nothing is counted in that year, or no calendar has it.
        """
        year = self._year_of(table.until_s)
        longer = self._lay_out(self._year_of(table.from_s), year)
        if longer.total_s == table.total_s:
            raise ValueError(
                f"calendar '{self._calendar}' is closed the whole year {year}; "
                "look at its dates in config/calendars"
            )
        return longer

    def _lay_out(self, first: int, last: int) -> Timetable:
        if first < FIRST_YEAR or last > LAST_YEAR:
            raise ValueError(
                f"calendar '{self._calendar}' has the years {FIRST_YEAR} to {LAST_YEAR}; "
                f"it was asked for {first if first < FIRST_YEAR else last}"
            )
        for year in range(first, last + 1):
            if year not in self._pieces:
                self._pieces[year] = pieces_of_year(year, self._zone, self._windows_on)
        table = Timetable.of(
            day_begins_s(date(first, 1, 1), self._zone),
            day_begins_s(date(last + 1, 1, 1), self._zone),
            (piece for year in range(first, last + 1) for piece in self._pieces[year]),
        )
        self.table = table
        return table

    def _year_of(self, at_s: int) -> int:
        return datetime.fromtimestamp(at_s, self._zone).year
