"""How the daemon itself stands: alive, ready, and how its cycles ended.

The daemon's thread writes, others read (the watchdog's truth, told over HTTP as well).
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.ports import Clock

SILENT_AFTER_S = 90.0


class Phase(StrEnum):
    """Where the daemon's life is.

    Attributes:
        STARTING: The first cycle has not ended.
        READY: It has, be it in a degraded mode; systemd heard ``READY=1``.
        STOPPING: It was told to stop.
    """

    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"


class Outcome(StrEnum):
    """How a cycle ended.

    Attributes:
        WHOLE: Everything was read and decided.
        DEGRADED: A source was unavailable; what needs it waits.
        DENIED: Megaplan refused our credentials.
        GUARDED: A guard stopped it, nothing was recorded.
        CRASHED: A mistake in westsync stopped it.
    """

    WHOLE = "whole"
    DEGRADED = "degraded"
    DENIED = "denied"
    GUARDED = "guarded"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycles:
    """The cycles of one account since the start.

    Attributes:
        last: How the last one ended.
        ended_at: When, by the monotonic clock.
        seconds: How long it took.
        counts: Outcome -> how many.
    """

    last: Outcome
    ended_at: float
    seconds: float
    counts: Mapping[Outcome, int] = field(default_factory=dict)


class Pulse:
    """Beats, phase and cycles of one daemon. Thread-safe.

    Attributes:
        limit_s: So long without a beat, and the daemon counts as stuck.
    """

    def __init__(self, clock: Clock, limit_s: float = SILENT_AFTER_S) -> None:
        """Begin: the start itself is the first beat.

        Args:
            clock: Time.
            limit_s: The watchdog's limit.
        """
        self.limit_s = limit_s
        self._clock = clock
        self._lock = threading.Lock()
        self._beaten_at = clock.monotonic()
        self._phase = Phase.STARTING
        self._cycles: dict[str, Cycles] = {}

    def beat(self) -> None:
        """Say that something was done."""
        self._beaten_at = self._clock.monotonic()

    def enter(self, phase: Phase) -> None:
        """Go on to another phase; a daemon that is stopping stays so."""
        with self._lock:
            if self._phase is not Phase.STOPPING:
                self._phase = phase

    def cycle_ended(self, account: str, outcome: Outcome, began_at: float) -> None:
        """Note how a cycle ended.

        Args:
            account: Whose.
            outcome: How.
            began_at: When it began, by the monotonic clock.
        """
        now = self._clock.monotonic()
        with self._lock:
            before = self._cycles.get(account)
            counts = Counter(dict.fromkeys(Outcome, 0) if before is None else before.counts)
            counts[outcome] += 1
            self._cycles[account] = Cycles(
                last=outcome, ended_at=now, seconds=now - began_at, counts=counts
            )

    @property
    def phase(self) -> Phase:
        """Where the daemon's life is."""
        return self._phase

    @property
    def silent_s(self) -> float:
        """Seconds since something was done last."""
        return self._clock.monotonic() - self._beaten_at

    @property
    def is_alive(self) -> bool:
        """Whether something was done lately: what the watchdog goes by as well."""
        return self.silent_s <= self.limit_s

    @property
    def cycles(self) -> Mapping[str, Cycles]:
        """Account -> its cycles; accounts without one are missing."""
        with self._lock:
            return dict(self._cycles)

    def age_s(self, cycles: Cycles) -> float:
        """Return the seconds since a cycle ended."""
        return self._clock.monotonic() - cycles.ended_at
