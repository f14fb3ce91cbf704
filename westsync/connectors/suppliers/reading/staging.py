"""The child's own SQLite file with the offers of one reading (suppliers contract 12).

Columns are those of ``supplier_offer`` without the snapshot, so that the store copies them in
chunks. The file is thrown away after that; nothing in it survives a crash, and need not.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, Protocol, Self

from westsync.connectors.suppliers.reading.codes import cell_text
from westsync.domain.stock import Flag, Offer
from westsync.ports.stock_rows import COLUMNS, offer_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

_NUMBERS = frozenset({"row_no", "qty_min", "qty_max"})
_CREATE = "CREATE TABLE offer(id INTEGER PRIMARY KEY, {})".format(
    ", ".join(f"{name} {'INT' if name in _NUMBERS else 'TEXT'}" for name in COLUMNS)
)
_INSERT = f"INSERT INTO offer({', '.join(COLUMNS)}) VALUES({', '.join('?' * len(COLUMNS))})"
_BATCH = 500
_DOUBLE = (
    "CREATE TEMP TABLE double AS SELECT supplier_key FROM offer WHERE supplier_key IS NOT NULL"
    " GROUP BY supplier_key HAVING count(*) > 1"
)
_MARK = (
    "UPDATE offer SET flags = ltrim(ifnull(flags, '') || ' ' || ?) WHERE supplier_key IN"
    " (SELECT supplier_key FROM offer WHERE supplier_key IN (SELECT supplier_key FROM double)"
    " GROUP BY supplier_key HAVING count(DISTINCT ifnull(brand, '')) > 1"
    " OR count(DISTINCT ifnull(name, '')) > 1"
    " OR count(DISTINCT status || ifnull(qty_min, '') || '-' || ifnull(qty_max, '')) > 1)"
)
"""Duplicates are first counted without their contents: most lists have none."""

Row = tuple[Any, ...]
"""Values in the order of `COLUMNS`."""


class OfferSink(Protocol):
    """Takes the rows of a reading; see `Staging` for the meaning of its methods."""

    def add(self, row: Row) -> None:
        """Take one row."""
        ...

    def flagged(self, flag: Flag) -> list[tuple[int, str | None, str | None]]:
        """Return ``(id, prices, raw)`` of the rows with a flag."""
        ...

    def reprice(self, row_id: int, prices: str) -> None:
        """Correct the prices of one row."""
        ...

    def mark_conflicts(self) -> int:
        """Flag rows that share a code but do not agree."""
        ...

    def finish(self) -> None:
        """Know that there are no more rows."""
        ...


class Staging:
    """The file while it is being written."""

    def __init__(self, path: Path) -> None:
        """Create the file; one that exists already is an error of the caller."""
        self._base = sqlite3.connect(path, isolation_level=None)
        # Large pages and no safety: a third faster, and the file is worth nothing after a crash.
        self._base.execute("PRAGMA page_size=32768")
        self._base.execute("PRAGMA journal_mode=OFF")
        self._base.execute("PRAGMA synchronous=OFF")
        self._base.execute("PRAGMA cache_size=-4000")
        self._base.execute(_CREATE)
        self._base.execute("BEGIN")
        self._batch: list[Row] = []

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file; rows that were not finished are lost with the reading."""
        self._base.close()

    def add(self, row: Row) -> None:
        """Stage one row."""
        self._batch.append(row)
        if len(self._batch) >= _BATCH:
            self._flush()

    def finish(self) -> None:
        """Write what is left; after this the file is whole."""
        self._flush()
        self._base.execute("COMMIT")

    def flagged(self, flag: Flag) -> list[tuple[int, str | None, str | None]]:
        """Return ``(id, prices, raw)`` of the rows with a flag."""
        self._flush()
        return self._base.execute(
            "SELECT id, prices, raw FROM offer WHERE instr(' ' || flags || ' ', ?)", (f" {flag} ",)
        ).fetchall()

    def reprice(self, row_id: int, prices: str) -> None:
        """Correct the prices of one row, once the whole column was seen."""
        self._base.execute("UPDATE offer SET prices = ? WHERE id = ?", (prices, row_id))

    def mark_conflicts(self) -> int:
        """Flag rows that share a code but not brand, name and stock; return how many.

        Duplicates are normal (suppliers contract 8); only those that disagree are worth a look.
        """
        self._flush()
        self._base.execute(_DOUBLE)
        return self._base.execute(_MARK, (Flag.DUPLICATE_CONFLICT.value,)).rowcount

    def _flush(self) -> None:
        """Write the batch."""
        if self._batch:
            self._base.executemany(_INSERT, self._batch)
            self._batch.clear()


def offers(path: Path, *, limit: int | None = None) -> Iterator[Offer]:
    """Walk the staged offers in the order of the file.

    Args:
        path: The staging file of a `Reading`.
        limit: How many at most; None: all.
    """
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as base:
        found = base.execute(
            f"SELECT {', '.join(COLUMNS)} FROM offer ORDER BY id LIMIT ?",  # noqa: S608 - our own names
            (-1 if limit is None else limit,),
        )
        for row in found:
            yield offer_of(dict(zip(COLUMNS, row, strict=True)), shown=cell_text)
