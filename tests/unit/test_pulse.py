"""Promises of the pulse: alive while something is done, ready once, how cycles ended."""

from __future__ import annotations

import pytest

from tests.fakes.clock import FakeClock
from westsync.pulse import Outcome, Phase, Pulse


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def test_a_daemon_is_alive_until_it_has_done_nothing_for_the_limit(clock: FakeClock) -> None:
    pulse = Pulse(clock, limit_s=90)

    clock.wait(90)
    at_the_limit = pulse.is_alive
    clock.wait(1)
    behind_it = pulse.is_alive
    pulse.beat()

    assert (at_the_limit, behind_it, pulse.is_alive) == (True, False, True)


def test_a_daemon_that_stops_is_not_ready_again(clock: FakeClock) -> None:
    pulse = Pulse(clock)
    seen = [pulse.phase]

    for phase in (Phase.READY, Phase.STOPPING, Phase.READY):
        pulse.enter(phase)
        seen.append(pulse.phase)

    assert seen == [Phase.STARTING, Phase.READY, Phase.STOPPING, Phase.STOPPING]


def test_cycles_are_counted_by_account_and_end(clock: FakeClock) -> None:
    pulse = Pulse(clock)
    began = clock.monotonic()
    clock.wait(2)

    pulse.cycle_ended("main", Outcome.WHOLE, began)
    pulse.cycle_ended("main", Outcome.DENIED, began)
    pulse.cycle_ended("other", Outcome.WHOLE, began)
    clock.wait(5)

    cycles = pulse.cycles["main"]
    assert cycles.last is Outcome.DENIED
    assert cycles.seconds == 2
    assert pulse.age_s(cycles) == 5
    assert cycles.counts[Outcome.WHOLE] == 1
    assert cycles.counts[Outcome.DENIED] == 1
    assert cycles.counts[Outcome.CRASHED] == 0
