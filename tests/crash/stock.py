"""The campaign of supplier stock: a source is loaded, and the loading is killed anywhere.

After each death whoever asks must find the old snapshot or the new one, whole; the next life must
end with the new one and leave nothing behind of those that died.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from tests.crash.stock_subject import live, opened, publish
from tests.unit.jobs.stock_office import LIRA
from westsync.journal.stock import FILE_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from westsync.domain.stock import Offer

SEED = 20261124
LIVES = 4  # more than any schedule needs

Row = tuple[str, str, int]  # article, name, how many


def _rows(amount: int, *, first: int = 0, left: int = 5) -> tuple[Row, ...]:
    return tuple(
        (f"F{n}", f"Гитара Yamaha F{n}", left) for n in range(300 + first, 300 + first + amount)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What was known before, what comes, and what must be known in the end.

    Attributes:
        before: Lists taken before the deaths begin, oldest first; the last is the current one.
        comes: The list that is being taken.
        absence: Of the profile: ``unchanged`` keeps the rows that a list does not mention.
    """

    before: tuple[tuple[Row, ...], ...]
    comes: tuple[Row, ...]
    absence: str = "unknown"

    @property
    def old(self) -> frozenset[Row] | None:
        """The snapshot before the deaths; None: there was none."""
        return frozenset(self.before[-1]) if self.before else None

    @property
    def new(self) -> frozenset[Row]:
        """The snapshot in the end."""
        if self.absence != "unchanged" or not self.before:
            return frozenset(self.comes)
        codes = {code for code, _, _ in self.comes}
        kept = [row for row in self.before[-1] if row[0] not in codes]
        return frozenset((*self.comes, *kept))


STORIES = {
    "the first list": Story(before=(), comes=_rows(8)),
    "a new list": Story(before=(_rows(7), _rows(8), _rows(9)), comes=_rows(8, first=2, left=2)),
    "a list that is held": Story(before=(_rows(9),), comes=_rows(4, left=1)),
    "a part of the list": Story(
        before=(_rows(8),), comes=_rows(5, first=5, left=3), absence="unchanged"
    ),
}


@dataclass(slots=True, kw_only=True)
class StockReport:
    """What a campaign found.

    Attributes:
        names: Of the failpoints that were passed.
        points: How many were passed by lives that nobody disturbed, over all stories.
    """

    names: set[str]
    complaints: list[dict[str, object]]
    points: int = 0
    schedules: int = 0
    lives: int = 0


def campaign(home: Path, *, part: int = 0, of: int = 1, stop: bool = False) -> StockReport:
    """Run every story with a death at every point, and sampled second deaths in the recovery."""
    report = StockReport(names=set(), complaints=[])
    for name, story in STORIES.items():
        _set_up(home, story)
        code, passed = live(home, absence=story.absence, die_at=None)
        said = [] if code == 0 else [f"the undisturbed life ended with {code}"]
        said += _look(home, story, ended=True)
        report.names.update(passed)
        report.points += len(passed)
        for deaths in islice(_deaths(len(passed)), part, None, of):
            if not said:
                said = _run(home, story, deaths, report)
            if said:
                report.complaints.append({"schedule": [name, deaths], "said": said})
                if stop:
                    return report
            said = []
    return report


def _deaths(points: int) -> Iterator[tuple[int, ...]]:
    dice = random.Random(SEED)
    for point in range(1, points + 1):
        yield (point,)
        yield (point, dice.randint(1, points))


def _run(home: Path, story: Story, deaths: Sequence[int], report: StockReport) -> list[str]:
    """Play one schedule and return what is wrong."""
    _set_up(home, story)
    report.schedules += 1
    said: list[str] = []
    for life in range(LIVES):
        die_at = deaths[life] if life < len(deaths) else None
        code, _ = live(home, absence=story.absence, die_at=die_at)
        report.lives += 1
        said += _look(home, story, ended=code == 0)
        if code == 0:
            break
    else:
        said.append(f"no rest after {LIVES} lives")
    code, _ = live(home, absence=story.absence, die_at=None)
    said += _look(home, story, ended=True)
    return [*said, *_rubbish(home)]


