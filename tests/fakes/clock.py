"""A clock that a test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class FakeClock:
    """Time that stands still until somebody waits or the test advances it.

    Attributes:
        waits: Seconds of every wait, in order.
    """

    def __init__(self, now: datetime = NOON) -> None:
        """Start at a moment (aware)."""
        self._now = now.astimezone(UTC)
        self._ticks = 0.0
        self.waits: list[float] = []

    def now(self) -> datetime:
        """Return the present, aware UTC."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds that passed since the clock was made."""
        return self._ticks

    def wait(self, seconds: float) -> None:
        """Let that time pass at once."""
        self.waits.append(seconds)
        self.advance(timedelta(seconds=seconds))

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self._now += by
        self._ticks += by.total_seconds()
