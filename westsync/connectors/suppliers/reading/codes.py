"""Articles and barcodes as cells hold them (suppliers contract 7.3, 7.4).

Keys for comparing are formed by `westsync.domain.stock_codes`.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from westsync.connectors.suppliers.reading.cleaning import shown
from westsync.domain.stock import Flag
from westsync.domain.stock_codes import barcode

if TYPE_CHECKING:
    from westsync.connectors.suppliers.reading.quantity import Cell

_TOO_BIG = 1e15
"""From here on a float has lost digits (suppliers contract 7.3)."""

_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?e\+\d{1,3}", re.IGNORECASE)
_FORMULA = re.compile(r'=\s*"(.*)"')
_CAPTIONS = frozenset({"ссылка", "подробнее", "перейти", "открыть", "фото", "link"})
_ADDRESS = ("http://", "https://", "www.")
_BLANK_SIGNS = frozenset({"", "-", "--", "—", "–", ".", "0.0", "#n/a", "#н/д"})
_NO_CODE = _BLANK_SIGNS | _CAPTIONS
_BARCODES = re.compile(r"[,;/| ]+")

_GOOD: tuple[Flag, ...] = ()
_NUMBER: tuple[Flag, ...] = (Flag.FROM_NUMBER,)


def code(cell: Cell) -> tuple[str, tuple[Flag, ...]]:
    """Return the code a cell holds, empty if it holds none that can be used.

    A number loses leading zeros in a spreadsheet, so it is flagged; "4,6E+12" and dates that once
    were codes are unusable.
    """
    if isinstance(cell, str):
        return _text(cell)
    if cell is None or isinstance(cell, bool):
        return "", _GOOD
    if isinstance(cell, int | float):
        return _number(cell)
    return "", (Flag.CODE_AS_DATE,)


def barcode_of(cell: Cell) -> tuple[str, tuple[Flag, ...]]:
    """Return the first valid barcode of a cell; empty with a flag if there is only another text.

    A barcode in a number cell has its flag only if it is invalid: the check digit proves it whole.
    """
    text, flags = code(cell)
    if not text:
        return "", tuple(flag for flag in flags if flag is not Flag.FROM_NUMBER)
    for part in (text,) if text.isalnum() else (text, *_BARCODES.split(text)):
        found = barcode(part)
        if found is not None:
            return found, _GOOD
    return "", (Flag.BARCODE_INVALID,)


def cell_text(cell: Cell) -> str:
    """Return any cell as a person reads it in the sheet, one line of at most 4096 characters."""
    if isinstance(cell, str):
        return shown(cell)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return str(int(cell)) if abs(cell) < _TOO_BIG and cell == int(cell) else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="minutes")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def _text(cell: str) -> tuple[str, tuple[Flag, ...]]:
    """Read a code that stands as text."""
    text = shown(cell)
    if text.startswith("="):
        wrapped = _FORMULA.fullmatch(text)
        text = wrapped[1] if wrapped else text
    text = text.strip(" '\"")
    small = text.lower()
    if small in _NO_CODE or small.startswith(_ADDRESS):
        return "", _GOOD
    if not any(sign.isalnum() for sign in text):
        return "", _GOOD  # "*" and "•" mark a footnote or a line of a list
    if "+" in text and _SCIENTIFIC.fullmatch(text):
        return "", (Flag.SCIENTIFIC,)
    return text, _GOOD


def _number(cell: float) -> tuple[str, tuple[Flag, ...]]:
    """Read a code that stands as a number."""
    if not abs(cell) < _TOO_BIG:
        return "", (Flag.SCIENTIFIC,)
    if cell == int(cell):
        return (str(int(cell)), _NUMBER) if cell else ("", _GOOD)
    return repr(float(cell)), _NUMBER
