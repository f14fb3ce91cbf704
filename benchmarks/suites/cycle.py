"""P6, P7: CPU of a whole cycle, idle and with 100 changes, and how it grows with tracked deals.

A cycle polls the server over HTTP, decodes, keeps pages, decides what changed and what is due by
twenty rules, and commits at ``synchronous=FULL``. The other side is the design that a script
begins with: read all deals, evaluate all conditions in a loop.
"""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

from benchmarks.company import ACCOUNT, RULES, company, conditions
from benchmarks.filled_state import BETWEEN, START, fill, pages
from benchmarks.generation import FIELDS, PROGRAM
from benchmarks.lines import Line, Target
from benchmarks.processes import FastServer, serving
from westsync.clocks import DrillClock
from westsync.connectors.megaplan.config import MegaplanConfig
from westsync.connectors.megaplan.reader import MegaplanReader
from westsync.connectors.megaplan.session import open_session
from westsync.jobs.act import Limits
from westsync.jobs.cycle import Cycle, Desk
from westsync.jobs.standing import LOADED_VERSION
from westsync.journal.opening import open_state
from westsync.journal.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.options import Options
    from westsync.jobs.cycle import CycleReport
    from westsync.journal.database import Database

NAME = "cycle"
MEANING = "P6, P7: CPU of a whole cycle, and its growth with the number of deals"

SMALL, SIZE = 10_000, 100_000
CHANGED = 100
_UNPACED = 1_000_000.0
_CYCLES = 5  # of one kind, in one repetition


