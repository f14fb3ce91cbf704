"""Child processes and what they cost, each in a process of its own (performance.md 9.2)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A process that came to its end.

    Attributes:
        output: What it printed.
        cpu_s: Seconds of CPU of the process and of those it waited for.
    """

    output: str
    cpu_s: float


def environment(**more: str) -> dict[str, str]:
    """Return what measured processes run in.

    Compiled files may be written, as after an installation; otherwise every start would be
    charged for compiling.
    """
    left_out = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in left_out and not name.startswith("WESTSYNC")
    }
    return {**kept, "PYTHONHASHSEED": "0", **more}


def run(*args: str, env: Mapping[str, str] | None = None) -> Finished:
    """Run this interpreter and account for it with ``wait4``.

    Raises:
        RuntimeError: It did not end well; its words follow.
    """
    process = subprocess.Popen(
        [sys.executable, *args],
        cwd=ROOT,
        env=dict(env or environment()),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    if process.stdout is None or process.stderr is None:
        raise AssertionError("both were piped")
    output = process.stdout.read()  # the children that are measured say little on stderr
    complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    process.stderr.close()
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(args)} ended with {process.returncode}:\n{complaint}")
    return Finished(output=output, cpu_s=usage.ru_utime + usage.ru_stime)


class FastServer:
    """A running `benchmarks.server`."""

    def __init__(self, url: str) -> None:
        """Remember where it is."""
        self.url = url

    def stats(self) -> dict[str, object]:
        """Return what it counted: requests, refused, cpu_s, sent_bytes."""
        found = self._ask(f"{self.url}/stats")
        if not isinstance(found, dict):
            raise TypeError("/stats answers an object")
        return found

    def touch(self, count: int, at: str) -> list[str]:
        """Change so many deals at a moment (ISO 8601 with offset); return their ids."""
        ids = self._ask(f"{self.url}/touch?n={count}&at={at.replace('+', '%2B')}", method="POST")
        if not isinstance(ids, list):
            raise TypeError("/touch answers a list")
        return [str(one) for one in ids]

    def count(self, request: str) -> int:
        """Return how often a request came, e.g. ``GET /deal``."""
        requests = self.stats()["requests"]
        return int(requests.get(request, 0)) if isinstance(requests, dict) else 0

    def cpu_s(self) -> float:
        """Return the CPU seconds that it used so far."""
        return float(str(self.stats()["cpu_s"]))

    def refused(self) -> int:
        """Return how many requests it answered with 429."""
        return int(str(self.stats()["refused"]))

    def _ask(self, url: str, method: str = "GET") -> object:
        with urlopen(Request(url, method=method)) as reply:
            body: object = json.load(reply)
        return body


@contextmanager
def serving(deals: int, seed: int, **options: float) -> Iterator[FastServer]:
    """Run a server for as long as the block lasts.

    Args:
        deals: How many it has.
        seed: Of what is in them.
        options: ``latency_ms``, ``rps``, ``burst`` as its command line names them.
    """
    extra = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "benchmarks.server",
            f"--deals={deals}",
            f"--seed={seed}",
            *extra,
        ],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if process.stdout is None:
            raise AssertionError("it was piped")
        yield FastServer(process.stdout.readline().strip())
    finally:
        process.terminate()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
