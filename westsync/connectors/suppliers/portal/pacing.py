"""When the next request may leave: hours, budgets, distance (suppliers contract 9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import time

    from westsync.connectors.suppliers.profile_portal import Pace

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_SETBACKS = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
_NOTHING = timedelta()


def setback(times: int) -> timedelta:
    """Return how long to wait after the n-th "later" in a row, from 1, if no time was named."""
    return _SETBACKS[min(times, len(_SETBACKS)) - 1]


def closed_for(pace: Pace, now: datetime) -> timedelta:
    """Return how long the hours of asking are still closed; zero: they are open."""
    if pace.window is None:
        return _NOTHING
    here = now.astimezone(ZoneInfo(pace.zone))
    opens, closes = pace.window
    if _is_within(here.time(), opens, closes):
        return _NOTHING
    opening = datetime.combine(here.date(), opens, here.tzinfo)
    if opening <= here:
        opening = datetime.combine(here.date() + _DAY, opens, here.tzinfo)
    return opening.astimezone(UTC) - now


def used_up_for(
    moments: Sequence[datetime], per_hour: int, per_day: int, now: datetime
) -> timedelta:
    """Return how long a budget is still used up; zero: it is not.

    Args:
        moments: Of what was done, in order; UTC.
        per_hour: How often within any hour.
        per_day: How often within any 24 hours.
        now: UTC.
    """
    waits = [_NOTHING]
    for most, span in ((per_hour, _HOUR), (per_day, _DAY)):
        within = [at for at in moments if now - at < span]
        if len(within) >= most:
            waits.append(within[-most] + span - now)
    return max(waits)


def distance(pace: Pace, moments: Sequence[datetime], now: datetime, chance: float) -> timedelta:
    """Return how long to wait until the next request is far enough from the last one.

    Args:
        pace: Of the profile.
        moments: Of the requests, in order; UTC.
        now: UTC.
        chance: Between 0 and 1, for the jitter.
    """
    if not moments:
        return _NOTHING
    due = moments[-1] + pace.min_interval + pace.jitter * chance
    # A clock that was set back must not make us wait for hours.
    return min(max(due - now, _NOTHING), pace.min_interval + pace.jitter)


def _is_within(moment: time, opens: time, closes: time) -> bool:
    if opens < closes:
        return opens <= moment < closes
    return moment >= opens or moment < closes
