"""Where the child stages the offers of one reading (suppliers contract 12).

The file is that of `westsync.ports.staged_rows`. It is thrown away once it is loaded; nothing in
it survives a crash, and need not.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Protocol, Self

from westsync.connectors.suppliers.reading.codes import cell_text
from westsync.connectors.suppliers.reading.doubles import Doubles
from westsync.domain.stock import Flag, Offer
from westsync.ports.staged_rows import Row, staged_blocks, staged_rows, write_block
from westsync.ports.stock_rows import COLUMNS, offer_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

_KEY, _FLAGS, _PRICES, _RAW = map(COLUMNS.index, ("supplier_key", "flags", "prices", "raw"))
_BRAND, _NAME, _STATUS = map(COLUMNS.index, ("brand", "name", "status"))


class OfferSink(Protocol):
    """Takes the rows of a reading; see `Staging` for the meaning of its methods."""

    def add(self, rows: Sequence[Row]) -> None:
        """Take some rows."""
        ...

    def finish(self, settled: Callable[[str, str], str] | None) -> int:
        """Know that there are no more rows; return how many contradict another one."""
        ...


class Staging:
    """The file while it is being written."""

    def __init__(self, path: Path) -> None:
        """Create the file; one that exists already is an error of the caller."""
        self._path = path
        self._file = path.open("xb")
        self._doubles = Doubles()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._file.close()

    def add(self, rows: Sequence[Row]) -> None:
        """Stage some rows."""
        self._doubles.saw([row[_KEY] for row in rows])
        write_block(self._file, rows)

    def finish(self, settled: Callable[[str, str], str] | None) -> int:
        """Correct what only the whole file could tell; return how many rows contradict another.

        Rows that share a code are normal (suppliers contract 8); only those whose brand, name or
        stock differ are flagged.

        Args:
            settled: Returns the prices of a row with doubtful ones, from these prices and the
                row's raw cells; None: no row has any.
        """
        self._file.close()
        conflicts = self._doubles.conflicting(
            (row[_KEY], (row[_BRAND] or "", row[_NAME] or "", *row[_STATUS : _STATUS + 3]))
            for row in staged_rows(self._path)
        )
        if settled is None and not conflicts:
            return 0
        return self._rewrite(settled, conflicts)

    def _rewrite(self, settled: Callable[[str, str], str] | None, conflicts: set[str]) -> int:
        """Write the file anew with corrected rows; return how many contradict another."""
        marked = 0
        better = self._path.with_name(f"{self._path.name}.new")
        with better.open("wb") as file:
            for rows in staged_blocks(self._path):
                for at, row in enumerate(rows):
                    flags = row[_FLAGS] or ""
                    prices = row[_PRICES]
                    if settled is not None and Flag.PRICE_AMBIGUOUS in flags.split():
                        prices = settled(prices or "{}", row[_RAW] or "{}")
                    if row[_KEY] in conflicts:
                        marked += 1
                        flags = f"{flags} {Flag.DUPLICATE_CONFLICT}".lstrip()
                    rows[at] = (*row[:_PRICES], prices, flags or None, *row[_RAW:])
                write_block(file, rows)
        better.replace(self._path)
        return marked


def offers(path: Path, *, limit: int | None = None) -> Iterator[Offer]:
    """Walk the staged offers in the order of the file.

    Args:
        path: The staging file of a `Reading`.
        limit: How many at most; None: all.
    """
    for row in itertools.islice(staged_rows(path), limit):
        yield offer_of(dict(zip(COLUMNS, row, strict=True)), shown=cell_text)
