"""P1, P2: CPU and memory of a first pull, beside the script that somebody would write in an hour.

The CPU of a record is the slope between two sizes, which removes the start of the process. Both
sides read the same bytes from the same server; both must end with the same deals.
"""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.answers import Answer
from benchmarks.lines import Line, Target
from benchmarks.processes import FastServer, run, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.options import Options

NAME = "pull"
MEANING = "P1, P2: CPU and memory of a first pull of deals"

OURS = "benchmarks.peers.westsync_pull"
PLAIN = "benchmarks.peers.plain"
SMALL, SIZE = 1_000, 20_000
_MOST_SERVER = 0.25  # of the client's CPU; more would mean that we measure the server


def measure(options: Options) -> Iterator[Line]:
    """Pull with both sides in turn."""
    size = options.size or SIZE
    few = min(SMALL, size // 2)
    ours, plain = _Side(OURS), _Side(PLAIN)
    with serving(few, options.seed) as small, serving(size, options.seed) as large:
        before = large.cpu_s()
        for _ in range(options.reps):
            for side in (ours, plain):
                side.pull(small, large, size - few)
        served = large.cpu_s() - before
    seen = ours.answers | plain.answers
    invalid = "" if len(seen) == 1 else f"the databases differ: {sorted(seen)}"
    spent = sum(ours.cpu_s) + sum(plain.cpu_s)
    if not invalid and served > _MOST_SERVER * spent:
        invalid = f"the server used {served / spent:.0%} of the clients' CPU"
    answers = f"same {size} deals" if not invalid else ""
    line = partial(Line, suite=NAME, answers=answers, invalid=invalid)
    yield line(
        what=f"n={size} cpu of a record",
        unit="us",
        ours=ours.slope_us,
        peer="plain-script",
        theirs=plain.slope_us,
        target=Target(limit=0.40, on_ratio=True),
    )
    yield line(
        what=f"n={size} cpu, whole process",
        unit="s",
        ours=ours.cpu_s,
        peer="plain-script",
        theirs=plain.cpu_s,
    )
    yield line(
        what=f"n={size} peak memory",
        unit="MB",
        ours=ours.rss_mb,
        peer="plain-script",
        theirs=plain.rss_mb,
        target=Target(limit=80),
    )
    yield line(
        what=f"memory of n={size} by that of n={few}",
        unit="x",
        ours=[large / small for large, small in zip(ours.rss_mb, ours.small_mb, strict=True)],
        target=Target(limit=1.2),
    )


class _Side:
    """One way to pull, and what it cost each time."""

    def __init__(self, module: str) -> None:
        self._module = module
        self.answers: set[tuple[int, str]] = set()
        self.slope_us: list[float] = []
        self.cpu_s: list[float] = []
        self.rss_mb: list[float] = []
        self.small_mb: list[float] = []

    def pull(self, small: FastServer, large: FastServer, more: int) -> None:
        few_s, few = self._once(small)
        many_s, many = self._once(large)
        self.answers.add((many.count, many.digest))
        self.slope_us.append((many_s - few_s) / more * 1e6)
        self.cpu_s.append(many_s)
        self.rss_mb.append(many.rss_mb)
        self.small_mb.append(few.rss_mb)

    def _once(self, server: FastServer) -> tuple[float, Answer]:
        with tempfile.TemporaryDirectory(prefix="westsync-bench-") as directory:
            done = run("-m", self._module, server.url, str(Path(directory) / "pull.db"))
        return done.cpu_s, Answer.from_output(done.output)
