"""P15: memory, wake-ups and CPU of a running daemon between two polls.

The daemon is the real one with the shipped rules, against the sandbox, and finds its state there as
on every day but the first, which also loads what makes a new one. What it costs is read from
``/proc``: all threads, over ten seconds in which no poll is due.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.company import configured
from benchmarks.lines import Line, Target
from benchmarks.processes import ROOT, environment, run
from westsync.clocks import SystemClock
from westsync.sandbox import Server, World
from westsync.sandbox.megaplan.company import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.options import Options

NAME = "idle"
MEANING = "P15: memory, wake-ups and CPU of a daemon between two polls"

DEALS = 30
WINDOW_S = 10.0
_SETTLE_S = 5.0  # the first cycle reads and decides everything
_PREFIX = "WESTSYNC__ACCOUNTS__MAIN__MEGAPLAN__"


def measure(options: Options) -> Iterator[Line]:
    """Start a daemon for each repetition and watch it do nothing."""
    clock = SystemClock()
    watched: list[_Idle] = []
    invalid = ""
    for _ in range(options.reps):
        with _daemon(clock) as (process, world):
            clock.wait(_SETTLE_S)
            before, asked = _usage(process), len(world.requests)
            clock.wait(WINDOW_S)
            watched.append(_Idle.between(before, _usage(process)))
            if not 0 < asked == len(world.requests):
                invalid = f"{asked} requests before, {len(world.requests) - asked} meanwhile"
    line = partial(Line, suite=NAME, answers="one cycle done, none meanwhile", invalid=invalid)
    yield line(
        what="memory",
        unit="MB",
        ours=[one.rss_mb for one in watched],
        target=Target(limit=60),
    )
    yield line(
        what="wake-ups (voluntary context switches of all threads)",
        unit="/s",
        ours=[one.wakeups_per_s for one in watched],
        target=Target(limit=1),
    )
    yield line(
        what="cpu",
        unit="ms/s",
        ours=[one.cpu_ms_per_s for one in watched],
        target=Target(limit=0.5),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Usage:
    rss_kb: int
    switches: int
    cpu_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Idle:
    rss_mb: float
    wakeups_per_s: float
    cpu_ms_per_s: float

    @classmethod
    def between(cls, before: _Usage, after: _Usage) -> _Idle:
        return cls(
            rss_mb=after.rss_kb / 1024,
            wakeups_per_s=(after.switches - before.switches) / WINDOW_S,
            cpu_ms_per_s=(after.cpu_ns - before.cpu_ns) / 1e6 / WINDOW_S,
        )


@contextmanager
def _daemon(clock: SystemClock) -> Iterator[tuple[subprocess.Popen[str], World]]:
    """Run a daemon that has said that it is ready, and the account that it works on."""
    world = World(start=clock.now())
    for number in range(DEALS):
        world.create_deal(name=f"Сделка {number}", manager="ivanov")
    with Server(world) as server, configured(url=server.url, shipped_rules=True) as directory:
        env = environment(**{f"{_PREFIX}PASSWORD": PASSWORD})
        run("-m", "westsync", "--config", str(directory), "cycle", env=env)
        process = subprocess.Popen(
            [sys.executable, "-m", "westsync", "--config", str(directory), "run"],
            cwd=ROOT,
            env=env,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            _await_ready(process)
            yield process, world
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate()


def _await_ready(process: subprocess.Popen[str]) -> None:
    if process.stderr is None:
        raise AssertionError("it was piped")
    said: list[str] = []
    for line in process.stderr:
        said.append(line)
        if "daemon.ready" in line:
            return
    raise RuntimeError(f"the daemon did not start:\n{''.join(said)}")


def _usage(process: subprocess.Popen[str]) -> _Usage:
    """Read what a process and its threads used so far."""
    if process.poll() is not None:
        raise RuntimeError(f"the daemon ended with {process.returncode}")
    home = Path(f"/proc/{process.pid}")
    threads = list((home / "task").iterdir())
    return _Usage(
        rss_kb=_number(home / "status", r"VmRSS:\s+(\d+)"),
        switches=sum(
            _number(one / "status", r"\nvoluntary_ctxt_switches:\s+(\d+)") for one in threads
        ),
        cpu_ns=sum(_number(one / "schedstat", r"^(\d+)") for one in threads),
    )


def _number(file: Path, pattern: str) -> int:
    found = re.search(pattern, file.read_text("ascii"))
    if found is None:
        raise RuntimeError(f"{file} holds no {pattern}; the suite needs Linux")
    return int(found.group(1))
