"""P13, issue 6: long price lists in the limited child, beside libraries that only walk the rows.

westsync also finds the header, normalises stock, prices, codes and barcodes of every row, counts,
and stages the offers in a file: the ratio tells what all of that costs. The child's processor time
and memory are those of its parent here, who waits for it.
"""

from __future__ import annotations

import importlib.util
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import price_lists, processes
from benchmarks.lines import Line, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks.options import Options

NAME = "reading"
MEANING = "P13 and issue 6: price lists read in the limited child, by CPU and memory"

SIZE = 1_000_000
_WORKBOOK_SHARE, _FEED_SHARE = 5, 5
_OURS, _PEER = "benchmarks.peers.westsync_reading", "benchmarks.peers.price_list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One list and who reads it.

    Attributes:
        file: What it is called; openpyxl insists on the ending.
        ours: Which profile of `benchmarks.peers.westsync_reading` reads it.
        peers: Library of `benchmarks.peers.price_list` -> limit of our CPU by its own.
        memory_mb: Limit of our largest process; None: none.
    """

    name: str
    file: str
    write: Callable[[Path, int, int], Path]
    rows: int
    ours: str
    peers: dict[str, float]
    memory_mb: float | None = None


def measure(options: Options) -> Iterator[Line]:
    """Write each list once, and let everybody read it in turn."""
    size = options.size or SIZE
    cases = (
        Case(
            name="XLSX of 12 columns",
            file="list.xlsx",
            write=price_lists.workbook,
            rows=size // _WORKBOOK_SHARE,
            ours="table",
            peers={"openpyxl": 0.2, "calamine": 3.0},
        ),
        Case(
            name="CSV in cp1251",
            file="list.csv",
            write=price_lists.text,
            rows=size,
            ours="table",
            peers={"csv": 2.0, **_pandas()},
        ),
        Case(
            name="YML",
            file="list.yml",
            write=price_lists.feed,
            rows=size // _FEED_SHARE,
            ours="feed",
            peers={},
            memory_mb=40.0,
        ),
    )
    with tempfile.TemporaryDirectory(prefix="westsync-bench-") as folder:
        for case in cases:
            path = case.write(Path(folder) / case.file, case.rows, options.seed)
            yield from _case(case, path, options.reps)
            path.unlink()


def _pandas() -> dict[str, float]:
    """Return pandas as a peer, if somebody has it installed."""
    return {"pandas": 20.0} if importlib.util.find_spec("pandas") else {}


def _case(case: Case, path: Path, reps: int) -> Iterator[Line]:
    """Measure one list; wrong counts make a line invalid."""
    ours: list[processes.Finished] = []
    theirs: dict[str, list[processes.Finished]] = {peer: [] for peer in case.peers}
    for _ in range(reps):
        ours.append(processes.run("-m", _OURS, case.ours, str(path)))
        for peer, done in theirs.items():
            done.append(processes.run("-m", _PEER, peer, str(path)))
    what = f"{case.name}, n={case.rows}, {path.stat().st_size // 2**20} MB"
    for peer, limit in case.peers.items():
        yield Line(
            suite=NAME,
            what=f"{what}, cpu",
            unit="s",
            ours=[one.cpu_s for one in ours],
            peer=peer,
            theirs=[one.cpu_s for one in theirs[peer]],
            target=Target(limit=limit, on_ratio=True),
            answers=f"{case.rows} rows each",
            invalid=_wrong(case.rows, [*ours, *theirs[peer]]),
        )
    yield Line(
        suite=NAME,
        what=f"{what}, memory",
        unit="MB",
        ours=[float(one.output.split()[1]) for one in ours],
        target=None if case.memory_mb is None else Target(limit=case.memory_mb),
        answers=f"{case.rows} rows",
        invalid=_wrong(case.rows, ours),
    )


def _wrong(rows: int, done: Sequence[processes.Finished]) -> str:
    """Return what is wrong with the counts; empty if they agree."""
    told = {one.output.split()[0] for one in done}
    return "" if told == {str(rows)} else f"{sorted(told)} rows were counted, not {rows}"
