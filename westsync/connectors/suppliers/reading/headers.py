"""Where a table's header is, and which column holds which field (suppliers contract 6.1, 6.2)."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from westsync.connectors.suppliers.reading.cleaning import header_name, pattern, shown
from westsync.connectors.suppliers.reading.codes import cell_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from westsync.connectors.suppliers.profile import Header
    from westsync.connectors.suppliers.profile_fields import Field, Fields
    from westsync.connectors.suppliers.reading.fields import Getter, Node
    from westsync.connectors.suppliers.reading.sheets import Row, Span

_WIDEST = 16_384


@dataclass(frozen=True, slots=True)
class Found:
    """A header.

    Attributes:
        first: Its first row, from 0.
        rows: How many rows it has.
        names: Joined texts by column, as written.
    """

    first: int
    rows: int
    names: tuple[str, ...]


class Columns:
    """A `fields.Locator` of tables: fields by header text or by letter."""

    def __init__(self, names: Sequence[str]) -> None:
        """Remember the header.

        Args:
            names: Joined texts by column; empty for a table without a header.
        """
        self._names = tuple(names)
        self._index: dict[str, int] = {}
        for at, name in enumerate(names):
            # The first of equal names wins: a second "Цена" is a note of the dealer's own.
            self._index.setdefault(header_name(name), at)
        self.widest = 0

    def find(self, field: Field) -> tuple[Getter, str] | None:
        """Return the cell of the field's column."""
        at = self.index(field)
        if at is None:
            return None
        self.widest = max(self.widest, at + 1)
        name = self._names[at] if at < len(self._names) else ""
        where = f"{letters(at)} {name}".rstrip()
        return operator.itemgetter(at), where

    def named(self, name: str) -> Getter | None:
        """Return the cell of the column with this header text."""
        at = self._index.get(header_name(name))
        if at is None:
            return None
        self.widest = max(self.widest, at + 1)
        return operator.itemgetter(at)

    def each(self, path: str) -> Callable[[Node], list[Node]] | None:
        """Tables have no repeated parts inside a row."""
        del path
        return None

    def index(self, field: Field) -> int | None:
        """Return the number of the field's column, from 0."""
        for wanted in field.column:
            shape = pattern(wanted)
            if shape is None:
                at = self._index.get(header_name(wanted))
            else:
                at = next((i for name, i in self._index.items() if shape.search(name)), None)
            if at is not None:
                return at
        return None if field.column or not field.letter else column_number(field.letter)


def find_header(
    head: Sequence[Row], rules: Header, fields: Fields, merged: list[Span] | None
) -> Found | None:
    """Return the header with the most of the profile's columns; None if too few are found.

    Args:
        head: The first rows of the table.
        rules: The section ``table.header``.
        fields: Of the profile.
        merged: Merged ranges; None if the format does not tell them.
    """
    if rules.row is not None:
        return _at(head, rules.row - 1, rules, merged)
    wanted = [field for field in all_fields(fields) if field.column]
    best: Found | None = None
    most = min(rules.min_hits, len(wanted)) - 1
    for first in range(min(rules.within, len(head))):
        found = _at(head, first, rules, merged)
        if found is None:
            continue
        columns = Columns(found.names)
        hits = sum(columns.index(field) is not None for field in wanted)
        if hits > max(most, 0):
            best, most = found, hits
    return best


def all_fields(fields: Fields) -> list[Field]:
    """Return every field of the profile that names a place in a row."""
    stock = fields.stock
    found = [
        fields.supplier_code, fields.vendor_code, fields.barcode, fields.brand, fields.name,
        fields.category, fields.unit, fields.pack, fields.active, fields.reserved, fields.eta,
        stock.field, stock.fill.field if stock.fill else None,
        *(part for place in stock.places for part in (place.available, place.reserved, place.eta)),
        *(price.field for _, price in fields.prices),
    ]  # fmt: skip
    return [field for field in found if field is not None]


def column_number(letter: str) -> int:
    """Return the number of an Excel column, from 0.

    Raises:
        ValueError: It is no column of a spreadsheet.
    """
    number = 0
    for sign in letter.upper():
        if not "A" <= sign <= "Z":
            raise ValueError(f"{letter!r} is no column; write letters, A to XFD")
        number = number * 26 + ord(sign) - 64
    if not 1 <= number <= _WIDEST:
        raise ValueError(f"{letter!r} is no column; write letters, A to XFD")
    return number - 1


def letters(number: int) -> str:
    """Return the Excel letters of a column, from 0."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def _at(head: Sequence[Row], first: int, rules: Header, merged: list[Span] | None) -> Found | None:
    """Return the header that starts in a row, whatever it says."""
    rows = head[first : first + rules.rows]
    if len(rows) < rules.rows:
        return None
    width = max(len(row) for row in rows)
    texts = [[shown(cell_text(cell)) for cell in row] + [""] * (width - len(row)) for row in rows]
    if rules.rows > 1:
        if merged is None:
            _fill_right(texts)
        else:
            _fill_merged(texts, first, merged)
    return Found(first, rules.rows, tuple(_joined(texts, at, rules.join) for at in range(width)))


def _fill_merged(texts: list[list[str]], first: int, merged: list[Span]) -> None:
    """Write the text of a merged range into all its cells of the header."""
    last = first + len(texts) - 1
    for top, left, bottom, right in merged:
        if not first <= top <= last or left >= len(texts[0]):
            continue
        text = texts[top - first][left]
        for row in range(top, min(bottom, last) + 1):
            for at in range(left, min(right, len(texts[0]) - 1) + 1):
                texts[row - first][at] = text


def _fill_right(texts: list[list[str]]) -> None:
    """Carry a group's text over the columns below it, where a format has no merged cells."""
    for row, below in pairwise(texts):
        carried = ""
        for at, text in enumerate(row):
            carried = text or carried
            if not text and below[at]:
                row[at] = carried


def _joined(texts: list[list[str]], at: int, join: str) -> str:
    """Return a column's texts from top to bottom; repeats are said once."""
    kept: list[str] = []
    for row in texts:
        if row[at] and (not kept or header_name(row[at]) != header_name(kept[-1])):
            kept.append(row[at])
    return join.join(kept)
