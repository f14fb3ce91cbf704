"""Rows of a delimited text, with broken quotes repaired (suppliers contract 5.2)."""

from __future__ import annotations

import codecs
import csv
import itertools
from typing import TYPE_CHECKING, cast

from westsync.connectors.suppliers.reading.encodings import (
    SAMPLE_BYTES,
    columns_of,
    guess_delimiter,
    guess_encoding,
)
from westsync.connectors.suppliers.reading.sheets import UNQUOTED, Row, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from westsync.connectors.suppliers.profile import Read
    from westsync.domain.stock import Flag

FIELD_LIMIT = 1024 * 1024
"""Characters of the longest cell (suppliers contract 5.2)."""
_WRAPPER = '="'
"""Excel's way to keep the zeros of ``="00123"`` (suppliers contract 5.2)."""


class CsvFile:
    """A delimited text.

    Attributes:
        encoding, delimiter: As stated by the profile, or guessed.
        width: Columns most lines have; rows of another width are suspected of a broken quote.
    """

    def __init__(self, path: Path, read: Read) -> None:
        """Find out encoding and delimiter.

        Args:
            path: The file.
            read: The section ``read``.

        Raises:
            LookupError: The profile names an encoding Python does not know.
        """
        with path.open("rb") as file:
            sample = file.read(SAMPLE_BYTES)
        self._path = path
        self._quote = read.quote
        self.encoding = read.encoding or guess_encoding(sample)
        text = sample.decode(self.encoding, errors="replace")
        self.delimiter = read.delimiter or guess_delimiter(text, read.quote)
        self.width = read.expect_columns or columns_of(text, self.delimiter, read.quote)

    def sheet(self, name: str = "") -> Sheet:
        """Return the text as a table.

        Args:
            name: Of the archive's member; empty if there is none.
        """
        odd: dict[int, tuple[Flag, ...]] = {}
        return Sheet(name=name, rows=_Rows(self, self._quote, odd), odd=odd, ragged=True)

    def lines(self) -> Iterator[str]:
        """Yield the lines, decoded; a first line ``sep=;`` is Excel's and no data."""
        with self._path.open(encoding=self.encoding, errors="replace", newline="") as file:
            first = file.readline()
            if not first.lower().startswith("sep="):
                yield first
            yield from file


class _Rows:
    """The rows; those of an unusual width are read again without quotes."""

    def __init__(self, file: CsvFile, quote: str, odd: dict[int, tuple[Flag, ...]]) -> None:
        """Remember the file.

        Args:
            file: To be read.
            quote: Sign around cells; empty: none.
            odd: Takes the numbers of the rows that had to be mended.
        """
        self._file = file
        self._quote = quote
        self._odd = odd

    def __iter__(self) -> Iterator[Row]:
        """Walk the rows. A line without quotes is split, which is all that `csv` would do."""
        csv.field_size_limit(FIELD_LIMIT)
        lines = self._file.lines()
        quote, delimiter, number = self._quote or _WRAPPER, self._file.delimiter, 0
        for line in lines:
            if quote in line or _WRAPPER in line or len(line) > FIELD_LIMIT:
                for row, mended in self._quoted(line, lines):
                    number += 1
                    if mended:
                        self._odd[number] = UNQUOTED
                    yield row
            else:
                number += 1
                text = line.rstrip("\r\n")
                yield cast("Row", text.split(delimiter)) if text else []

    def _quoted(self, line: str, more: Iterator[str]) -> list[tuple[Row, bool]]:
        """Return the rows of a line with quotes, and whether each was mended.

        Args:
            line: The first, and mostly the only, line of a row.
            more: Where further lines come from, if a quote is not closed.
        """
        used: list[str] = []
        try:
            row = next(self._reader(_noted(itertools.chain((line,), more), used)))
        except csv.Error:
            # A quote that never closes has swallowed more than a cell can hold.
            return [(self._plain(one), True) for one in used]
        if len(row) == self._file.width and len(used) == 1:
            return [(_unwrapped(row) if _WRAPPER in line else row, False)]
        return [(_unwrapped(one), one is not row) for one in self._mended(row, used)]

    def _mended(self, row: Row, used: list[str]) -> list[Row]:
        """Return the rows that the used lines are without quotes, if that makes them fit.

        Two inch marks in neighbouring lines make one row of the right width out of both, so
        several lines are looked at even then; those of a cell with line feeds do not fit.
        """
        if not self._quote or not row:
            return [row]
        plain = [self._plain(line) for line in used]
        return plain if all(len(one) == self._file.width for one in plain) else [row]

    def _reader(self, lines: Iterable[str]) -> Iterator[Row]:
        """Return the rows of lines with quotes as the profile says."""
        delimiter = self._file.delimiter
        if not self._quote:
            found = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
        else:
            found = csv.reader(lines, delimiter=delimiter, quotechar=self._quote)
        return cast("Iterator[Row]", found)  # a list of texts is a row, which mypy cannot know

    def _plain(self, line: str) -> Row:
        """Return the cells of one line in which quotes are ordinary signs."""
        cells: Row = []
        for cell in line.rstrip("\r\n").split(self._file.delimiter):
            bare = cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] == self._quote else cell
            cells.append(bare.replace(self._quote * 2, self._quote))
        return cells


def _unwrapped(row: Row) -> Row:
    """Return the cells without Excel's wrapper around a text."""
    return [
        cell[2:-1]
        if isinstance(cell, str) and len(cell) > 2 and cell.startswith(_WRAPPER) and cell[-1] == '"'
        else cell
        for cell in row
    ]


def undecodable(path: Path, encoding: str) -> bool:
    """Whether a text has bytes that its encoding does not have.

    Args:
        path: The file.
        encoding: Python's name.
    """
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    with path.open("rb") as file:
        try:
            while chunk := file.read(FIELD_LIMIT):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeError:
            return True
    return False


def _noted(lines: Iterator[str], used: list[str]) -> Iterator[str]:
    """Yield lines and keep those the row in hand is made of."""
    note = used.append
    for line in lines:
        note(line)
        yield line
