"""How long a rule waits: ``10m``, ``1h30m``, ``1 workday``, ``7 days``, ``same day``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from westsync.domain.pauses import WallClock, moment_outside
from westsync.domain.places import did_you_mean
from westsync.domain.timetable import moment
from westsync.domain.working_time import aware_s, stretches_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from westsync.domain.episodes import Pause
    from westsync.domain.pauses import Counter, Stretch
    from westsync.domain.working_time import WorkingCalendar

_SPAN = re.compile(r"(?=\d)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_DAYS = re.compile(r"(\d+) (workdays?|days?)")
_NUMBER_AND_WORD = re.compile(r"(\d+)\s*([^\W\d]+)")
_SHORT_WORDS = {
    **dict.fromkeys(("hour", "hours", "hr", "hrs"), "h"),
    **dict.fromkeys(("minute", "minutes", "min", "mins"), "m"),
    **dict.fromkeys(("second", "seconds", "sec", "secs"), "s"),
}
_FORMS = "write 10m, 1h30m, '1 workday', '7 days' or 'same day'"

_LONGEST_S = 10_000 * 3600
_LONGEST_DAYS = 3_650


class Unit(StrEnum):
    """What a duration is made of.

    ``counted``: seconds of the rule's calendar. ``workdays``: the same clock time so many
    working days later. ``days``: the same clock time so many calendar days later. ``same_day``:
    the end of the working day, the "same day" of the company's standard.
    """

    COUNTED = "counted"
    WORKDAYS = "workdays"
    DAYS = "days"
    SAME_DAY = "same_day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """A length of time that becomes a moment only with a start and a calendar.

    Attributes:
        unit: What is counted.
        amount: Seconds for ``counted``, days for ``workdays`` and ``days``; 0 for ``same_day``.
    """

    unit: Unit
    amount: int = 0

    def __post_init__(self) -> None:
        """Refuse what no rule can mean: negative lengths, and more than ten years."""
        longest = _LONGEST_S if self.unit is Unit.COUNTED else _LONGEST_DAYS
        if self.unit is Unit.SAME_DAY:
            longest = 0
        if not 0 <= self.amount <= longest:
            raise ValueError(
                f"'{self}' is not from 0 to {Duration(unit=self.unit, amount=longest)}"
            )

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read a duration of the grammar.

        Args:
            text: ``90s``, ``10m``, ``1h30m``; ``1 workday``, ``2 workdays``; ``1 day``,
                ``7 days``; ``same day``.

        Raises:
            ValueError: It is something else; the text says what to write instead.
        """
        if text == "same day":
            return cls(unit=Unit.SAME_DAY)
        if found := _DAYS.fullmatch(text):
            unit = Unit.WORKDAYS if found[2].startswith("work") else Unit.DAYS
            return cls(unit=unit, amount=int(found[1]))
        if found := _SPAN.fullmatch(text):
            hours, minutes, seconds = (int(part or 0) for part in found.groups())
            return cls(unit=Unit.COUNTED, amount=hours * 3600 + minutes * 60 + seconds)
        raise ValueError(_refusal(text))

    def __str__(self) -> str:
        """Render as the grammar writes it; `parse` reads it back."""
        match self.unit:
            case Unit.SAME_DAY:
                return "same day"
            case Unit.WORKDAYS:
                return f"{self.amount} workday{'' if self.amount == 1 else 's'}"
            case Unit.DAYS:
                return f"{self.amount} day{'' if self.amount == 1 else 's'}"
            case Unit.COUNTED:
                minutes, seconds = divmod(self.amount, 60)
                hours, minutes = divmod(minutes, 60)
                parts = ((hours, "h"), (minutes, "m"), (seconds, "s"))
                return "".join(f"{number}{unit}" for number, unit in parts if number) or "0m"

    @property
    def is_counted(self) -> bool:
        """Tell whether it is an amount of counted time, the same on every day."""
        return self.unit is Unit.COUNTED

    def wall(self) -> timedelta:
        """Return it on the wall clock, for the age of a source or a ``settle``.

        Raises:
            ValueError: Its length depends on a calendar.
        """
        match self.unit:
            case Unit.COUNTED:
                return timedelta(seconds=self.amount)
            case Unit.DAYS:
                return timedelta(days=self.amount)
            case Unit.WORKDAYS | Unit.SAME_DAY:
                raise ValueError(f"'{self}' depends on a calendar; write hours or days here")

    def is_shorter_than(self, other: Duration) -> bool | None:
        """Compare two durations; None if only a calendar could tell (``1 workday``, ``5h``)."""
        return self.amount < other.amount if self.unit is other.unit else None

    def due(self, start: datetime, calendar: WorkingCalendar) -> datetime:
        """Return the UTC moment at which it is over, if the clock is never paused.

        Args:
            start: Aware moment.
            calendar: The rule's calendar.

        Raises:
            ValueError: `start` is naive, or the calendar does not reach that far.
        """
        return _due(start, self.unit, self.amount, calendar)

    def due_s(self, start_s: int, calendar: WorkingCalendar) -> int:
        """Return `due` in epoch seconds."""
        return _due_s(start_s, self.unit, self.amount, calendar)

    def due_with_pauses(
        self, start: datetime, calendar: WorkingCalendar, pauses: Sequence[Pause]
    ) -> datetime | None:
        """Return the UTC moment at which it is over when the pauses do not count.

        Args:
            start: Aware moment.
            calendar: The rule's calendar.
            pauses: As the episode records them.

        Returns:
            None while a pause lasts that began before the duration was over.
        """
        if not pauses:
            return self.due(start, calendar)
        due_s = self.due_with_pauses_s(aware_s(start), calendar, stretches_of(pauses))
        return None if due_s is None else moment(due_s)

    def due_with_pauses_s(
        self, start_s: int, calendar: WorkingCalendar, pauses: Sequence[Stretch]
    ) -> int | None:
        """Return `due_with_pauses` in epoch seconds.

        A counted duration is over at the first moment at which the time counted since the
        start, minus the pauses, reaches it. A duration in days is first turned into the time
        that lies between its start and its end without pauses, working time for ``workdays``
        and ``same day``, all time for ``days``; that amount must then pass outside the pauses.
        """
        plain_s = self.due_s(start_s, calendar)
        if not pauses:
            return plain_s
        counter: Counter = WallClock() if self.unit is Unit.DAYS else calendar
        if self.is_counted:
            return moment_outside(counter, start_s, self.amount, pauses)
        paused_s = moment_outside(counter, start_s, counter.counted_s(start_s, plain_s), pauses)
        # A day may end at an opening, which is later than the closing where its last second
        # was counted; a pause never makes anything due earlier.
        return None if paused_s is None else max(plain_s, paused_s)


