"""Counted time minus the stretches in which a clock stood still.

Always computed forward from the recorded stretches, never by adding time to a due date, so
that any process comes to the same moment from the same records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Stretch = tuple[int, int | None]
"""Epoch seconds from .. to; None while it lasts."""


class Counter(Protocol):
    """Something that counts seconds: a working calendar, or the wall clock."""

    def counted_s(self, start_s: int, end_s: int) -> int:
        """Return the counted seconds between two epoch seconds."""
        ...

    def moment_after(self, start_s: int, counted_s: int) -> int:
        """Return the first epoch second at which so much was counted since the start."""
        ...


class WallClock:
    """Counts every second."""

    def counted_s(self, start_s: int, end_s: int) -> int:
        """Return the seconds between two epoch seconds; 0 if the end is before the start."""
        return max(0, end_s - start_s)

    def moment_after(self, start_s: int, counted_s: int) -> int:
        """Return the epoch second so many seconds after the start."""
        return start_s + counted_s


def running(start_s: int, pauses: Iterable[Stretch]) -> Iterator[Stretch]:
    """Yield the stretches since the start in which the clock runs, in order.

    Args:
        start_s: Epoch second of the start.
        pauses: In any order; they may overlap.

    Yields:
        What the pauses leave; the last stretch is open unless a pause still lasts.

    Raises:
        ValueError: A pause ends before it begins.
    """
    cursor = start_s
    for since, until in sorted(pauses, key=lambda pause: pause[0]):
        if until is not None and until < since:
            raise ValueError(f"a pause from epoch second {since} ends before it, at {until}")
        if since > cursor:
            yield cursor, since
        if until is None:
            return
        cursor = max(cursor, until)
    yield cursor, None


def counted_outside(counter: Counter, start_s: int, end_s: int, pauses: Iterable[Stretch]) -> int:
    """Return the seconds counted between two epoch seconds and outside the pauses."""
    return sum(
        counter.counted_s(since, end_s if until is None else min(until, end_s))
        for since, until in running(start_s, pauses)
        if since < end_s
    )


def moment_outside(
    counter: Counter, start_s: int, counted_s: int, pauses: Iterable[Stretch]
) -> int | None:
    """Return the first epoch second at which so much was counted outside the pauses.

    Args:
        counter: What counts.
        start_s: Epoch second of the start.
        counted_s: Seconds to count, not negative.
        pauses: In any order; one that still lasts has no end.

    Returns:
        None if a pause lasts that began before enough was counted.
    """
    if counted_s == 0:
        return start_s
    missing_s = counted_s
    for since, until in running(start_s, pauses):
        if until is None:
            return counter.moment_after(since, missing_s)
        got_s = counter.counted_s(since, until)
        if got_s >= missing_s:
            return counter.moment_after(since, missing_s)
        missing_s -= got_s
    return None
