"""P13, issue 6: looking articles up in a list of 500,000 rows, and how often matching is wrong.

Quality is told on a held-out list: a share of the asked articles is not in the list at all, only
their siblings are. ``WRatio`` is what a fuzzy score does with the same questions: the best score
from 85 on is taken.
"""

from __future__ import annotations

import random
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

from benchmarks.goods import BRANDS, SOURCE, Thing, offer, question, things
from benchmarks.lines import Line, Target
from westsync.clocks import SystemClock
from westsync.domain.matching.matcher import Matcher
from westsync.domain.matching.questions import MatchPolicy, Question
from westsync.domain.matching.shelf import Shelf
from westsync.domain.stock import MatchLevel, Verdict
from westsync.journal.stock import FILE_NAME, StockStore, open_stock
from westsync.journal.stock_loading import Arrival
from westsync.ports.staged_rows import write_rows
from westsync.ports.stock import ReadingSummary
from westsync.ports.stock_rows import COLUMNS, row_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks.options import Options
    from westsync.ports.staged_rows import Row

NAME = "stock"
MEANING = "P13 and issue 6: look-ups in a long list of supplier stock, and wrong matches"

SIZE = 500_000
_LIST = 20_000
_QUESTIONS = 2_000
_FUZZY = 60
_ABSENT = 0.3
_CHANGED = 50
_LEAST = COLUMNS.index("qty_min")
_ACTS = frozenset(
    {MatchLevel.ARTICLE, MatchLevel.ARTICLE_LOOSE, MatchLevel.BARCODE, MatchLevel.NAME}
)


def measure(options: Options) -> Iterator[Line]:
    """Measure quality, then speed."""
    yield from _quality(options)
    yield from _speed(options)


def _quality(options: Options) -> Iterator[Line]:
    """Ask for articles by name, some of which the list lacks."""
    draw = random.Random(options.seed)
    drawn = list(things(_LIST, options.seed))
    asked = draw.sample(range(_LIST), _QUESTIONS)
    absent = set(asked[: int(_QUESTIONS * _ABSENT)])
    rows = [offer(at, thing) for at, thing in enumerate(drawn) if at not in absent]
    matcher = Matcher(Shelf(rows, BRANDS), MatchPolicy(), BRANDS)
    questions = [(at, question(drawn[at], draw)) for at in asked]
    right = wrong = 0
    for at, wanted in questions:
        found = matcher.match(wanted)
        if found.level in _ACTS and found.offer is not None:
            if found.offer.row_no == at:
                right += 1
            else:
                wrong += 1
    some = draw.sample(questions, _FUZZY)
    fuzzy_wrong = _wrong_by_likeness(rows, some)
    answers = f"{_QUESTIONS} questions, {len(absent)} of absent articles, list of {len(rows)}"
    yield Line(
        suite=NAME,
        what="names accepted wrongly",
        unit="%",
        ours=[100 * wrong / _QUESTIONS],
        peer=f"WRatio>=85 on {len(some)}",
        theirs=[100 * fuzzy_wrong / len(some)],
        target=Target(limit=0.5),
        answers=answers,
    )
    yield Line(
        suite=NAME,
        what="names matched rightly",
        unit="%",
        ours=[100 * right / _QUESTIONS],
        answers=answers,
    )
    yield Line(
        suite=NAME,
        what="names left to a person or absent",
        unit="%",
        ours=[100 * (_QUESTIONS - right - wrong) / _QUESTIONS],
        answers=answers,
    )
    yield _held_out(drawn, options.seed)


def _held_out(drawn: Sequence[Thing], seed: int) -> Line:
    """Take articles out one by one and ask for each by its own name: any acceptance is wrong."""
    draw = random.Random(seed)
    rows = [offer(at, thing) for at, thing in enumerate(drawn)]
    missing = set(draw.sample(range(len(rows)), _QUESTIONS))
    shelf = Shelf((row for at, row in enumerate(rows) if at not in missing), BRANDS)
    matcher = Matcher(shelf, MatchPolicy(), BRANDS)
    wrong = sum(
        matcher.match(
            Question(article=rows[at].vendor_code, name=rows[at].name, brand=rows[at].brand)
        ).level
        in _ACTS
        for at in missing
    )
    return Line(
        suite=NAME,
        what="absent articles accepted by their own article and name",
        unit="%",
        ours=[100 * wrong / len(missing)],
        target=Target(limit=0.5),
        answers=f"{len(missing)} taken out of {len(rows)}",
    )


