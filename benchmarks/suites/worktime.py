"""P11: how long a working-time deadline takes, against loops over days (performance.md 6.2).

westsync and each peer take turns over the same seeded cases, and must give the same answers.
``day-loop`` walks from window to window with aware datetimes, as libraries for business hours do;
``businesstimedelta`` is that library, if it is installed.
"""

from __future__ import annotations

import importlib
import importlib.util
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from time import process_time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from benchmarks.lines import Line, Target
from westsync.domain.calendar_spec import CalendarSpec
from westsync.domain.working_time import WorkingCalendar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks.options import Options

NAME = "worktime"
MEANING = "P11: deadlines in working time"

SIZE = 20_000
ZONE = ZoneInfo("Europe/Moscow")
WINDOWS = ((time(9), time(13)), (time(14), time(18)))
_LIBRARY = "businesstimedelta"

Case = tuple[int, int]
"""Epoch second of the start, and counted seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Somebody else's way to the same deadlines; a slow one gets every n-th case."""

    name: str
    due: Callable[[int, int], int]
    every: int = 1


def cases(n: int, seed: int) -> list[Case]:
    """Draw starts of two years and waits from a minute to forty hours."""
    draw = random.Random(seed)
    begin = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp())
    return [
        (begin + draw.randrange(2 * 365 * 86_400), draw.randrange(1, 2400) * 60) for _ in range(n)
    ]


def office() -> WorkingCalendar:
    """Build a five-day office with lunch. Without holidays, so that every peer can follow."""
    return WorkingCalendar(
        CalendarSpec.parse(
            name="office",
            zone="Europe/Moscow",
            windows=["09:00-13:00", "14:00-18:00"],
            days="mon-fri",
        )
    )


def day_loop(start_s: int, counted_s: int) -> int:
    """Walk from window to window until enough was counted."""
    start = datetime.fromtimestamp(start_s, ZONE)
    missing, day = timedelta(seconds=counted_s), start.date()
    while True:
        if day.weekday() < 5:
            for opens, closes in WINDOWS:
                begin = max(start, datetime.combine(day, opens, ZONE))
                end = datetime.combine(day, closes, ZONE)
                if begin >= end:
                    continue
                if end - begin >= missing:
                    return int((begin + missing).timestamp())
                missing -= end - begin
        day += timedelta(days=1)


def businesstimedelta_peer() -> Peer | None:
    """Wrap the library, None if it is not installed."""
    if importlib.util.find_spec(_LIBRARY) is None:
        return None
    library = importlib.import_module(_LIBRARY)
    zone = importlib.import_module("pytz").timezone(ZONE.key)  # it knows no other zones
    days = list(range(5))
    workday = library.WorkDayRule(start_time=time(9), end_time=time(18), working_days=days, tz=zone)
    lunch = library.LunchTimeRule(
        start_time=time(13), end_time=time(14), working_days=days, tz=zone
    )
    rules = library.Rules([workday, lunch])

    def due(start_s: int, counted_s: int) -> int:
        wait = library.BusinessTimeDelta(rules, seconds=counted_s)
        return int((datetime.fromtimestamp(start_s, UTC) + wait).timestamp())

    return Peer(name=_LIBRARY, due=due, every=100)


def cpu_us(due: Callable[[int, int], int], work: Sequence[Case]) -> float:
    """Return the CPU microseconds of one deadline."""
    begin = process_time()
    for start_s, counted_s in work:
        due(start_s, counted_s)
    return (process_time() - begin) / len(work) * 1e6


def measure(options: Options) -> Iterator[Line]:
    """Compute deadlines with both sides in turn."""
    work = cases(options.size or SIZE, options.seed)
    yield from _beside(Peer(name="day-loop", due=day_loop), work, options.reps, None)
    library = businesstimedelta_peer()
    if library is not None:
        yield from _beside(library, work, options.reps, Target(limit=1 / 50, on_ratio=True))
    yield Line(
        suite=NAME,
        what="laying out one more year of the Russian calendar",
        unit="ms",
        ours=[lay_out_ms() for _ in range(options.reps)],
    )


def _beside(peer: Peer, work: Sequence[Case], pairs: int, target: Target | None) -> Iterator[Line]:
    ours = office().moment_after
    same = work[:: peer.every]
    wrong = sum(ours(*case) != peer.due(*case) for case in same)
    measured = [(cpu_us(ours, work), cpu_us(peer.due, same)) for _ in range(pairs)]
    our_us, their_us = zip(*measured, strict=True)
    for one in (Target(limit=2), *([] if target is None else [target])):
        yield Line(
            suite=NAME,
            what=f"n={len(work)} cpu of a deadline",
            unit="us",
            ours=our_us,
            peer=peer.name,
            theirs=their_us,
            target=one,
            answers=f"same {len(same)} deadlines",
            invalid=f"{wrong} answers differ" if wrong else "",
        )


def lay_out_ms() -> float:
    """Return the CPU milliseconds of laying out one more year of the Russian calendar."""
    spec = CalendarSpec.parse(
        name="office",
        zone="Europe/Moscow",
        windows=["09:00-13:00", "14:00-18:00"],
        days="mon-fri",
        country="RU",
    )
    WorkingCalendar(spec).is_workday(date(2025, 6, 1))  # the package `holidays` is imported once
    begin = process_time()
    WorkingCalendar(spec).is_workday(date(2026, 6, 1))
    return (process_time() - begin) * 1e3
