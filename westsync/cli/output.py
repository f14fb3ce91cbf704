"""Tables for people, JSON for machines."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def emit(document: object) -> None:
    """Write a JSON document: times in ISO 8601 with offset, money as text with two decimals."""
    sys.stdout.write(as_text(document))


def as_text(document: object) -> str:
    """Return a JSON document as text."""
    return json.dumps(document, ensure_ascii=False, indent=2, default=_plain) + "\n"


def say(text: str = "") -> None:
    """Write a line for people."""
    sys.stdout.write(text + "\n")


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """Write a table as wide as the terminal, or as wide as its text where there is none."""
    from rich.console import Console  # noqa: PLC0415 - costs 30 ms, only tables need it
    from rich.table import Table  # noqa: PLC0415 - as above
    from rich.text import Text  # noqa: PLC0415 - as above

    console = Console(soft_wrap=False, width=None if sys.stdout.isatty() else 160)
    grid = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        grid.add_column(column, overflow="fold")
    for row in rows:
        grid.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    console.print(grid)


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat()
        case Decimal():
            return f"{value:.2f}"
        case tuple() | set() | frozenset():
            return list(value)
        case _:
            return str(value)
