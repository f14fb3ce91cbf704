"""Sheets of SpreadsheetML 2003, Excel's XML before XLSX (suppliers contract 5.5)."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import TYPE_CHECKING

from westsync.connectors.suppliers.reading.sheet_names import wanted_sheets
from westsync.connectors.suppliers.reading.sheets import Row, Sheet, Span
from westsync.connectors.suppliers.reading.xml_events import Repaired, local, walked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO
    from xml.etree.ElementTree import Element

    from westsync.connectors.suppliers.reading.quantity import Cell

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_WIDEST = 16_384
_TALLEST = 1_048_576
_MOST_BLANK = 100_000
"""Rows that gaps of ``ss:Index`` may add to a sheet, so that one attribute is no bomb."""


def spreadsheetml_sheets(
    file: IO[bytes] | Repaired, wanted: tuple[str, ...], name: str = ""
) -> Iterator[Sheet]:
    """Yield the wanted worksheets, each whole.

    Args:
        file: The XML.
        wanted: The profile's `table.sheets`.
        name: Of the archive's member; empty if there is none.

    Raises:
        xml.etree.ElementTree.ParseError: The XML is not well-formed.
    """
    found: list[tuple[str, list[Row], list[Span]]] = []
    for event, element in walked(file):
        tag = local(element.tag)
        if event == "start":
            if tag == "Worksheet":
                found.append((element.get(f"{_SS}Name", ""), [], []))
        elif tag == "Row" and found:
            _, rows, merged = found[-1]
            _gap(element, rows)
            rows.append(_row(element, len(rows), merged))
            element.clear()
    chosen = set(wanted_sheets([title for title, _, _ in found], wanted))
    kept = [one for one in found if one[0] in chosen]
    for title, rows, merged in kept:
        label = title if len(kept) > 1 else ""
        yield Sheet(name=" / ".join(filter(None, (name, label))), rows=rows, merged=merged)


def _gap(element: Element, rows: list[Row]) -> None:
    """Add the empty rows that ``ss:Index`` leaves out."""
    index = _number(element.get(f"{_SS}Index"), _TALLEST)
    if index is not None:
        rows.extend([] for _ in range(min(index - 1 - len(rows), _MOST_BLANK)))


def _row(element: Element, number: int, merged: list[Span]) -> Row:
    """Return the cells of a row at their real columns, noting merged ranges."""
    row: Row = []
    for cell in element:
        if local(cell.tag) != "Cell":
            continue
        index = _number(cell.get(f"{_SS}Index"), _WIDEST)
        if index is not None and index - 1 > len(row):
            row += [""] * (index - 1 - len(row))
        across = _number(cell.get(f"{_SS}MergeAcross"), _WIDEST) or 0
        down = _number(cell.get(f"{_SS}MergeDown"), _TALLEST) or 0
        if across or down:
            merged.append((number, len(row), number + down, len(row) + across))
        row += [_value(cell), *([""] * across)]
        if len(row) > _WIDEST:
            break
    return row


def _value(cell: Element) -> Cell:
    """Return a cell's value by its ``ss:Type``."""
    data = next((one for one in cell if local(one.tag) == "Data"), None)
    if data is None:
        return ""
    text = "".join(data.itertext())
    kind = data.get(f"{_SS}Type")
    with contextlib.suppress(ValueError):
        if kind == "Number":
            return float(text)
        if kind == "Boolean":
            return text.strip() == "1"
        if kind == "DateTime":
            return datetime.fromisoformat(text.strip())
    return "" if kind == "Error" else text


def _number(text: str | None, most: int) -> int | None:
    """Return an attribute's number within reason; None if it is none."""
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > 9:
        return None
    return min(int(text), most)
