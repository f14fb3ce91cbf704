"""The shape of a working day: its windows, the days of the week, what a date can be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from westsync.domain.places import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DAY_S = 86_400
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_WINDOW = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")


class DayKind(StrEnum):
    """What a date is for a calendar; ``short`` ends earlier, as before a public holiday."""

    OFF = "off"
    WORKING = "working"
    SHORT = "short"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of the day in which time is counted, opening included, closing not.

    Attributes:
        opens_s: Seconds of the wall clock since local midnight, 0..86399.
        closes_s: The same, later than ``opens_s``, at most 86400 (``24:00``).
    """

    opens_s: int
    closes_s: int

    def __post_init__(self) -> None:
        """Refuse a window that is empty, turned round or longer than the day."""
        if not 0 <= self.opens_s < self.closes_s <= DAY_S:
            raise ValueError(
                f"window {self} does not open before it closes within one day; "
                "a night shift is two windows, '22:00-24:00' and '00:00-06:00'"
            )

    @classmethod
    def parse(cls, text: str) -> Window:
        """Read ``09:00-13:00``; ``24:00`` is the end of the day.

        Raises:
            ValueError: It is not written so, or it does not open before it closes.
        """
        found = _WINDOW.fullmatch(text)
        if found is None:
            raise ValueError(f"'{text}' is not a window; write e.g. '09:00-13:00'")
        open_h, open_m, close_h, close_m = map(int, found.groups())
        return cls(
            opens_s=open_h * 3600 + open_m * 60,
            closes_s=close_h * 3600 + close_m * 60,
        )

    def __str__(self) -> str:
        """Render as it is written in a configuration file."""
        return f"{_clock(self.opens_s)}-{_clock(self.closes_s)}"


def _clock(second_of_day: int) -> str:
    return f"{second_of_day // 3600:02}:{second_of_day % 3600 // 60:02}"


def check_windows(windows: Sequence[Window]) -> None:
    """Check the windows of one day: at least one, in order, none over another.

    Raises:
        ValueError: The first thing that is wrong, naming the windows.
    """
    if not windows:
        raise ValueError("a calendar needs at least one window, e.g. '09:00-18:00'")
    for earlier, later in pairwise(windows):
        if later.opens_s < earlier.closes_s:
            raise ValueError(
                f"windows {earlier} and {later} overlap or are out of order; "
                "write them from morning to evening"
            )


def parse_windows(texts: Iterable[str]) -> tuple[Window, ...]:
    """Read the windows of one day, written from morning to evening.

    Raises:
        ValueError: One of them cannot be read, they overlap, or there is none.
    """
    windows = tuple(Window.parse(text) for text in texts)
    check_windows(windows)
    return windows


def shortened(windows: Sequence[Window], minutes: int) -> tuple[Window, ...]:
    """Return the windows of a day that ends `minutes` of counted time earlier.

    The time is taken from the end of the day: the last window shrinks, and if it is shorter
    than that it goes, and the rest is taken from the one before.
    """
    kept = list(windows)
    cut_s = minutes * 60
    while cut_s > 0 and kept:
        last = kept.pop()
        length_s = last.closes_s - last.opens_s
        if length_s > cut_s:
            kept.append(Window(opens_s=last.opens_s, closes_s=last.closes_s - cut_s))
        cut_s -= length_s
    return tuple(kept)


def parse_days(value: str | Iterable[str]) -> frozenset[int]:
    """Read days of the week: ``mon-fri``, ``[mon, wed, fri]``, ``[mon-thu, sat]``.

    Returns:
        Numbers of weekdays, Monday is 0 (as `datetime.date.weekday`).

    Raises:
        ValueError: A word is not a day of the week, or there is none.
    """
    texts = [value] if isinstance(value, str) else list(value)
    days: set[int] = set()
    for text in texts:
        first, dash, last = text.partition("-")
        begin = _weekday(first)
        end = _weekday(last) if dash else begin
        days.update((begin + step) % 7 for step in range((end - begin) % 7 + 1))
    if not days:
        raise ValueError("a calendar needs at least one day of the week, e.g. mon-fri")
    return frozenset(days)


def _weekday(word: str) -> int:
    if word not in WEEKDAYS:
        cure = did_you_mean(word, WEEKDAYS) or f"write one of {', '.join(WEEKDAYS)}"
        raise ValueError(f"'{word}' is not a day of the week; {cure}")
    return WEEKDAYS.index(word)
