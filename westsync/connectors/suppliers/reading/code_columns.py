"""Columns of articles and barcodes, and the keys by which they are compared.

Nearly every code of nearly every list is plain: nothing to clean, nothing to flag. One look at
the joined column tells so for all of its cells, and then its keys are formed in one go; else each
cell is read for itself (`codes`), with the same result.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from westsync.connectors.suppliers.reading.codes import barcode_of, code
from westsync.domain.stock_codes import are_ean13, barcode, loose_key, strict_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from westsync.connectors.suppliers.reading.fields import Value
    from westsync.domain.stock import Flag

OddRows = defaultdict[int, list["Flag"]]
"""Index of a row within its batch -> what is odd about it."""

_PLAIN = r"(?![A-Za-z]+\n)[A-Za-z0-9]++(?:[-/][A-Za-z0-9]++)*+\n"
_PLAIN_CODE = re.compile(_PLAIN)
_PLAIN_COLUMN = re.compile(f"(?:{_PLAIN})++")
_LOOSE_SLASH = re.compile(r"/(?:(?!\d)|(?<!\d/))")
"""The slash of a plain code that does not stand between digits (`stock_codes.loose_key`)."""

_Code = tuple[str | None, str | None, str | None]
_NO_CODE: _Code = (None, None, None)


@dataclass(frozen=True, slots=True)
class Codes:
    """A column of codes; None where a row has none that can be used."""

    texts: Sequence[str | None]
    strict: Sequence[str | None]
    loose: Sequence[str | None]


def no_codes(size: int) -> Codes:
    """Return the codes of rows that have none."""
    nothing = [None] * size
    return Codes(nothing, nothing, nothing)


def code_column(cells: Sequence[Value], odd: OddRows) -> Codes:
    """Read a column of codes; `odd` takes what is odd about single ones."""
    if set(map(type, cells)) == {str}:
        joined = "\n".join(cells)
        if _PLAIN_COLUMN.fullmatch(f"{joined}\n"):
            return Codes(cells, *_plain_keys(joined))
    return Codes(*zip(*(_code(at, cell, odd) for at, cell in enumerate(cells)), strict=True))


def barcode_column(cells: Sequence[Value], odd: OddRows) -> Sequence[str | None]:
    """Read a column of barcodes; None where a row has no valid one."""
    if {*map(type, cells)} == {str} and are_ean13(cells):
        return cells
    return [_barcode(at, cell, odd) if cell else None for at, cell in enumerate(cells)]


def _plain_keys(joined: str) -> tuple[list[str], list[str]]:
    """Return the strict and the loose keys of plain codes that stand in lines."""
    upper = joined.upper()
    return upper.split("\n"), _LOOSE_SLASH.sub("", upper.replace("-", "")).split("\n")


def _code(at: int, cell: Value, odd: OddRows) -> _Code:
    """Read one cell."""
    if cell is None or cell == "":
        return _NO_CODE
    if type(cell) is str and _PLAIN_CODE.fullmatch(f"{cell}\n"):
        [strict], [loose] = _plain_keys(cell)
        return cell, strict, loose
    text, flags = code(cell)
    if flags:
        odd[at] += flags
    return (text, strict_key(text), loose_key(text)) if text else _NO_CODE


def _barcode(at: int, cell: Value, odd: OddRows) -> str | None:
    """Read one cell that is not empty."""
    known = barcode(cell) if type(cell) is str else None
    if known is not None:
        return known
    text, flags = barcode_of(cell)
    if flags:
        odd[at] += flags
    return text or None
