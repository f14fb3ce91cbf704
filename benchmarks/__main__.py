"""``python -m benchmarks run [SUITE ...]`` and ``python -m benchmarks list``; see README.md."""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import sqlite3
import sys
from importlib import import_module, metadata
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import structlog

from benchmarks.lines import Verdict
from benchmarks.options import Options
from westsync import __version__
from westsync.clocks import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.lines import Line

SUITES = (
    "pull",
    "limiter",
    "cycle",
    "rules",
    "simulate",
    "backfill",
    "stock",
    "reading",
    "worktime",
    "cold",
    "idle",
)
_PACKAGES = ("httpx", "msgspec", "sqlite-utils", "rule-engine", "pydantic")
_QUICK_REPS = 2
LEAST_SIZE = 1_000


class Suite(Protocol):
    """What a module of `benchmarks.suites` has.

    Attributes:
        NAME: As the command line calls it.
        MEANING: What it measures, with its number in performance.md 10.
    """

    NAME: str
    MEANING: str

    def measure(self, options: Options) -> Iterator[Line]:
        """Measure, line by line."""
        ...


def main(args: Sequence[str] | None = None) -> int:
    """Return 0, or 1 if a target is missed or an answer was wrong."""
    asked = _parser().parse_args(args)
    if asked.command == "list":
        for name in SUITES:
            print(f"{name:<9} {_suite(name).MEANING}")
        return 0
    # What the jobs log is no part of the report, and writing it none of the measurement.
    quiet = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=quiet)
    options = Options(
        reps=_QUICK_REPS if asked.quick else asked.reps, size=asked.size, seed=asked.seed
    )
    machine = _machine()
    print("  ".join(f"{name} {value}" for name, value in machine.items()))
    print(f"reps {options.reps}  seed {options.seed}  size {options.size or 'of each suite'}")
    lines: list[Line] = []
    for name in asked.suites or SUITES:
        for line in _suite(name).measure(options):
            print(line, flush=True)
            lines.append(line)
    print(f"load average at the end {_load()}")
    if asked.json is not None:
        _write(asked.json, machine, options, lines)
    return int(any(line.verdict in {Verdict.MISS, Verdict.INVALID} for line in lines))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="benchmarks", description="Measure westsync beside its peers (performance.md 9, 10)."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="say which suites there are")
    run = commands.add_parser("run", help="measure")
    run.add_argument("suites", nargs="*", metavar="SUITE", type=_known, help="default: all")
    run.add_argument("--reps", type=_positive, default=5, help="pairs of a measurement (5)")
    run.add_argument("--quick", action="store_true", help=f"only {_QUICK_REPS} pairs")
    run.add_argument("--size", type=_size, help=f"largest number of objects, from {LEAST_SIZE}")
    run.add_argument("--seed", type=int, default=1, help="of everything that is drawn (1)")
    run.add_argument("--json", type=Path, metavar="FILE", help="also write everything as JSON")
    return parser


def _known(name: str) -> str:
    if name not in SUITES:
        raise argparse.ArgumentTypeError(f"no suite '{name}'; there are: {', '.join(SUITES)}")
    return name


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 1")
    return int(text)


def _size(text: str) -> int:
    if _positive(text) < LEAST_SIZE:
        raise argparse.ArgumentTypeError(f"{text} is too few to measure; from {LEAST_SIZE}")
    return int(text)


def _suite(name: str) -> Suite:
    return cast("Suite", import_module(f"benchmarks.suites.{name}"))


def _machine() -> dict[str, str]:
    """Return where and with what is measured; without the host's name."""
    versions = " ".join(f"{name}-{metadata.version(name)}" for name in _PACKAGES)
    return {
        "westsync": __version__,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "with": versions,
        "on": f"{platform.system()} {platform.machine()}",
        "cpus": str(os.cpu_count()),
        "at": SystemClock().now().isoformat(timespec="minutes"),
        "load": _load(),
    }


def _load() -> str:
    return " ".join(f"{number:.1f}" for number in os.getloadavg())


def _write(path: Path, machine: dict[str, str], options: Options, lines: Sequence[Line]) -> None:
    report = {
        "machine": machine,
        "options": {"reps": options.reps, "size": options.size, "seed": options.seed},
        "load_at_end": _load(),
        "lines": [line.to_json() for line in lines],
    }
    path.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
