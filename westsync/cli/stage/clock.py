"""One time for the company and for the daemon: waiting costs play time, not the watcher's."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from westsync.sandbox import World


class StageClock:
    """A `westsync.ports.Clock` that stands where the stand-in's clock stands.

    The daemon keeps the pace of its settings: its waits move the time of both, so that a burst of
    requests makes it late here as it would in life.
    """

    def __init__(self, world: World) -> None:
        """Follow a world; only this clock moves its time."""
        self._world = world
        self._began = world.now

    def now(self) -> datetime:
        """Return the present of the play, aware UTC."""
        return self._world.now

    def monotonic(self) -> float:
        """Return the seconds since the play began; the play's time never goes back."""
        return (self._world.now - self._began).total_seconds()

    def wait(self, seconds: float) -> None:
        """Let that much play time pass."""
        self._world.advance(timedelta(seconds=max(0.0, seconds)))

    def go_to(self, at: datetime) -> None:
        """Move on to a moment; one that has passed already leaves the time as it is."""
        if at > self._world.now:
            self._world.set_now(at)
