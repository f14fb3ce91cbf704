"""How long a working-time deadline takes, against loops over days (performance.md 6.2, P11).

Run ``python benchmarks/worktime.py [--n 20000] [--pairs 5] [--seed 1]``. westsync and each peer
take turns; printed are the CPU time of one deadline and the pairwise ratio. Every peer has to
give the same answers. Peers: ``day-loop`` walks from window to window with aware datetimes, as
libraries for business hours do; ``businesstimedelta`` is that library, if it is installed.
Exits with 1 if an answer differs or a target is missed.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import platform
import random
import statistics
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from time import process_time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from westsync.domain.calendar_spec import CalendarSpec
from westsync.domain.working_time import WorkingCalendar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ZONE = ZoneInfo("Europe/Moscow")
WINDOWS = ((time(9), time(13)), (time(14), time(18)))
TARGET_US = 2.0
TARGET_RATIO = 1 / 50  # of businesstimedelta

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
    if importlib.util.find_spec("businesstimedelta") is None:
        return None
    library = importlib.import_module("businesstimedelta")
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

    return Peer(name="businesstimedelta", due=due, every=100)


def cpu_us(due: Callable[[int, int], int], work: Sequence[Case]) -> float:
    """Return the CPU microseconds of one deadline."""
    begin = process_time()
    for start_s, counted_s in work:
        due(start_s, counted_s)
    return (process_time() - begin) / len(work) * 1e6


def compare(peer: Peer, work: Sequence[Case], pairs: int) -> bool:
    """Measure pairs, print the line of the report, tell whether the targets hold."""
    ours = office().moment_after
    same = work[:: peer.every]
    wrong = sum(ours(*case) != peer.due(*case) for case in same)
    measured = [(cpu_us(ours, work), cpu_us(peer.due, same)) for _ in range(pairs)]
    our_us, peer_us = (statistics.median(column) for column in zip(*measured, strict=True))
    ratios = sorted(our / their for our, their in measured)
    ratio = statistics.median(ratios)
    holds = wrong == 0 and our_us <= TARGET_US
    target = f"<= {TARGET_US:g} us"
    if peer.name == "businesstimedelta":
        holds = holds and ratio <= TARGET_RATIO
        target += f" and ratio <= {TARGET_RATIO:g}"
    verdict = f"{wrong} ANSWERS DIFFER" if wrong else "ok" if holds else "MISSED"
    print(
        f"worktime  n={len(work)}  westsync {our_us:.2f} us  {peer.name} {peer_us:.2f} us  "
        f"ratio {ratio:.3f} ({ratios[0]:.3f}..{ratios[-1]:.3f}, {pairs} pairs)  "
        f"target {target}  {verdict}"
    )
    return holds


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


def main() -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(description="deadlines in working time")
    parser.add_argument("--n", type=int, default=20_000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(
        f"python {platform.python_version()}  seed {options.seed}  cpus {os.cpu_count()}  "
        f"load {os.getloadavg()[0]:.1f}"
    )
    work = cases(options.n, options.seed)
    holds = compare(Peer(name="day-loop", due=day_loop), work, options.pairs)
    library = businesstimedelta_peer()
    if library is None:
        print("worktime  businesstimedelta absent")
    else:
        holds = compare(library, work, options.pairs) and holds
    print(f"worktime  laying out a year {lay_out_ms():.1f} ms")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
