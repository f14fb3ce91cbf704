"""When clock rules fall due: a time of day on certain days, and how late is too late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from westsync.rules.conditions import LeafTrace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from westsync.domain.places import Place
    from westsync.domain.working_time import WorkingCalendar
    from westsync.rules.conditions import Verdict

DUE_AT = "due_at"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONGEST_SEARCH = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A time of day on certain days.

    Attributes:
        at: Time of day on the wall clock of the calendar's zone.
        calendar: Tells working days apart; its zone is the schedule's.
        weekdays: Days of the week, 0 is Monday; None: the calendar's working days.
        catch_up: How late it may still be done; later it is left to the next time. None: until
            the next time.
    """

    at: time
    calendar: WorkingCalendar
    weekdays: frozenset[int] | None
    catch_up: timedelta | None

    @property
    def timetable(self) -> str:
        """The time and days as one word, to see that they were changed: ``10:50 workdays``."""
        days = self.weekdays
        names = "workdays" if days is None else ",".join(WEEKDAYS[day] for day in sorted(days))
        return f"{self.at:%H:%M} {names}"

    def latest(self, now: datetime) -> datetime | None:
        """Return the last moment (UTC) not after `now` at which it fell due; None if none did."""
        day = now.astimezone(self.calendar.zone).date()
        moments = (self._moment(day - timedelta(days=back)) for back in range(_LONGEST_SEARCH))
        return next((at for at in moments if at is not None and at <= now), None)

    def next_after(self, now: datetime) -> datetime | None:
        """Return the first moment (UTC) after `now` at which it falls due; None if none does."""
        day = now.astimezone(self.calendar.zone).date()
        moments = (self._moment(day + timedelta(days=on)) for on in range(_LONGEST_SEARCH))
        return next((at for at in moments if at is not None and at > now), None)

    def _moment(self, day: date) -> datetime | None:
        """Return when it falls due on a local date; None if that is not one of its days.

        A time that the change to summer time skips is taken as if the clocks had not changed yet.
        """
        fits = (
            self.calendar.is_workday(day)
            if self.weekdays is None
            else day.weekday() in self.weekdays
        )
        if not fits:
            return None
        return datetime.combine(day, self.at, self.calendar.zone).astimezone(UTC)


class InTime:
    """The condition of a clock rule: it fell due, and not too long ago."""

    def __init__(self, schedule: Schedule, place: Place) -> None:
        """Bind the schedule."""
        self.place = place
        self.reads = frozenset({DUE_AT})
        self.turns = schedule.catch_up is not None
        self._catch_up = schedule.catch_up

    def test(self, values: Mapping[str, object], now: datetime) -> Verdict:
        """Return whether the present falling due may still be answered."""
        due_at = values.get(DUE_AT)
        if not isinstance(due_at, datetime):
            return False
        return self._catch_up is None or now - due_at <= self._catch_up

    def flips_at(self, values: Mapping[str, object], now: datetime) -> Iterator[datetime]:
        """Yield when it will be too late."""
        due_at = values.get(DUE_AT)
        if isinstance(due_at, datetime) and self._catch_up is not None:
            too_late = due_at + self._catch_up + timedelta(seconds=1)
            if too_late > now:
                yield too_late

    def trace(self, values: Mapping[str, object], now: datetime, depth: int) -> Iterator[LeafTrace]:
        """Yield the one answer."""
        limit = "the next time" if self._catch_up is None else f"{self._catch_up} later"
        yield LeafTrace(
            verdict=self.test(values, now),
            text=f"fell due, not before {limit}",
            facts=(DUE_AT,),
            depth=depth,
        )
