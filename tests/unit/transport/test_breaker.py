"""When to stop asking (reliability 4.1)."""

from __future__ import annotations

from datetime import timedelta

from tests.fakes.clock import FakeClock
from westsync.transport.breaker import Breaker, RetryBudget


def test_five_failures_in_a_row_open_it() -> None:
    breaker = Breaker(FakeClock(), lambda: 0.0)

    for _ in range(4):
        breaker.failed()
    before = breaker.state
    breaker.failed()

    assert before == "closed"
    assert breaker.state == "open"
    assert breaker.closed_for_s() == 30.0


def test_more_than_half_of_the_last_twenty_open_it() -> None:
    breaker = Breaker(FakeClock(), lambda: 0.0)

    for _ in range(10):
        breaker.failed()
        breaker.succeeded()
    breaker.failed()
    states = [breaker.state]
    breaker.failed()
    states.append(breaker.state)

    assert states == ["closed", "open"]


def test_each_failed_probe_doubles_the_wait_up_to_five_minutes() -> None:
    clock = FakeClock()
    breaker = Breaker(clock, lambda: 0.0)
    waits = []
    for _ in range(4):
        breaker.failed()

    for _ in range(7):
        breaker.failed()
        waits.append(breaker.closed_for_s())
        clock.advance(timedelta(seconds=waits[-1]))

    assert waits == [30, 60, 120, 240, 300, 300, 300]


def test_a_successful_probe_closes_it() -> None:
    clock = FakeClock()
    breaker = Breaker(clock, lambda: 0.0)
    for _ in range(5):
        breaker.failed()
    clock.advance(timedelta(seconds=30))
    probing = breaker.state

    breaker.succeeded()

    assert probing == "probing"
    assert breaker.state == "closed"


def test_three_retries_a_minute_are_always_allowed_and_no_more_when_idle() -> None:
    clock = FakeClock()
    budget = RetryBudget(clock)

    taken = [budget.take() for _ in range(7)]

    assert taken == [True] * 6 + [False]


def test_a_busy_account_may_retry_a_tenth_of_its_calls() -> None:
    clock = FakeClock()
    budget = RetryBudget(clock)
    for _ in range(200):
        budget.called()

    taken = sum(budget.take() for _ in range(30))

    assert taken == 20


def test_the_budget_refills_after_two_minutes() -> None:
    clock = FakeClock()
    budget = RetryBudget(clock)
    while budget.take():
        pass

    clock.advance(timedelta(seconds=121))

    assert budget.take()
