"""The pace of an account (performance 2.3)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.fakes.clock import FakeClock
from westsync.transport import Priority, RateLimiter

if TYPE_CHECKING:
    from collections.abc import Callable


def test_requests_are_spaced_without_bursts() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock, per_second=2)
    started = []

    for _ in range(4):
        limiter.acquire(Priority.LIVE, 60)
        started.append(clock.monotonic())

    assert started == [0.0, 0.5, 1.0, 1.5]


def test_a_429_halves_the_pace() -> None:
    limiter = RateLimiter(FakeClock(), per_second=2)

    limiter.slow_down()

    assert limiter.per_second == 1.0


def test_clean_minutes_raise_the_pace_up_to_the_ceiling() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock, per_second=1, ceiling=1.25)

    clock.advance(timedelta(seconds=61))
    limiter.acquire(Priority.LIVE, 60)
    after_one_minute = limiter.per_second
    clock.advance(timedelta(minutes=10))
    limiter.acquire(Priority.LIVE, 60)

    assert after_one_minute == pytest.approx(1.1)
    assert limiter.per_second == 1.25


def test_the_pace_never_reaches_standstill() -> None:
    limiter = RateLimiter(FakeClock(), per_second=1)

    for _ in range(50):
        limiter.slow_down()

    assert limiter.per_second == 0.1


def test_a_pause_longer_than_our_patience_is_reported_instead_of_waited_out() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock, per_second=2)
    limiter.pause(900)

    come_back = limiter.acquire(Priority.LIVE, 60)

    assert come_back == 900
    assert clock.waits == []


def test_a_short_pause_is_waited_out_by_every_call() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock, per_second=2)
    limiter.pause(7)

    taken = limiter.acquire(Priority.BACKFILL, 60)

    assert taken == 0
    assert clock.monotonic() >= 7


def _nothing() -> None:
    """Nobody comes."""


class _Meeting(FakeClock):
    """A clock during whose first wait a live call arrives, as a thread would."""

    def __init__(self) -> None:
        super().__init__()
        self.on_first_wait: Callable[[], None] = _nothing

    def wait(self, seconds: float) -> None:
        meet, self.on_first_wait = self.on_first_wait, _nothing
        super().wait(seconds / 2)
        meet()
        super().wait(seconds / 2)


def test_a_live_call_passes_a_waiting_backfill() -> None:
    clock = _Meeting()
    limiter = RateLimiter(clock, per_second=1)
    limiter.acquire(Priority.BACKFILL, 60)
    order = []

    def live() -> None:
        limiter.acquire(Priority.LIVE, 60)
        order.append(("live", clock.monotonic()))

    clock.on_first_wait = live
    limiter.acquire(Priority.BACKFILL, 60)
    order.append(("backfill", clock.monotonic()))

    assert order[0] == ("live", 1.0)
    assert order[1][0] == "backfill"
    assert order[1][1] >= 2.0