def _wrong_by_likeness(rows: Sequence[object], some: Sequence[tuple[int, Question]]) -> int:
    """Return how many questions a fuzzy score answers with another article."""
    from rapidfuzz import fuzz, process, utils  # noqa: PLC0415 - the other side alone needs it

    names = {getattr(row, "row_no"): getattr(row, "name") for row in rows}  # noqa: B009 - any row
    wrong = 0
    for at, wanted in some:
        best = process.extractOne(
            wanted.name, names, scorer=fuzz.WRatio, processor=utils.default_process, score_cutoff=85
        )
        wrong += best is not None and best[2] != at
    return wrong


def _speed(options: Options) -> Iterator[Line]:
    """Load a long list, load it again with a few changes, and look up known articles."""
    size = options.size or SIZE
    draw = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder, open_stock(Path(folder), BRANDS) as store:
        staging = Path(folder) / "staging.rows"
        drawn = list(things(size, options.seed))
        rows = [_row(at, thing) for at, thing in enumerate(drawn)]
        write_rows(staging, rows)
        yield _per_row("load of a first list, a row", size, _load(store, staging, size))
        changed = set(draw.sample(range(size), max(size // _CHANGED, 1)))
        write_rows(staging, (_moved(row, changed=at in changed) for at, row in enumerate(rows)))
        seconds, written = _load(store, staging, size), _rows_written(Path(folder))
        yield _per_row(
            f"load of a list with {len(changed)} changes, a row",
            size,
            seconds,
            target=Target(limit=5.0),
            invalid="" if written == size + len(changed) else f"{written - size} rows were written",
        )
        current = store.snapshots.current(SOURCE)
        assert current is not None
        matcher = Matcher(store.search.assortment(SOURCE, current.id), MatchPolicy(), BRANDS)
        known = draw.sample(range(size), min(size, _QUESTIONS))
        by_article = [Question(article=f"{at:08}") for at in known]
        by_name = [question(drawn[at], draw) for at in known]
        for what, questions, limit in (
            ("by article", by_article, 5.0),
            ("by name", by_name, 20.0),
        ):
            found: list[int] = []
            yield Line(
                suite=NAME,
                what=f"{what}, p99, n={size}",
                unit="ms",
                ours=[_p99(matcher.match, questions, found) for _ in range(options.reps)],
                target=Target(limit=limit),
                answers=f"{len(questions)} questions, {found[0]} found",
                invalid="" if found[0] else "nothing was found",
            )


def _per_row(
    what: str, size: int, seconds: float, *, target: Target | None = None, invalid: str = ""
) -> Line:
    """Return the line of one load."""
    return Line(
        suite=NAME,
        what=f"{what}, n={size}, cpu",
        unit="us",
        ours=[seconds / size * 1e6],
        target=target,
        invalid=invalid,
    )


def _row(at: int, thing: Thing) -> Row:
    """Return an offer as it is staged."""
    told = row_of(offer(at, thing))
    return tuple(told[name] for name in COLUMNS)


def _moved(row: Row, *, changed: bool) -> Row:
    """Return a row one further down, and perhaps with another quantity."""
    least = (row[_LEAST] or 0) + 1 if changed else row[_LEAST]
    return (row[0] + 1, *row[1:_LEAST], least, *row[_LEAST + 1 :])


def _rows_written(folder: Path) -> int:
    """Return how many rows were ever written."""
    with closing(sqlite3.connect(folder / FILE_NAME)) as base:
        written: int = base.execute("SELECT count(*) FROM supplier_offer").fetchone()[0]
        return written


def _load(store: StockStore, staging: Path, size: int) -> float:
    """Publish a staged list; return the CPU seconds of the store."""
    now = SystemClock().now()
    begin = process_time()
    snapshot = store.loading.begin(Arrival(source=SOURCE, fetched_at=now, sha256="", size=0))
    summary = ReadingSummary(staging=staging, items=size, in_stock=size)
    store.loading.stage(snapshot, summary, as_of=now, stated=True)
    store.loading.decide(snapshot, Verdict.ACCEPTED, (), by="bench", at=now)
    return process_time() - begin


def _p99(
    match: Callable[[Question], object], questions: Sequence[Question], found: list[int]
) -> float:
    """Return the 99th percentile of the CPU time of one look-up, in milliseconds."""
    times = []
    hits = 0
    for wanted in questions:
        begin = process_time()
        answer = match(wanted)
        times.append(process_time() - begin)
        hits += getattr(answer, "offer", None) is not None
    found.append(hits)
    return sorted(times)[int(len(times) * 0.99)] * 1000
