"""When a source is to be fetched: its pause, its hours, and its setbacks."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from westsync.journal.stock_attempts import Attempts
    from westsync.ports.stock import Timing

_SETBACKS = (timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))
"""Pauses after the first, the second and further failures (suppliers contract 9)."""

_ALL_DAY = (time(0), time(0))


def due_at(timing: Timing, attempts: Attempts, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return when (UTC) a source is to be fetched next; None: only by hand or on demand.

    Never before the present: a source is due if that is `now`.

    Args:
        timing: Of its profile.
        attempts: How it is getting on.
        zone: Of the office, on whose clock the hours are.
        now: Present, UTC; where a source begins that was never tried.
    """
    if timing.every is None:
        return None
    if attempts.tried_at is None:
        earliest = now
    elif attempts.failures:
        pause = _SETBACKS[min(attempts.failures, len(_SETBACKS)) - 1]
        earliest = attempts.tried_at + min(pause, timing.every)
    else:
        earliest = attempts.tried_at + timing.every
    if attempts.not_before is not None:
        earliest = max(earliest, attempts.not_before)
    # What became due in the night is fetched when the window opens.
    return _within(timing, max(earliest, now), zone)


def _within(timing: Timing, moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the first moment within the hours of fetching that is not before a moment."""
    begin, end = timing.window or _ALL_DAY
    today = moment.astimezone(zone).date()
    # Yesterday's window may go on into today: it does if it ends at or before its beginning.
    for ahead in range(-1, 8):
        day = today + timedelta(days=ahead)
        if day.weekday() not in timing.days:
            continue
        opens = datetime.combine(day, begin, zone)
        closes = datetime.combine(day + timedelta(days=int(end <= begin)), end, zone)
        if moment < closes:
            return max(moment, opens).astimezone(UTC)
    return moment
