"""Time: the present moment, waiting, and what turns time into ticks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


class Clock(Protocol):
    """The present moment, and waiting."""

    def now(self) -> datetime:
        """Return the present, aware UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go back, for deadlines and pacing."""
        ...

    def wait(self, seconds: float) -> None:
        """Wait that long (real time; a test's clock just advances)."""
        ...


class Engine(Protocol):
    """What turns time into ticks; knows nothing of rules (embedded: APScheduler)."""

    def every(self, seconds: float, tick: Callable[[], None], *, name: str) -> None:
        """Call ``tick`` at this interval; a late tick still comes, once."""
        ...

    def daily(self, at: str, tick: Callable[[], None], *, name: str) -> None:
        """Call ``tick`` every day at ``HH:MM`` of the office zone; a missed one is made up."""
        ...

    def start(self) -> None:
        """Begin."""
        ...

    def stop(self) -> None:
        """Stop; no tick starts afterwards."""
        ...
