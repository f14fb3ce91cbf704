"""The clocks of the program: the machine's own, and one that was set for a drill."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present, aware UTC."""
        return datetime.now(UTC)  # noqa: TID251 - the one place that asks the machine

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        """Sleep."""
        time.sleep(max(0.0, seconds))  # noqa: TID251 - the one place that sleeps


class DrillClock(SystemClock):
    """A clock that stands where it was set (``--at``); waiting is real, deadlines are real."""

    def __init__(self, at: datetime) -> None:
        """Set the clock to an aware moment."""
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment it was set to."""
        return self._at

    def advance(self, by: timedelta) -> None:
        """Move on."""
        self._at += by

    def set(self, at: datetime) -> None:
        """Set it anew."""
        self._at = at.astimezone(UTC)
