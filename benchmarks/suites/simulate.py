"""Trying rules on a year: wall time of ``westsync simulate`` with the shipped rules.

The history of so many deals is recorded through the mirror; then the installed command replays it
in as many processes as there are processors. A tenth of the objects is replayed in this process as
well, and must fire about a tenth as often.
"""

from __future__ import annotations

import json
import tempfile
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING

from benchmarks.company import ACCOUNT, configured
from benchmarks.lines import Line, Target
from benchmarks.processes import environment, run
from benchmarks.year import BEGIN, DAYS, fill_year
from westsync.app.configuration import read_configuration
from westsync.app.installation import read_only_company
from westsync.clocks import DrillClock
from westsync.jobs.past import Past
from westsync.jobs.simulate import Span, simulate, summarise
from westsync.journal.opening import open_state
from westsync.journal.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.options import Options

NAME = "simulate"
MEANING = "P10 over time: a year of 10,000 deals through the shipped rules"

SIZE = 10_000
_PROCESSORS = 2  # of the promise; on a machine with other work the wall shows that work too
_END = BEGIN + timedelta(days=DAYS)
_SLOW_SHARE = 10  # the one process gets every tenth object
_MOST_REPS = 2  # a repetition takes a minute


def measure(options: Options) -> Iterator[Line]:
    """Record a year, replay it with the command, and a tenth of it in this process."""
    size = options.size or SIZE
    with (
        configured(shipped_rules=True) as directory,
        tempfile.TemporaryDirectory(prefix="westsync-bench-") as state,
    ):
        configuration = read_configuration(directory, {"STATE_DIRECTORY": state}).must_be_right()
        clock = DrillClock(_END)
        database = open_state(Path(configuration.loaded.state_path), clock, machine="")
        store = SqliteStore(database, ACCOUNT)
        begin = process_time()
        changes = fill_year(store, size, options.seed)
        recording_us = (process_time() - begin) / changes * 1e6
        kept = store.mirror.history.bytes_kept()
        company = read_only_company(configuration.companies[ACCOUNT], store)
        past = Past(store, company)
        some = past.objects()[::_SLOW_SHARE]
        begin = process_time()
        part = simulate(past, company, some, Span(since=BEGIN, until=_END), lambda: None)
        ms = (process_time() - begin) / len(some) * 1e3
        database.close()
        walls, cpus, found = [], [], {}
        for _ in range(min(options.reps, _MOST_REPS)):
            begin = perf_counter()
            done = run(
                *("-m", "westsync", "--config", str(directory), "--json", "simulate"),
                *("--from", BEGIN.isoformat(), "--to", _END.isoformat()),
                env=environment(STATE_DIRECTORY=state),
            )
            walls.append(perf_counter() - begin)
            cpus.append(done.cpu_s / _PROCESSORS)
            found = json.loads(done.output)[0]
    mine = summarise(part, company).everything.count
    total = found["all"]["fires"]
    yield Line(
        suite=NAME,
        what=f"n={size} a year, wall of the command",
        unit="s",
        ours=walls,
        target=Target(limit=60 * size / SIZE),
        answers=f"{total} steps, {found['decisions']} decisions",
        invalid=_unlike(mine, total),
    )
    yield Line(
        suite=NAME,
        what=f"n={size} cpu of the command, shared by {_PROCESSORS} processors",
        unit="s",
        ours=cpus,
        target=Target(limit=60 * size / SIZE),
    )
    yield Line(suite=NAME, what=f"n={size} cpu of an object in one process", unit="ms", ours=[ms])
    yield Line(
        suite=NAME, what=f"n={size} cpu of recording a change", unit="us", ours=[recording_us]
    )
    yield Line(
        suite=NAME,
        what=f"n={size} room of a change in the history",
        unit="bytes",
        ours=[kept / changes],
    )


def _unlike(tenth: int, total: int) -> str:
    """Return why a tenth of the objects can not have fired so often; empty if it can."""
    expected = total / _SLOW_SHARE
    if total and abs(tenth - expected) < max(20, expected / 4):
        return ""
    return f"a tenth of the objects fired {tenth} of {total} times"