def _set_up(home: Path, story: Story) -> None:
    """Begin anew, with the lists of before taken in peace."""
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    for at, rows in enumerate(story.before):
        publish(home, list(map(_line, rows)), after=at)
        code, _ = live(home, absence="unknown", die_at=None)
        assert code == 0, code
    publish(home, list(map(_line, story.comes)), after=len(story.before))


def _line(row: Row) -> str:
    code, name, left = row
    return f"{code};{code};{name};Yamaha;{left};12990"


def _look(home: Path, story: Story, *, ended: bool) -> list[str]:
    """Ask as a new life would: is what is known whole, and found by code and by words?"""
    allowed = [story.new] if ended else [story.old, story.new]
    with opened(home) as store:
        current = store.snapshots.current(LIRA)
        if current is None:
            return [] if None in allowed else ["the snapshot is lost"]
        codes = {code for rows in allowed for code, _, _ in rows or ()}
        assortment = store.search.assortment(LIRA, current.id)
        found = {
            "code": [offer for code in codes for offer in assortment.with_code(code)],
            "name": store.search.find("гитара yamaha", limit=1000),
            "model": assortment.with_models(frozenset(codes)),
        }
    ways = {how: frozenset(map(_row, offers)) for how, offers in found.items()}
    said = [
        f"by {how} there are {sorted(rows)}" for how, rows in ways.items() if rows not in allowed
    ]
    if len(set(ways.values())) > 1:
        said.append("code, name and model do not agree")
    if current.items != len(found["code"]):
        said.append(f"{current.items} items are said to be there, {len(found['code'])} are")
    return said


def _row(offer: Offer) -> Row:
    return offer.vendor_code, offer.name, offer.availability.qty_min or 0


_LEFT = {
    "staged": "SELECT count(*) FROM supplier_snapshot WHERE verdict = 'staged'",
    "listings of no snapshot": "SELECT count(*) FROM supplier_listed WHERE snapshot_id NOT IN"
    " (SELECT id FROM supplier_snapshot WHERE NOT emptied)",
    "listings of no row": "SELECT count(*) FROM supplier_listed WHERE offer_id NOT IN"
    " (SELECT id FROM supplier_offer)",
    "rows that nobody lists": "SELECT count(*) FROM supplier_offer WHERE id NOT IN"
    " (SELECT offer_id FROM supplier_listed)",
    "model keys of no row": "SELECT count(*) FROM supplier_model WHERE (source_id, offer_id) NOT"
    " IN (SELECT source_id, id FROM supplier_offer)",
    "words of no row": "SELECT count(*) FROM supplier_words WHERE rowid NOT IN"
    " (SELECT id FROM supplier_offer)",
    "snapshots that keep rows for nobody": "SELECT max(count(*) - 2, 0) FROM supplier_snapshot"
    " WHERE verdict = 'accepted' AND NOT emptied",
}


def _rubbish(home: Path) -> list[str]:
    """Find what the dead left behind: in the file, and beside it."""
    with closing(sqlite3.connect(home / "state" / FILE_NAME)) as base:
        said = [f"left: {base.execute(sql).fetchone()[0]} {what}" for what, sql in _LEFT.items()]
        said = [one for one in said if not one.startswith("left: 0 ")]
        if (verdict := base.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            said.append(f"integrity: {verdict}")
        base.execute("INSERT INTO supplier_words (supplier_words) VALUES ('integrity-check')")
    stock = home / "state" / "stock"
    for path in stock.rglob("*"):
        inside = path.relative_to(stock).parts
        if path.is_file() and inside[0] != f"{LIRA}.lock" and path.suffix != ".gz":
            said.append(f"left: {path.relative_to(stock)}")
    return said
