"""Campaigns: families of schedules, derived from one undisturbed run."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from tests.crash.schedules import Schedule
from tests.crash.world import FAIR, Weather

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SEED = 20261124
PAIRS = 120
_OPENED = 12  # failpoints that any life has passed once its state file exists
_EFFECTS = ("create_task", "link_task", "notify", "create_task", "close_task", "comment_deal",
            "set_field", "move_deal")  # fmt: skip


def _all(fault: str) -> tuple[tuple[str, str], ...]:
    return tuple((fault, operation) for operation in _EFFECTS)


WEATHERS = {
    "reply lost": Weather(faults=_all("after")),
    "request lost": Weather(faults=_all("lost")),
    "applied late": Weather(faults=_all("late")),
    "refused to connect": Weather(faults=_all("before")),
    "lists lag": Weather(faults=_all("after"), list_lag_s=90.0),
    "look-up broken too": Weather(
        faults=(
            ("after", "create_task"),
            ("before", "find_task"),
            ("after", "notify"),
            ("before", "find_comment"),
        )
    ),
    "credentials refused once": Weather(faults=(("denied", "create_task"),)),
    "all at once": Weather(
        faults=tuple(zip(("late", "after", "before", "lost") * 2, _EFFECTS, strict=True)),
        list_lag_s=60.0,
    ),
}


def single(points: int) -> Iterator[Schedule]:
    """Die once, at every failpoint."""
    for point in range(1, points + 1):
        yield Schedule(deaths=(point,))


def double(points: int) -> Iterator[Schedule]:
    """Die, and die again in the recovery; sampled."""
    dice = random.Random(SEED)
    for _ in range(PAIRS):
        yield Schedule(deaths=(dice.randint(1, points), dice.randint(1, 60)))


def weather(points: int) -> Iterator[Schedule]:
    """Every weather, without a death and with one at every 25th failpoint."""
    for at_first, bad in enumerate(WEATHERS.values()):
        yield Schedule(weather=bad)
        for point in range(1 + at_first * 3, points + 1, 25):
            yield Schedule(weather=bad, deaths=(point,))


def rollback(points: int) -> Iterator[Schedule]:
    """Put an older copy of the state back after more was sent."""
    dice = random.Random(SEED)
    for _ in range(30):
        first = dice.randint(_OPENED, points)
        yield Schedule(deaths=(first, dice.randint(40, 200)), rollback_before=2)


def rivals(points: int) -> Iterator[Schedule]:
    """Start two daemons on one state."""
    for point in (None, *range(5, points, points // 10)):
        yield Schedule(deaths=() if point is None else (point,), rivals=2)


def settling(points: int) -> Iterator[Schedule]:
    """Late effects and lagging lists with no death: what the settle time is for."""
    del points
    for name in ("applied late", "lists lag", "all at once"):
        yield Schedule(weather=WEATHERS[name])


def sampled(points: int) -> Iterator[Schedule]:
    """A quick mixture that any planted mistake must fail: some of everything."""
    yield from settling(points)
    yield Schedule(weather=WEATHERS["reply lost"])
    dice = random.Random(SEED)
    for point in dice.sample(range(1, points + 1), k=60):
        yield Schedule(deaths=(point,), weather=FAIR)
    yield from rollback(points)


CAMPAIGNS: dict[str, Callable[[int], Iterator[Schedule]]] = {
    campaign.__name__: campaign for campaign in (single, double, weather, rollback, rivals, sampled)
}
