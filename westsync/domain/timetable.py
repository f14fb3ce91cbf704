"""Counted time as a table in epoch seconds: where it runs, and how much ran before.

A day's windows are wall-clock times. A second of real time is counted exactly when the wall
clock of the zone then shows a time inside a window; so an hour that a change of the clocks
skips is not counted, and an hour that it repeats is counted twice.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from westsync.domain.windows import DAY_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from zoneinfo import ZoneInfo

    from westsync.domain.windows import Window

Piece = tuple[int, int]
"""A stretch of counted time: epoch second of its beginning, and of its end (not counted)."""

_EPOCH = date(1970, 1, 1)
_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Timetable:
    """The counted time of some whole years, ready to be searched.

    Attributes:
        from_s: The table is complete from this epoch second ...
        until_s: ... to this one.
        opens: Beginnings of the pieces, ascending.
        closes: Their ends.
        before: Counted seconds before each piece, and at last the sum of all.
    """

    from_s: int
    until_s: int
    opens: Sequence[int]
    closes: Sequence[int]
    before: Sequence[int]

    @classmethod
    def of(cls, from_s: int, until_s: int, pieces: Iterable[Piece]) -> Timetable:
        """Add up the pieces, which ascend and do not overlap."""
        opens: list[int] = []
        closes: list[int] = []
        before = [0]
        for begin, end in pieces:
            opens.append(begin)
            closes.append(end)
            before.append(before[-1] + end - begin)
        return cls(from_s, until_s, opens, closes, before)

    @property
    def total_s(self) -> int:
        """Counted seconds of the whole table."""
        return self.before[-1]

    def counted_before(self, at_s: int) -> int:
        """Return the counted seconds between the beginning of the table and a moment."""
        index = bisect_right(self.opens, at_s) - 1
        if index < 0:
            return 0
        return self.before[index] + min(at_s, self.closes[index]) - self.opens[index]

    def moment_of(self, counted_s: int) -> int:
        """Return the first moment before which so much was counted (1..`total_s`)."""
        index = bisect_left(self.before, counted_s, 1) - 1
        return self.opens[index] + counted_s - self.before[index]

    def pieces_between(self, from_s: int, until_s: int) -> tuple[Piece, ...]:
        """Return the pieces that begin within a stretch."""
        first = bisect_left(self.opens, from_s)
        last = bisect_left(self.opens, until_s)
        return tuple(zip(self.opens[first:last], self.closes[first:last], strict=True))


def epoch_s(at: datetime) -> int:
    """Return the epoch second of an aware moment, fractions dropped.

    Raises:
        TypeError: It is naive.
    """
    since = at - _BEGIN  # several times as fast as `timestamp`, and rules ask for little else
    return since.days * DAY_S + since.seconds


def moment(at_s: int) -> datetime:
    """Return an epoch second as an aware UTC moment."""
    return _BEGIN + timedelta(0, at_s)


def day_begins_s(day: date, zone: ZoneInfo) -> int:
    """Return the epoch second in which a local date begins."""
    return epoch_s(datetime(day.year, day.month, day.day, tzinfo=zone))


def pieces_of_year(
    year: int, zone: ZoneInfo, windows_on: Callable[[date], Sequence[Window]]
) -> list[Piece]:
    """Return the counted stretches of a local year.

    Touching windows of one date are one piece; a date never shares a piece with the next,
    also if the calendar never closes.
    """
    first, after_last = date(year, 1, 1), date(year + 1, 1, 1)
    stretches = list(_offsets(zone, _wall_s(first) - DAY_S, _wall_s(after_last) + DAY_S))
    pieces: list[Piece] = []
    day = first
    while day < after_last:
        pieces.extend(_pieces_of_day(_wall_s(day), windows_on(day), stretches))
        day += _ONE_DAY
    # Out of order only where the clocks go back over midnight (St. John's did until 2011).
    pieces.sort()
    return pieces


def _wall_s(day: date) -> int:
    """Return the begin of a date as seconds of a wall clock that never changes."""
    return (day - _EPOCH).days * DAY_S


def _pieces_of_day(
    midnight_wall_s: int, windows: Sequence[Window], stretches: Sequence[tuple[int, int, int]]
) -> list[Piece]:
    pieces: list[Piece] = []
    for begin, end, offset in stretches:
        for window in windows:
            opens = max(begin, midnight_wall_s + window.opens_s - offset)
            closes = min(end, midnight_wall_s + window.closes_s - offset)
            if opens >= closes:
                continue
            if pieces and pieces[-1][1] == opens:
                opens = pieces.pop()[0]
            pieces.append((opens, closes))
    return pieces


def _offsets(zone: ZoneInfo, from_s: int, until_s: int) -> Iterator[tuple[int, int, int]]:
    """Yield stretches of real time with one offset from UTC: begin, end, offset in seconds.

    Zone data tell the offset of a moment but not where it changes. It is looked at once a day,
    and a change is then found by halving; no zone changes twice within a day.
    """
    begin, offset = from_s, _offset_s(zone, from_s)
    seen = from_s
    while seen < until_s:
        ahead = min(seen + DAY_S, until_s)
        changed = _offset_s(zone, ahead)
        if changed != offset:
            low, high = seen, ahead
            while high - low > 1:
                middle = (low + high) // 2
                if _offset_s(zone, middle) == offset:
                    low = middle
                else:
                    high = middle
            yield begin, high, offset
            begin, offset = high, changed
        seen = ahead
    yield begin, until_s, offset


def _offset_s(zone: ZoneInfo, at_s: int) -> int:
    shift = datetime.fromtimestamp(at_s, zone).utcoffset()
    if shift is None:  # pragma: no cover - a zone of the IANA base always tells its offset
        raise ValueError(f"zone {zone} does not tell its offset")
    return int(shift.total_seconds())
