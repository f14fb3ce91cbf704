"""Rows of a dBASE table (suppliers contract 5.5)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from dbfread import DBF, DBFNotFound  # type: ignore[import-untyped]  # dbfread ships no types

from westsync.connectors.suppliers.reading.encodings import SAMPLE_BYTES, guess_encoding
from westsync.connectors.suppliers.reading.results import FileRefused, RefusalCode
from westsync.connectors.suppliers.reading.sheets import Row, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_RUSSIAN = ("cp866", "cp1251")
_LANGUAGES = {0x26: "cp866", 0x65: "cp866", 0xC9: "cp1251", 0x57: "cp1251"}
_YES_NO = {"T": "true", "Y": "true", "F": "false", "N": "false", "?": ""}


def dbf_encoding(path: Path) -> str:
    """Return the encoding the language byte states; without one what the letters look like."""
    with path.open("rb") as file:
        head = file.read(32)
        (start,) = struct.unpack("<H", head[8:10])
        file.seek(start)
        sample = file.read(SAMPLE_BYTES)
    known = _LANGUAGES.get(head[29])
    if known is not None or sample.isascii():
        return known or "cp866"
    return guess_encoding(sample, _RUSSIAN)


def dbf_sheet(path: Path, encoding: str, name: str = "") -> Sheet:
    """Return a dBASE file as a table; deleted records are left out.

    Args:
        path: The file.
        encoding: Python's name.
        name: Of the archive's member; empty if there is none.

    Raises:
        FileRefused: The header cannot be read.
    """
    try:
        table = DBF(path, encoding=encoding, ignore_missing_memofile=True, raw=True)
    except (DBFNotFound, OSError, ValueError, struct.error, IndexError, EOFError) as exc:
        raise FileRefused(RefusalCode.DAMAGED, f"not a readable DBF: {exc}") from exc
    return Sheet(name=name, rows=_rows(table, encoding), header_given=True)


def _rows(table: DBF, encoding: str) -> Iterator[Row]:
    """Yield the names of the fields, then the records as texts: codes keep their zeros."""
    kinds = [field.type for field in table.fields]
    yield list(table.field_names)
    try:
        for record in table:
            yield [
                _text(cell, kind, encoding)
                for cell, kind in zip(record.values(), kinds, strict=True)
            ]
    except (OSError, ValueError, struct.error, EOFError) as exc:
        raise FileRefused(RefusalCode.TRUNCATED, f"the DBF is cut: {exc}; fetch it again") from exc


def _text(cell: object, kind: str, encoding: str) -> str:
    """Return a cell as text; memo fields without their file are empty."""
    if not isinstance(cell, bytes):
        return ""
    text = cell.decode(encoding, errors="replace").strip(" \0")
    if kind == "L":
        return _YES_NO.get(text.upper(), "")
    if kind == "D" and len(text) == 8:
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return text
