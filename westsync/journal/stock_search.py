"""Looking up offers of the current snapshots: by key for matching, by words for people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from westsync.domain.matching.questions import MANY
from westsync.domain.matching.spelling import cleaned
from westsync.domain.stock import SnapshotId, SourceId
from westsync.ports.stock_rows import COLUMNS, offer_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from westsync.domain.stock import Offer
    from westsync.journal.stock_database import StockDatabase

_WORD = re.compile(r"\w+")
_SHORTEST = 2
_WORDS = 12
_RANKED = 2_000
_SELECTED = ", ".join(("l.snapshot_id", "l.row_no", *(f"o.{column}" for column in COLUMNS[1:])))
"""What `_offer` wants, of ``supplier_offer AS o`` and ``supplier_listed AS l``."""

_LISTED = (
    "supplier_offer AS o CROSS JOIN supplier_listed AS l ON"
    " l.snapshot_id = ?1 AND l.offer_id = o.id"
)
"""The rows of snapshot ?1, found by keys of their own: CROSS JOIN keeps SQLite from starting with
the whole list."""


class Assortment:
    """The offers of one snapshot (`westsync.domain.matching.questions.Assortment`).

    Every query of matching is answered from an index; nothing grows with the size of the list.
    """

    def __init__(self, database: StockDatabase, source: SourceId, snapshot: SnapshotId) -> None:
        """Look into one snapshot of a stock file."""
        self._database = database
        self._source = source
        self._snapshot = snapshot

    def with_code(self, loose: str) -> Sequence[Offer]:
        """Return the rows one of whose codes has this loose key."""
        return self._offers(
            "o.id IN (SELECT id FROM supplier_offer WHERE source_id = ?2 AND supplier_loose = ?3"
            " UNION SELECT id FROM supplier_offer WHERE source_id = ?2 AND vendor_loose = ?3)",
            loose,
        )

    def with_barcode(self, barcode: str) -> Sequence[Offer]:
        """Return the rows with this barcode."""
        return self._offers("o.source_id = ?2 AND o.barcode = ?3", barcode)

    def with_models(self, keys: frozenset[str]) -> Sequence[Offer]:
        """Return the rows with one of these model keys, those with most of them first."""
        marks = ", ".join("?" * len(keys))
        rows = self._database.rows(
            f"SELECT {_SELECTED} FROM (SELECT offer_id, count(*) AS hits FROM supplier_model AS k"  # noqa: S608 - our own names
            " WHERE EXISTS (SELECT 1 FROM supplier_listed AS l WHERE l.snapshot_id = ?1"
            f" AND l.offer_id = k.offer_id) AND source_id = ?2 AND model_key IN ({marks})"
            " GROUP BY offer_id ORDER BY hits DESC, offer_id LIMIT ?) AS m"
            f" CROSS JOIN {_LISTED} WHERE o.id = m.offer_id ORDER BY m.hits DESC, l.row_no, o.id",
            (self._snapshot, self._source, *sorted(keys), MANY),
        )
        return [_offer(self._source, row) for row in rows]

    def resembling(self, text: str) -> Sequence[Offer]:
        """Return some rows that have every word of a text, else its two longest."""
        words = _words(text)
        for wanted in (words, sorted(words, key=len)[-2:]):
            if wanted:
                rows = self._database.rows(
                    f"SELECT {_SELECTED} FROM supplier_words AS w CROSS JOIN {_LISTED}"  # noqa: S608 - our own names
                    " WHERE o.id = w.rowid AND supplier_words MATCH ?2 LIMIT ?3",
                    (self._snapshot, _all_of(wanted), 10),
                )
                if rows:
                    return [_offer(self._source, row) for row in rows]
        return []

    def _offers(self, where: str, value: str) -> list[Offer]:
        rows = self._database.rows(
            f"SELECT {_SELECTED} FROM {_LISTED} WHERE {where} ORDER BY l.row_no, o.id LIMIT ?4",  # noqa: S608 - our own words
            (self._snapshot, self._source, value, MANY),
        )
        return [_offer(self._source, row) for row in rows]


class StockSearch:
    """Searches all current snapshots for people (``stock find``)."""

    def __init__(self, database: StockDatabase) -> None:
        """Search a stock file."""
        self._database = database

    def assortment(self, source: SourceId, snapshot: SnapshotId) -> Assortment:
        """Return one snapshot to match in."""
        return Assortment(self._database, source, snapshot)

    def find(self, text: str, *, limit: int = 20) -> list[Offer]:
        """Return offers whose words begin with every word of a text, best first.

        Args:
            text: Words, codes or parts of them, as a person types them.
            limit: At most so many.
        """
        words = _words(text)
        if not words:
            return []
        rows = self._database.rows(
            f"SELECT {_SELECTED}, c.source_id FROM (SELECT rowid, rank FROM supplier_words"  # noqa: S608 - our own names
            " WHERE supplier_words MATCH ? LIMIT ?) AS w CROSS JOIN supplier_offer AS o"
            " ON o.id = w.rowid CROSS JOIN supplier_current AS c ON c.source_id = o.source_id"
            " CROSS JOIN supplier_listed AS l ON l.snapshot_id = c.snapshot_id"
            " AND l.offer_id = o.id ORDER BY w.rank, c.source_id, l.row_no LIMIT ?",
            (_all_of(words), _RANKED, limit),
        )
        return [_offer(SourceId(row[-1]), row[:-1]) for row in rows]


def _words(text: str) -> list[str]:
    """Return the words of a text as the index has them."""
    words = dict.fromkeys(_WORD.findall(cleaned(text)))
    return [word for word in words if len(word) >= _SHORTEST or word.isdigit()][:_WORDS]


def _all_of(words: Sequence[str]) -> str:
    """Return a query for rows that have a word beginning with each of these."""
    return " AND ".join(f'"{word}"*' for word in words)


def _offer(source: SourceId, values: Sequence[Any]) -> Offer:
    """Return the offer of a row selected with `_SELECTED`."""
    snapshot, *cells = values
    row = dict(zip(COLUMNS, cells, strict=True))
    return offer_of(row, source=source, snapshot=SnapshotId(snapshot))