def _due_s(start_s: int, unit: Unit, amount: int, calendar: WorkingCalendar) -> int:
    match unit:
        case Unit.COUNTED:
            return calendar.moment_after(start_s, amount)
        case Unit.WORKDAYS:
            return calendar.workday_after(start_s, amount)
        case Unit.DAYS:
            return calendar.day_after(start_s, amount)
        case Unit.SAME_DAY:
            return calendar.end_of_day_s(start_s)


@lru_cache(maxsize=4096)  # an object's rules ask for the same few moments again and again
def _due(start: datetime, unit: Unit, amount: int, calendar: WorkingCalendar) -> datetime:
    return moment(_due_s(aware_s(start), unit, amount, calendar))


def _refusal(text: str) -> str:
    """Say why a text is not a duration, and what to write."""
    if text.isdecimal():
        return f"'{text}' has no unit; write {text}m, {text}h or '{text} workdays'"
    found = _NUMBER_AND_WORD.fullmatch(text)
    if found is None:
        return f"'{text}' is not a duration; {_FORMS}"
    number, word = found.groups()
    if word == "d":
        workday = "workday" if int(number) == 1 else "workdays"
        return f"'{text}' is ambiguous; write '{number} {workday}' or '{number} days'"
    if word in _SHORT_WORDS or word in _SHORT_WORDS.values():
        short = _SHORT_WORDS.get(word, word)
        return f"'{text}' is not a duration; write {number}{short}"
    near = did_you_mean(word, ("workday", "workdays", "day", "days"))
    return f"'{text}' is not a duration; {near or _FORMS}"
