"""The pace of requests to one account: one stream, live work first, learning from refusals."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from westsync.transport.calls import Priority

if TYPE_CHECKING:
    from westsync.ports import Clock

SLOWEST_PER_SECOND = 0.1
CLEAN_S = 60.0
STEP_PER_SECOND = 0.1
# A clock of finite resolution may stand still over a shorter wait.
SHORTEST_WAIT_S = 0.001


class RateLimiter:
    """Hands out the moments at which a request may start (performance 2.3).

    Requests are spaced by ``1 / rate``, without bursts: pacing reaches 98 % of a limit without one
    refusal, reacting alone wastes up to half of the requests. A 429 halves the rate; a minute
    without one adds 0.1 requests per second, up to the ceiling.

    Thread-safe. All waiting goes through the clock.
    """

    def __init__(self, clock: Clock, *, per_second: float, ceiling: float | None = None) -> None:
        """Start at a rate.

        Args:
            clock: Time.
            per_second: Rate to begin with: the configured or the learned one.
            ceiling: Rate never to exceed; None takes ``per_second``.
        """
        self._clock = clock
        self._ceiling = max(ceiling or per_second, SLOWEST_PER_SECOND)
        self._rate = min(max(per_second, SLOWEST_PER_SECOND), self._ceiling)
        self._next_at = clock.monotonic()
        self._clean_since = clock.monotonic()
        self._paused_until = clock.monotonic()
        self._live_waiting = 0
        self._lock = threading.Lock()

    @property
    def per_second(self) -> float:
        """Return the learned rate, to be kept over a restart."""
        with self._lock:
            return self._rate

    @property
    def paused_s(self) -> float:
        """Return the seconds that the other side still wants to be left alone."""
        with self._lock:
            return max(0.0, self._paused_until - self._clock.monotonic())

    def acquire(self, priority: Priority, patience_s: float) -> float:
        """Wait for the next slot and take it.

        Args:
            priority: Backfill lets every waiting live call go first.
            patience_s: Longest acceptable pause by order of the other side.

        Returns:
            0 when the slot was taken; otherwise the seconds to come back after, nothing waited.
        """
        registered = False
        try:
            while True:
                with self._lock:
                    if (pause := self._paused_until - self._clock.monotonic()) > patience_s:
                        return pause
                    wait = self._try_take(priority)
                    if wait <= 0:
                        return 0.0
                    if priority is Priority.LIVE and not registered:
                        self._live_waiting += 1
                        registered = True
                self._clock.wait(max(wait, SHORTEST_WAIT_S))
        finally:
            if registered:
                with self._lock:
                    self._live_waiting -= 1

    def pause(self, seconds: float) -> None:
        """Leave the account alone for that long (`Retry-After`; shared by all calls)."""
        with self._lock:
            self._paused_until = max(self._paused_until, self._clock.monotonic() + seconds)
            self._next_at = max(self._next_at, self._paused_until)

    def slow_down(self) -> None:
        """Halve the rate after a 429."""
        with self._lock:
            self._rate = max(self._rate / 2, SLOWEST_PER_SECOND)
            self._clean_since = self._clock.monotonic()

    def _try_take(self, priority: Priority) -> float:
        """Take the slot if it is free now; else return the seconds to wait."""
        now = self._clock.monotonic()
        self._learn(now)
        interval = 1.0 / self._rate
        if now < self._next_at:
            return self._next_at - now
        if priority is Priority.BACKFILL and self._live_waiting:
            return interval
        self._next_at = now + interval
        return 0.0

    def _learn(self, now: float) -> None:
        steps = int((now - self._clean_since) / CLEAN_S)
        if steps > 0:
            self._clean_since += steps * CLEAN_S
            self._rate = min(self._ceiling, self._rate + steps * STEP_PER_SECOND)
