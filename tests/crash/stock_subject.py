"""The side that is killed while it loads supplier stock: the real job around a real file.

It runs in a forked child and dies at a failpoint by SIGKILL, as the journal's subject does.
"""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.fakes.clock import NOON, FakeClock
from tests.unit.jobs.stock_office import HEADER, a_profile
from westsync import failpoints
from westsync.app.stock_reading import ReadFile, source_of
from westsync.connectors.suppliers.fetching.fetcher import Fetcher
from westsync.connectors.suppliers.profile import AcceptRules
from westsync.connectors.suppliers.profile_fetch import DiskFetch
from westsync.connectors.suppliers.reading.pipeline import Task, read_file
from westsync.connectors.suppliers.secrets import Secrets
from westsync.domain.matching.brands import BrandTable
from westsync.jobs.stock import StockRefresh
from westsync.jobs.stock_outcomes import Outcome
from westsync.journal import stock_loading, stock_sweeping
from westsync.journal.stock import StockStore, open_stock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from westsync.connectors.suppliers.profile import Profile
    from westsync.domain.stock import SourceId

BRANDS = BrandTable({"Yamaha": ["Ямаха"]})
_CHUNK = 3  # rows: so that a list of a few rows is staged and swept in several transactions


class InnerReader:
    """Reads files as the reader's child does, but inside this process: forks are cheap, children
    that import the readers are not. What the death of the child itself means is tested elsewhere.
    """

    def __init__(self, profile: Profile, clock: FakeClock) -> None:
        self._profile = profile
        self._clock = clock

    def read(self, source: SourceId, path: Path, *, name: str, staging: Path) -> ReadFile:
        assert source == self._profile.id
        work = staging.parent / "reading"
        work.mkdir()
        task = Task(
            path=path,
            name=name,
            profile=self._profile,
            staging=staging,
            work=work,
            now=self._clock.now(),
        )
        return ReadFile(read_file(task), self._profile, staging)


def publish(home: Path, rows: Sequence[str], *, after: int) -> None:
    """Put a price list down, as if it were written some minutes after noon."""
    path = home / "prices" / "ostatki.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    at = (NOON + timedelta(minutes=after)).timestamp()
    os.utime(path, (at, at))


@contextmanager
def opened(home: Path) -> Iterator[StockStore]:
    """Open the stock file of a schedule."""
    with open_stock(home / "state", BRANDS) as store:
        yield store


def take(home: Path, *, absence: str) -> bool:
    """Refresh the source, and accept what the guards hold as a person would; True: it is in."""
    for module in (stock_loading, stock_sweeping):
        vars(module)["CHUNK"] = _CHUNK
    profile = a_profile(
        fetch=DiskFetch(path=str(home / "prices" / "*.csv")),
        accept=AcceptRules(min_rows=1, first="auto", absence=absence),
    )
    clock = FakeClock(NOON + timedelta(hours=3))
    fetcher = Fetcher([profile], secrets=Secrets({}), clock=clock, zone=ZoneInfo("Europe/Moscow"))
    source = source_of(profile)
    with opened(home) as store:
        job = StockRefresh(store, fetcher, InnerReader(profile, clock), clock)
        done = job.refresh(source)
        if done.outcome is Outcome.HELD:
            job.accept(source, by="anna")
        return done.outcome in {Outcome.ACCEPTED, Outcome.UNCHANGED, Outcome.HELD}


def live(home: Path, *, absence: str, die_at: int | None) -> tuple[int, tuple[str, ...]]:
    """Take the list in a forked child that dies at a failpoint.

    Args:
        home: Of the schedule.
        absence: As ``accept.absence`` of the profile.
        die_at: Which failpoint, counted from 1, is the last; None: none is.

    Returns:
        The child's exit code (negative: the signal), and the failpoints it passed, in order.
    """
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        code = 70
        try:
            os.close(ours)
            code = _life(theirs, home, absence, die_at)
        finally:
            os._exit(code)  # no cleanup of the parent's things in the child
    os.close(theirs)
    with os.fdopen(ours, "rb") as told:
        names = told.read().decode().splitlines()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), tuple(names)


def _life(told: int, home: Path, absence: str, die_at: int | None) -> int:
    reached = 0

    def count(name: str) -> None:
        nonlocal reached
        reached += 1
        os.write(told, f"{name}\n".encode())
        if reached == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    failpoints.arm(count)
    return 0 if take(home, absence=absence) else 1