def measure(options: Options) -> Iterator[Line]:
    """Run cycles over a small and a large state in turn, and the scan beside the large one."""
    size = options.size or SIZE
    few = min(SMALL, size // 10)
    with office(few, options.seed) as small, office(size, options.seed) as large:
        scan = Scan(size, options.seed)
        for one in (small, large):
            one.settle()
        for _ in range(options.reps):
            for one in (small, large):
                one.measure()
            scan.measure()
        steps = [one.steps() for one in (small, large)]
    tracked = f"n={size}"
    yield Line(
        suite=NAME,
        what=f"{tracked} idle cycle",
        unit="ms",
        ours=large.idle_ms,
        target=Target(limit=2),
        invalid=large.wrong,
    )
    yield Line(
        suite=NAME,
        what=f"{tracked} cycle with {CHANGED} changes",
        unit="ms",
        ours=large.busy_ms,
        target=Target(limit=6),
        answers=f"{CHANGED} changed and decided each time",
        invalid=large.wrong,
    )
    yield Line(
        suite=NAME,
        what=f"{tracked} cycle with {CHANGED} changes",
        unit="ms",
        ours=large.busy_ms,
        peer="scan-of-all",
        theirs=scan.ms,
        target=Target(limit=0.05, on_ratio=True),
        invalid=large.wrong,
    )
    for kind in ("idle_ms", "busy_ms"):
        yield Line(
            suite=NAME,
            what=f"growth {few} -> {size}, {kind.removesuffix('_ms')} cycle",
            unit="ms",
            ours=getattr(large, kind),
            peer=f"n={few}",
            theirs=getattr(small, kind),
            target=Target(limit=2.5, on_ratio=True),
            invalid=large.wrong or small.wrong,
        )
    yield Line(
        suite=NAME,
        what=f"growth {few} -> {size}, SQLite VM steps of a cycle with {CHANGED} changes",
        unit="steps",
        ours=[steps[1]],
        peer=f"n={few}",
        theirs=[steps[0]],
        target=Target(limit=1.15, on_ratio=True),
    )


class Office:
    """An account in the middle of its life, and the CPU of its cycles.

    Attributes:
        idle_ms, busy_ms: CPU milliseconds of a cycle, one number per repetition.
        wrong: What a cycle did not do as it should have; empty if all was well.
    """

    def __init__(self, desk: Desk, clock: DrillClock, server: FastServer, base: Database) -> None:
        """Begin with a state that is at rest."""
        self._desk = desk
        self._clock = clock
        self._server = server
        self._base = base
        self.idle_ms: list[float] = []
        self.busy_ms: list[float] = []
        self.wrong = ""

    def settle(self) -> None:
        """Run the first cycles, which fill caches."""
        self.measure()
        self.idle_ms.clear()
        self.busy_ms.clear()

    def measure(self) -> None:
        """Run some idle and some busy cycles; note what one of each takes.

        A poll lists again what changed shortly before the watermark; so one change moves it on
        before the idle ones.
        """
        self._cycle(changed=1)
        self.idle_ms.append(min(self._cycle(changed=0) for _ in range(_CYCLES)))
        self.busy_ms.append(min(self._cycle(changed=CHANGED) for _ in range(_CYCLES)))

    def steps(self) -> float:
        """Return the SQLite VM steps of a busy cycle, which are the same on every machine."""
        taken = 0

        def step() -> None:
            nonlocal taken
            taken += 1

        connection = self._base._connection  # noqa: SLF001 - counting needs the connection itself
        connection.set_progress_handler(step, 1)
        self._cycle(changed=CHANGED)
        connection.set_progress_handler(None, 0)
        return taken

    def _cycle(self, changed: int) -> float:
        self._clock.advance(BETWEEN)
        ids: list[str] = []
        if changed:
            ids = self._server.touch(changed, self._clock.now().isoformat())
        begin = process_time()
        report = Cycle(self._desk).run()
        took = process_time() - begin
        self._check(report, ids)
        return took * 1e3

    def _check(self, report: CycleReport, ids: list[str]) -> None:
        """Note what is wrong: a change that the mirror does not show, or that nobody decided."""
        if report.unavailable or report.guard or report.decided.crashed:
            self.wrong = f"{report.unavailable} {report.guard} {report.decided.crashed}"
        deals = [self._desk.store.mirror.deal(one) for one in ids]
        stale = sum(deal is None or deal.updated_at != self._clock.now() for deal in deals)
        if stale or report.decided.objects < len(ids):
            self.wrong = f"{stale} of {len(ids)} changes not kept, {report.decided.objects} decided"


@contextmanager
def office(count: int, seed: int) -> Iterator[Office]:
    """Open an account with so many tracked deals."""
    clock = DrillClock(START)
    with (
        tempfile.TemporaryDirectory(prefix="westsync-bench-") as directory,
        serving(count, seed) as server,
    ):
        database = open_state(Path(directory) / "state.db", clock, machine="")
        store = SqliteStore(database, ACCOUNT)
        fill(store, count, seed)
        config = MegaplanConfig(
            account=ACCOUNT,
            url=server.url,
            programs={"sales": PROGRAM},
            fields=FIELDS,
            requests_per_second=_UNPACED,
        )
        session = open_session(config, "an application token", clock=clock, store=store.tokens)
        rules = company()
        store.keepsakes.put(LOADED_VERSION, rules.version)
        desk = Desk(
            store=store,
            reader=MegaplanReader(session, config),
            writers=None,
            clock=clock,
            company=replace(rules, pace=replace(rules.pace, clients=timedelta(days=30))),
            limits=Limits(settle_s=180.0),
        )
        yield Office(desk, clock, server, database)
        session.close()
        database.close()


class Scan:
    """The other design: all deals are read and looked at in every cycle.

    It is given every advantage: plain columns, no journal, nothing three-valued.

    Attributes:
        ms: CPU milliseconds of a cycle, one number per repetition.
    """

    def __init__(self, count: int, seed: int) -> None:
        """Put the deals into a table."""
        self.ms: list[float] = []
        self._database = sqlite3.connect(":memory:")
        self._database.execute(
            "CREATE TABLE deal (id TEXT, stage TEXT, type TEXT, source TEXT, price REAL,"
            " manager TEXT)"
        )
        stages = {state: stage for (_, stage), state in company().stage_ids.items()}
        for page in pages(count, seed):
            self._database.executemany(
                "INSERT INTO deal VALUES (?, ?, ?, ?, ?, ?)",
                (
                    (
                        deal.id,
                        stages[deal.state_id],
                        deal.stage_type,
                        deal.custom["source"],
                        float(deal.price or 0),
                        deal.manager_id,
                    )
                    for deal in page.deals
                ),
            )
        self._rules = [conditions(number) for number in range(RULES)]

    def measure(self) -> None:
        """Run one cycle."""
        begin = process_time()
        due = 0
        for _, stage, kind, source, price, manager in self._database.execute("SELECT * FROM deal"):
            for first, second, excluded, least in self._rules:
                due += (
                    stage in (first, second)
                    and kind == "active"
                    and source != excluded
                    and price >= least
                    and manager is not None
                )
        self.ms.append((process_time() - begin) * 1e3)
        if not due:
            raise RuntimeError("no deal fits any rule; the generated deals prove nothing")
