"""Run one campaign, or a part of it, and print a JSON report."""

from __future__ import annotations

import argparse
import gc
import json
import os
import shutil
import sys
import tempfile
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import sqlite_utils.migrations  # noqa: F401 - imported once here instead of in every fork
import structlog

from tests.crash.campaigns import CAMPAIGNS
from tests.crash.planted import BUGS, STOCK_BUGS, VARIABLE
from tests.crash.schedules import Schedule, is_a_breach, run
from tests.crash.stock import campaign
from westsync.jobs.act import Limits

STOCK = "stock"
_PREFIX = "westsync-crash-"


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    arguments.add_argument("campaign", choices=sorted((*CAMPAIGNS, STOCK)))
    arguments.add_argument("--part", type=int, default=0, help="which part, from 0")
    arguments.add_argument("--of", type=int, default=1, help="of how many parts")
    arguments.add_argument("--stop", action="store_true", help="stop at the first breach")
    options = arguments.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    gc.freeze()  # what is here now never changes: forks need not copy it
    _remove_those_of_the_dead()
    mine = f"{_PREFIX}{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=mine, dir=_in_memory()) as scratch:
        look = _stock if options.campaign == STOCK else _journal
        report = look(options, Path(scratch) / "state")
    sys.stdout.write(json.dumps(report, ensure_ascii=False, default=str) + "\n")
    return 1 if report["complaints"] else 0


def _journal(options: argparse.Namespace, home: Path) -> dict[str, Any]:
    """Kill the journal and act."""
    undisturbed, world = run(Schedule(), home)
    expected = world.effects()
    points = 0 if undisturbed.report is None else undisturbed.report.reached
    limits = Limits()
    if bug := os.environ.get(VARIABLE):
        limits = BUGS[bug](limits)
    schedules, complaints, lives = 0, [], 0
    chosen = islice(CAMPAIGNS[options.campaign](points), options.part, None, options.of)
    for schedule in chosen:
        verdict, _ = run(schedule, home, expected=expected, limits=limits)
        schedules += 1
        lives += verdict.lives
        if verdict.complaints:
            complaints.append({"schedule": asdict(schedule), "said": verdict.complaints})
            if options.stop and any(map(is_a_breach, verdict.complaints)):
                break
    return {
        "points": points,
        "names": undisturbed.report.names if undisturbed.report else (),
        "schedules": schedules,
        "lives": lives,
        "complaints": [*complaints, *({"said": one} for one in undisturbed.complaints)],
    }


def _stock(options: argparse.Namespace, home: Path) -> dict[str, Any]:
    """Kill the loading of supplier stock."""
    if bug := os.environ.get(VARIABLE):
        STOCK_BUGS[bug]()
    found = campaign(home, part=options.part, of=options.of, stop=options.stop)
    return asdict(found) | {"names": sorted(found.names)}


def _remove_those_of_the_dead() -> None:
    """Remove the directories of campaigns that were killed themselves, as by a time limit."""
    for left in Path(_in_memory() or tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        owner = left.name.removeprefix(_PREFIX).partition("-")[0]
        if not Path("/proc", owner).exists():
            shutil.rmtree(left, ignore_errors=True)


def _in_memory() -> str | None:
    """Return a memory file system if there is one.

    What a killed process wrote stays with the kernel, so these schedules need no real disk; whether
    syncs reach a disk is for a test with a power switch.
    """
    shared = Path("/dev/shm")  # noqa: S108 - the directory inside has a random name and mode 0700
    return str(shared) if os.access(shared, os.W_OK) else None


if __name__ == "__main__":
    sys.exit(main())
