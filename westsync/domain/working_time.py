"""Working calendars: which time counts, and when a deadline falls due.

Moments come in as aware datetimes of any zone and go out as UTC. Methods that end in ``_s`` do
the same in whole epoch seconds, for loops over many deals. Fractions of a second are dropped:
Megaplan keeps whole seconds, and windows begin and end on whole minutes.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from westsync.domain import russian_days
from westsync.domain.pauses import counted_outside
from westsync.domain.timetable import day_begins_s, epoch_s, moment
from westsync.domain.windows import DayKind, Window, shortened
from westsync.domain.years import LaidOutYears

if TYPE_CHECKING:
    from collections.abc import Sequence

    from westsync.domain.calendar_spec import CalendarSpec
    from westsync.domain.episodes import Pause
    from westsync.domain.pauses import Stretch
    from westsync.domain.timetable import Piece

_ONE_DAY = timedelta(days=1)
_LONGEST_CLOSURE_DAYS = 400


class WorkingCalendar:
    """The counted time of one calendar, from 1990 to 2100.

    Years are laid out when a question first reaches them; the answers do not depend on the
    order of questions, and threads may share a calendar.

    Attributes:
        spec: What it was built from.
        zone: The zone of its wall clock.
    """

    __slots__ = ("_days", "_years", "spec", "zone")

    def __init__(self, spec: CalendarSpec) -> None:
        """Build the calendar; nothing is laid out yet."""
        self.spec = spec
        self.zone = ZoneInfo(spec.zone)
        self._years = LaidOutYears(spec.name, self.zone, self.windows_on)
        self._days: dict[date, tuple[Piece, ...]] = {}  # asked before; deadlines ask for few days

    def __repr__(self) -> str:
        """Name the calendar."""
        return f"WorkingCalendar({self.spec.name!r})"

    # Days

    def kind_of(self, day: date) -> DayKind:
        """Return what a local date is; a date with windows of its own is ``working``."""
        override = self.spec.overrides.get(day)
        if isinstance(override, DayKind):
            return override
        if override is not None:
            return DayKind.WORKING
        if self.spec.country is not None:
            return russian_days.kind_of(day, self.spec.days)
        return DayKind.WORKING if day.weekday() in self.spec.days else DayKind.OFF

    def windows_on(self, day: date) -> tuple[Window, ...]:
        """Return the windows of a local date, none if it is off."""
        override = self.spec.overrides.get(day)
        if isinstance(override, tuple):
            return override
        match self.kind_of(day):
            case DayKind.OFF:
                return ()
            case DayKind.WORKING:
                return self.spec.windows
            case DayKind.SHORT:
                return shortened(self.spec.windows, self.spec.short_day_minutes)

    def is_workday(self, day: date) -> bool:
        """Tell whether any time of a local date counts."""
        return bool(self._pieces_on(day))

    def is_provisional(self, year: int) -> bool:
        """Tell whether the Government's transfers of a year are still unknown to us.

        Deadlines in such a year may move when a newer version of ``holidays`` is installed;
        until then ``config/calendars`` can name the dates.
        """
        return self.spec.country is not None and not russian_days.transfers_of(year).decreed

    # Counted time

    def add(self, start: datetime, working: timedelta) -> datetime:
        """Return the UTC moment when `working` time has been counted since `start`.

        It is the first such moment: ten minutes from 17:50 are over at closing, 18:00, not at
        the next opening; no time at all is over at `start`, be it open or not.

        Args:
            start: Aware moment.
            working: Amount of counted time, not negative; a begun second counts whole.

        Raises:
            ValueError: `start` is naive, `working` is negative, or the calendar never opens
                again within its years.
        """
        return moment(self.moment_after(aware_s(start), -(-working // timedelta(seconds=1))))

    def between(self, start: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> timedelta:
        """Return the time counted from `start` to `end`; zero if `end` is the earlier.

        Args:
            start: Aware moment.
            end: Aware moment.
            pauses: Stretches in which nothing counts.

        Raises:
            ValueError: A moment is naive or outside the years of the calendar.
        """
        start_s, end_s = aware_s(start), aware_s(end)
        return timedelta(seconds=counted_outside(self, start_s, end_s, stretches_of(pauses)))

    def counted_s(self, start_s: int, end_s: int) -> int:
        """Return the seconds counted between two epoch seconds; 0 if the end is the earlier."""
        if end_s <= start_s:
            return 0
        table = self._years.table
        if start_s < table.from_s or end_s >= table.until_s:
            table = self._years.covering(start_s, end_s)
        return table.counted_before(end_s) - table.counted_before(start_s)

    def moment_after(self, start_s: int, counted_s: int) -> int:
        """Return the first epoch second at which so many seconds were counted since a start.

        Raises:
            ValueError: `counted_s` is negative, or the years of the calendar do not suffice.
        """
        if counted_s <= 0:
            if counted_s == 0:
                return start_s
            raise ValueError(f"cannot count {counted_s} seconds; a duration is not negative")
        table = self._years.table
        if start_s < table.from_s or start_s >= table.until_s:
            table = self._years.covering(start_s, start_s)
        wanted = table.counted_before(start_s) + counted_s
        while wanted > table.total_s:
            table = self._years.longer(table)
        return table.moment_of(wanted)

    # Openings and days

    def is_open(self, at: datetime) -> bool:
        """Tell whether time counts at a moment; at closing it no longer does."""
        at_s = aware_s(at)
        return self.next_opening_s(at_s) == at_s

    def next_opening(self, at: datetime) -> datetime:
        """Return the first moment from `at` on at which time counts: `at` itself if open."""
        return moment(self.next_opening_s(aware_s(at)))

    def next_opening_s(self, at_s: int) -> int:
        """Return the first epoch second from `at_s` on that counts."""
        return self.moment_after(at_s, 1) - 1

    def previous_opening(self, at: datetime) -> datetime:
        """Return when the window began that is open at `at`, or was the last to open before.

        A calendar that never closes opens anew at each local midnight.
        """
        at_s = aware_s(at)
        day = self._date_of(at_s)
        for _ in range(_LONGEST_CLOSURE_DAYS):
            begun = [opens for opens, _ in self._pieces_on(day) if opens <= at_s]
            if begun:
                return moment(begun[-1])
            day -= _ONE_DAY
        raise ValueError(f"{self!r} was closed for {_LONGEST_CLOSURE_DAYS} days before {at}")

    def end_of_day(self, at: datetime) -> datetime:
        """Return when the working day of `at` ends ("same day" of the company's standard).

        If nothing of the day is left to count, after closing or on a day off, it is the end of
        the next working day.
        """
        return moment(self.end_of_day_s(aware_s(at)))

    def end_of_day_s(self, at_s: int) -> int:
        """Return the epoch second at which the working day of a moment ends."""
        opens_s = self.next_opening_s(at_s)
        return self._pieces_on(self._date_of(opens_s))[-1][1]

    def add_workdays(self, start: datetime, days: int) -> datetime:
        """Return the same clock time so many working days later, as UTC.

        If the calendar is closed at that clock time, it is the next moment of that day at
        which time counts (before opening, over lunch), else the end of that day (a short day).
        From a day off the first working day after it is number one.

        Raises:
            ValueError: `start` is naive, `days` is negative, or no working day follows.
        """
        return moment(self.workday_after(aware_s(start), days))

    def workday_after(self, start_s: int, days: int) -> int:
        """Return `add_workdays` in epoch seconds."""
        if days <= 0:
            if days == 0:
                return start_s
            raise ValueError(f"cannot count {days} working days; a duration is not negative")
        local = datetime.fromtimestamp(start_s, self.zone)
        day = local.date()
        for _ in range(days):
            day = self._next_workday(day)
        same_clock_s = epoch_s(datetime.combine(day, local.time().replace(fold=0), self.zone))
        pieces = self._pieces_on(day)
        for opens, closes in pieces:
            if same_clock_s <= closes:
                return max(opens, same_clock_s)
        return pieces[-1][1]

    def day_after(self, start_s: int, days: int) -> int:
        """Return the epoch second of the same clock time so many calendar days later.

        A clock time that the change to summer time skips is taken as if the clocks had not
        been changed yet.
        """
        if days == 0:
            return start_s
        local = datetime.fromtimestamp(start_s, self.zone)
        return epoch_s((local + timedelta(days=days)).replace(fold=0))

    def workdays_between(self, start: datetime, end: datetime) -> int:
        """Return how many working days begin after the date of `start` up to that of `end`.

        So ``workdays_between(start, add_workdays(start, n)) == n``; zero if `end` is earlier.
        """
        day, last = (self._date_of(aware_s(at)) for at in (start, end))
        count = 0
        while day < last:
            day += _ONE_DAY
            count += self.is_workday(day)
        return count

    def _date_of(self, at_s: int) -> date:
        return datetime.fromtimestamp(at_s, self.zone).date()

    def _next_workday(self, day: date) -> date:
        for step in range(1, _LONGEST_CLOSURE_DAYS + 1):
            if self.is_workday(day + step * _ONE_DAY):
                return day + step * _ONE_DAY
        raise ValueError(
            f"{self!r} has no working day in the {_LONGEST_CLOSURE_DAYS} days after {day}; "
            "look at its dates in config/calendars"
        )

    def _pieces_on(self, day: date) -> tuple[Piece, ...]:
        known = self._days.get(day)
        if known is None:
            known = self._days[day] = self._look_up(day)
        return known

    def _look_up(self, day: date) -> tuple[Piece, ...]:
        from_s = day_begins_s(day, self.zone)
        until_s = day_begins_s(day + _ONE_DAY, self.zone)
        table = self._years.table
        if from_s < table.from_s or until_s >= table.until_s:
            table = self._years.covering(from_s, until_s)
        return table.pieces_between(from_s, until_s)


def aware_s(at: datetime) -> int:
    """Return the epoch second of a moment.

    Raises:
        ValueError: It is naive, so that nobody can tell when it is.
    """
    try:
        return epoch_s(at)
    except TypeError as exc:
        cure = "give an aware datetime"
        raise ValueError(f"moment {at.isoformat()} has no zone; {cure}") from exc


def stretches_of(pauses: Sequence[Pause]) -> list[Stretch]:
    """Return the pauses of an episode in epoch seconds.

    Raises:
        ValueError: One of their moments is naive.
    """
    return [
        (aware_s(pause.since), None if pause.until is None else aware_s(pause.until))
        for pause in pauses
    ]
