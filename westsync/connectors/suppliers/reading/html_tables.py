"""Rows of tables in a page, often a 1C report saved as ``.xls`` (suppliers contract 5.5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser, LexborNode

from westsync.connectors.suppliers.reading.encodings import guess_encoding
from westsync.connectors.suppliers.reading.sheets import Row, Sheet, Span

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]{3,20})", re.IGNORECASE)
_WIDEST = 1000
_TALLEST = 5000


def html_encoding(path: Path) -> str:
    """Return the encoding a page states, if its bytes agree with it, else a guess."""
    with path.open("rb") as file:
        head = file.read(64 * 1024)
    stated = _CHARSET.search(head[:4096])
    if stated is not None:
        name = stated[1].decode("ascii", errors="replace")
        try:
            "".encode(name)
        except LookupError:
            return guess_encoding(head)
        # Pages that say utf-8 and are cp1251 exist; the other way round a guess is right too.
        return guess_encoding(head) if name.lower().replace("-", "") == "utf8" else name
    return guess_encoding(head)


def html_sheets(path: Path, encoding: str, css: str, name: str = "") -> list[Sheet]:
    """Return the tables of a page: the one the profile names, else all, the largest first.

    Args:
        path: The file.
        encoding: Python's name.
        css: Selector of the table; empty: not stated.
        name: Of the archive's member; empty if there is none.
    """
    page = LexborHTMLParser(path.read_text(encoding=encoding, errors="replace"))
    tables = page.css(css or "table")
    found: list[tuple[int, Sheet]] = []
    for table in tables:
        spans: list[Span] = []
        rows = list(_rows(table, spans))
        found.append((len(rows), Sheet(name=name, rows=rows, merged=spans)))
    return [sheet for _, sheet in sorted(found, key=lambda one: -one[0])]


def _rows(table: LexborNode, spans: list[Span]) -> Iterator[Row]:
    """Yield rows with room left for ``colspan`` and ``rowspan``, as merged cells leave it.

    Args:
        table: The table.
        spans: Takes the merged ranges.
    """
    hanging: dict[int, int] = {}
    number = 0
    for tr in table.css("tr"):
        if _closest_table(tr) != table:
            continue
        row: Row = []
        for cell in tr.iter():
            if cell.tag not in {"td", "th"}:
                continue
            _skip_hanging(row, hanging)
            text = cell.text(separator=" ", strip=True)
            wide = _number(cell, "colspan", _WIDEST)
            tall = _number(cell, "rowspan", _TALLEST)
            if wide > 1 or tall > 1:
                left = len(row)
                spans.append((number, left, number + tall - 1, left + wide - 1))
                hanging.update(dict.fromkeys(range(left, left + wide), tall - 1))
            row += [text, *([""] * (wide - 1))]
            if len(row) > _WIDEST:
                break
        _skip_hanging(row, hanging)
        number += 1
        yield row


def _skip_hanging(row: Row, hanging: dict[int, int]) -> None:
    """Leave room for cells that hang down from rows above."""
    while hanging.get(len(row), 0) > 0:
        hanging[len(row)] -= 1
        row.append("")


def _closest_table(node: LexborNode) -> LexborNode | None:
    """Return the table a row belongs to: tables in cells have rows of their own."""
    parent = node.parent
    while parent is not None and parent.tag != "table":
        parent = parent.parent
    return parent


def _number(cell: LexborNode, name: str, most: int) -> int:
    """Return a span; nonsense is one."""
    text = (cell.attributes.get(name) or "1").strip()
    return min(max(int(text), 1), most) if text.isascii() and text.isdigit() else 1
