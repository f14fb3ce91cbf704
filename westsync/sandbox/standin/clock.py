"""The stand-in's clock: still until it is moved, or running beside another clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

OFFICE_OPENS = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


class WorldClock:
    """Aware UTC time that people set.

    Without a source the moment stands still between calls of `set` and `advance`, which is what
    makes a played day reproducible; with a source it runs as that does, shifted.
    """

    def __init__(
        self, start: datetime = OFFICE_OPENS, source: Callable[[], datetime] | None = None
    ) -> None:
        """Begin at a moment.

        Args:
            start: Aware moment; any zone.
            source: Running clock to follow, aware; None for a clock that stands still.
        """
        self._source = source
        self._shift = timedelta()
        self._still = _utc(start)
        if source is not None:
            self.set(start)

    @property
    def now(self) -> datetime:
        """The present, aware UTC."""
        return self._still if self._source is None else _utc(self._source()) + self._shift

    def set(self, at: datetime) -> None:
        """Move to a moment, forward or back.

        Raises:
            ValueError: The moment is naive.
        """
        if self._source is None:
            self._still = _utc(at)
        else:
            self._shift = _utc(at) - _utc(self._source())

    def advance(self, by: timedelta) -> None:
        """Move by an interval; negative moves back."""
        self.set(self.now + by)


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} is naive; the stand-in's clock needs an offset")
    return at.astimezone(UTC)
