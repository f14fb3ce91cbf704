"""A table as every table reader gives it: rows of cells at their real columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from westsync.domain.stock import Flag

if TYPE_CHECKING:
    from collections.abc import Iterable

    from westsync.connectors.suppliers.reading.quantity import Cell

Row = list["Cell"]
"""Cells of one row; column A is the first, a missing cell is ""."""

Span = tuple[int, int, int, int]
"""A merged range: first row, first column, last row, last column, from 0, both included."""

UNQUOTED = (Flag.UNQUOTED,)


@dataclass(slots=True)
class Sheet:
    """One table of a file.

    Attributes:
        name: Of the sheet, or of the archive's member; empty if there is only one.
        rows: Rows from the top, each a list that the caller may keep and change.
        merged: Merged ranges; None if the format does not tell them.
        odd: Numbers of rows (from 1) that the reader found odd; filled while `rows` is walked.
        header_given: The first row is the header by the format itself (DBF).
        ragged: Rows are as long as the file wrote them, so that another length than the header's
            is odd (CSV); other formats have real columns.
    """

    name: str
    rows: Iterable[Row]
    merged: list[Span] | None = None
    odd: dict[int, tuple[Flag, ...]] = field(default_factory=dict)
    header_given: bool = False
    ragged: bool = False
