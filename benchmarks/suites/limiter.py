"""P3, P5: a backfill under a limit of requests, and live work beside a saturating backfill.

P3 runs the paced session against a server that refuses what comes too fast; the other side is a
client that only reacts to refusals, with four streams. P5 asks the limiter alone, with eight
threads of backfill: first with two priorities, then with everybody equal.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from benchmarks.generation import FIELDS, PROGRAM
from benchmarks.lines import Line, Target
from benchmarks.processes import FastServer, serving
from westsync.clocks import SystemClock
from westsync.connectors.megaplan.config import MegaplanConfig
from westsync.connectors.megaplan.reader import MegaplanReader
from westsync.connectors.megaplan.session import open_session
from westsync.journal.opening import open_state
from westsync.journal.store import SqliteStore
from westsync.transport import Priority, RateLimiter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.options import Options

NAME = "limiter"
MEANING = "P3, P5: a backfill under a limit, and live work beside it"

RPS, BURST, LATENCY_MS = 5.0, 5.0, 150.0
PACE = 0.98 * RPS
PAGES, PAGE = 40, 100
STREAMS = 4
_BACK_OFF_S = 1.0  # the server names no Retry-After, as Megaplan does not
LIVE_CALLS = 15
BACKFILL_THREADS = 8


def measure(options: Options) -> Iterator[Line]:
    """Measure the backfill, then the waits."""
    pages = -(-options.size // PAGE) if options.size else PAGES
    yield from _backfills(pages, options)
    yield from _waits(options)


def _backfills(pages: int, options: Options) -> Iterator[Line]:
    ours: list[_Backfill] = []
    reacting: list[_Backfill] = []
    for _ in range(options.reps):
        ours.append(_on_a_fresh_server(pages, options.seed, _paced))
        reacting.append(_on_a_fresh_server(pages, options.seed, _reacting))
    ideal_s = pages / RPS
    want = pages * PAGE
    got = {run.deals for run in (*ours, *reacting)}
    invalid = "" if got == {want} else f"{want} deals there, {sorted(got)} came"
    peer = f"reacting-{STREAMS}-streams"
    yield Line(
        suite=NAME,
        what=f"{pages} pages at {RPS:g}/s, wall by the physical limit N/(L*R)",
        unit="x",
        ours=[run.wall_s / ideal_s for run in ours],
        peer=peer,
        theirs=[run.wall_s / ideal_s for run in reacting],
        target=Target(limit=1.05),
        answers=f"all {want} deals",
        invalid=invalid,
    )
    yield Line(
        suite=NAME,
        what="refused requests (429)",
        unit="requests",
        ours=[run.refused for run in ours],
        peer=peer,
        theirs=[run.refused for run in reacting],
        target=Target(limit=0),
        invalid=invalid,
    )
    yield Line(
        suite=NAME,
        what="requests beyond the pages",
        unit="requests",
        ours=[run.requests - pages for run in ours],
        peer=peer,
        theirs=[run.requests - pages for run in reacting],
        target=Target(limit=2),
        invalid=invalid,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Backfill:
    deals: int
    wall_s: float
    requests: int
    refused: int


def _on_a_fresh_server(
    pages: int, seed: int, pull: Callable[[FastServer, int], tuple[int, float]]
) -> _Backfill:
    with serving(pages * PAGE, seed, rps=RPS, burst=BURST, latency_ms=LATENCY_MS) as server:
        deals, wall_s = pull(server, pages)
        return _Backfill(
            deals=deals,
            wall_s=wall_s,
            requests=server.count("GET /deal"),
            refused=server.refused(),
        )


def _paced(server: FastServer, _pages: int) -> tuple[int, float]:
    """Pull as westsync does; return how many deals the mirror holds, and the seconds it took."""
    clock = SystemClock()
    config = MegaplanConfig(
        account="main",
        url=server.url,
        programs={"sales": PROGRAM},
        fields=FIELDS,
        requests_per_second=PACE,
    )
    with tempfile.TemporaryDirectory(prefix="westsync-bench-") as directory:
        database = open_state(Path(directory) / "state.db", clock, machine="")
        store = SqliteStore(database, "main")
        session = open_session(config, "an application token", clock=clock, store=store.tokens)
        reader = MegaplanReader(session.with_priority(Priority.BACKFILL), config)
        begin = time.monotonic()
        for page in reader.changed_deals(None):
            store.mirror.keep_page(page, clock.now())
        wall_s = time.monotonic() - begin
        session.close()
        count: int = database.rows("SELECT count(*) FROM deal")[0][0]
        database.close()
    return count, wall_s


def _reacting(server: FastServer, pages: int) -> tuple[int, float]:
    """Pull with several streams that back off when they are refused; return the same."""
    with httpx.Client(base_url=server.url) as client, ThreadPoolExecutor(STREAMS) as streams:

        def page(number: int) -> list[str]:
            query: dict[str, str | int] = {"limit": PAGE}
            if number:
                query["after"] = str(500_000 + number * PAGE - 1)
            while True:
                reply = client.get("/api/v3/deal", params=query, timeout=60)
                if reply.status_code == httpx.codes.OK:
                    return [deal["id"] for deal in reply.json()["data"]]
                SystemClock().wait(_BACK_OFF_S)

        begin = time.monotonic()
        came = {one for ids in streams.map(page, range(pages)) for one in ids}
        return len(came), time.monotonic() - begin


def _waits(options: Options) -> Iterator[Line]:
    ours: list[_Saturated] = []
    equal: list[_Saturated] = []
    for number in range(options.reps):
        seed = options.seed + number
        ours.append(_Saturated.run(Priority.BACKFILL, seed))
        equal.append(_Saturated.run(Priority.LIVE, seed))
    yield Line(
        suite=NAME,
        what=f"worst live wait beside {BACKFILL_THREADS} threads of backfill, by 1/R",
        unit="x",
        ours=[max(run.waits_s) * RPS for run in ours],
        peer="one-priority",
        theirs=[max(run.waits_s) * RPS for run in equal],
        target=Target(limit=1.1),
    )
    yield Line(
        suite=NAME,
        what="median live wait",
        unit="ms",
        ours=[statistics.median(run.waits_s) * 1e3 for run in ours],
        peer="one-priority",
        theirs=[statistics.median(run.waits_s) * 1e3 for run in equal],
    )
    yield Line(
        suite=NAME,
        what="share of the rest that the backfill used",
        unit="x",
        ours=[run.backfill / max(1.0, run.seconds * RPS - LIVE_CALLS) for run in ours],
        target=Target(limit=0.95, at_least=True),
    )


@dataclass(slots=True)
class _Saturated:
    """A limiter that eight threads of backfill keep busy while live calls come."""

    backfill: int = 0
    seconds: float = 0.0
    waits_s: list[float] = field(default_factory=list)

    @classmethod
    def run(cls, priority: Priority, seed: int) -> _Saturated:
        """Saturate the limiter with calls of a priority; measure live ones meanwhile."""
        result = cls()
        clock = SystemClock()
        limiter = RateLimiter(clock, per_second=RPS)
        over = threading.Event()
        counted = threading.Lock()

        def saturate() -> None:
            while not over.is_set():
                limiter.acquire(priority, 60.0)
                with counted:
                    result.backfill += not over.is_set()
                over.wait(LATENCY_MS / 1000)

        threads = [threading.Thread(target=saturate) for _ in range(BACKFILL_THREADS)]
        for thread in threads:
            thread.start()
        draw = random.Random(seed)
        begin = time.monotonic()
        for _ in range(LIVE_CALLS):
            clock.wait(draw.uniform(0.3, 0.9))
            asked = time.monotonic()
            limiter.acquire(Priority.LIVE, 60.0)
            result.waits_s.append(time.monotonic() - asked)
        result.seconds = time.monotonic() - begin
        over.set()
        for thread in threads:
            thread.join()
        return result
