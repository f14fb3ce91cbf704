"""When to stop asking: a breaker for a system that is down, a budget for repeating ourselves."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from westsync.ports import Clock

FAILURES_IN_A_ROW = 5
WINDOW = 20
PROBE_AFTER_S = (30.0, 60.0, 120.0, 240.0, 300.0)

BUDGET_WINDOW_S = 120.0
BUDGET_SHARE = 0.1
BUDGET_FLOOR = 6


class Breaker:
    """Opens after 5 failures in a row or when over half of the last 20 calls failed.

    While open nothing is sent; after 30 s, 60 s ... 300 s one call may probe. Thread-safe.
    """

    def __init__(self, clock: Clock, random: Callable[[], float]) -> None:
        """Start closed; ``random`` returns [0, 1) and spreads the probes."""
        self._clock = clock
        self._random = random
        self._recent: deque[bool] = deque(maxlen=WINDOW)
        self._in_a_row = 0
        self._opened = 0
        self._open_until: float | None = None
        self._lock = threading.Lock()

    @property
    def state(self) -> str:
        """Return ``closed``, ``open`` or ``probing`` (open, but the next call may try)."""
        with self._lock:
            if self._open_until is None:
                return "closed"
            return "open" if self._clock.monotonic() < self._open_until else "probing"

    def closed_for_s(self) -> float:
        """Return the seconds until a call may be sent; 0 if it may be sent now."""
        with self._lock:
            if self._open_until is None:
                return 0.0
            return max(0.0, self._open_until - self._clock.monotonic())

    def succeeded(self) -> None:
        """Note that the system answered in earnest, be it with a refusal."""
        with self._lock:
            self._in_a_row = 0
            self._recent.append(True)
            if self._open_until is not None:
                self._recent.clear()
                self._open_until = None
                self._opened = 0

    def failed(self) -> None:
        """Note that the system did not answer, or not sensibly."""
        with self._lock:
            self._in_a_row += 1
            self._recent.append(False)
            half = len(self._recent) == WINDOW and self._recent.count(False) * 2 > WINDOW
            if self._open_until is not None or self._in_a_row >= FAILURES_IN_A_ROW or half:
                wait = PROBE_AFTER_S[min(self._opened, len(PROBE_AFTER_S) - 1)]
                self._opened += 1
                self._open_until = self._clock.monotonic() + wait * (1 + 0.1 * self._random())


class RetryBudget:
    """At most a tenth of the calls of the last two minutes are retries, but three a minute always.

    It keeps a struggling system from being finished off by our patience. Thread-safe.
    """

    def __init__(self, clock: Clock) -> None:
        """Start with an untouched budget."""
        self._clock = clock
        self._calls: deque[float] = deque()
        self._retries: deque[float] = deque()
        self._lock = threading.Lock()

    def called(self) -> None:
        """Count a call."""
        with self._lock:
            self._forget()
            self._calls.append(self._clock.monotonic())

    def take(self) -> bool:
        """Take one retry; False when the budget is spent."""
        with self._lock:
            self._forget()
            if len(self._retries) >= max(BUDGET_FLOOR, BUDGET_SHARE * len(self._calls)):
                return False
            self._retries.append(self._clock.monotonic())
            return True

    def _forget(self) -> None:
        oldest = self._clock.monotonic() - BUDGET_WINDOW_S
        for times in (self._calls, self._retries):
            while times and times[0] < oldest:
                times.popleft()
