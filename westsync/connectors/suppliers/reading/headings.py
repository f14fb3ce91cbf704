"""Headings of groups of goods, and merged cells beside them (suppliers contract 6.4, 5.1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from westsync.connectors.suppliers.reading.cleaning import shown

if TYPE_CHECKING:
    from westsync.connectors.suppliers.profile import CategoryRows
    from westsync.connectors.suppliers.reading.quantity import Cell
    from westsync.connectors.suppliers.reading.sheets import Row, Span

_FIRST_COLUMNS = 4


class Headings:
    """Headings of groups of goods, and the path they make up (suppliers contract 6.4).

    Headings that follow one another lie within each other. One that follows goods replaces the
    deepest level: an outline is not told by the cells.
    """

    def __init__(self, rules: CategoryRows, width: int) -> None:
        """Start outside any group.

        Args:
            rules: The section ``table.category``.
            width: Columns in use: a list of one column has no headings.
        """
        self._alone = rules.when == "only_first_cell" and width > 1
        self._regex = re.compile(rules.regex, re.IGNORECASE) if rules.regex else None
        self.by_text = self._regex is not None
        self._levels = max(rules.levels, 1)
        self._run: list[str] = []
        self._outer: list[str] = []
        self._now: list[str] = []

    def is_heading(self, row: Row, text: str, filled: int) -> bool:
        """Whether a row is a heading.

        Args:
            row: Its cells.
            text: The first that is filled.
            filled: How many are.
        """
        if self._regex is not None and self._regex.search(text):
            return True
        return self._alone and filled == 1 and any(row[:_FIRST_COLUMNS])

    def add(self, text: str) -> str:
        """Enter a group; return the path from here on."""
        self._run.append(shown(text))
        run = self._run[-self._levels :]
        self._now = [*self._outer[: self._levels - len(run)], *run]
        return self.path()

    def close(self) -> None:
        """Know that goods have come: the next heading starts another run."""
        if self._run:
            self._outer, self._run = self._now, []

    def path(self) -> str:
        """Return the groups a row lies in, joined by " / "; empty outside any."""
        return " / ".join(self._now)


class Filling:
    """Carries the text of vertically merged cells to the rows they cover."""

    def __init__(self, at: int, merged: list[Span] | None) -> None:
        """Remember which rows are covered.

        Args:
            at: The column, from 0.
            merged: Merged ranges; None: every empty cell is taken for a covered one.
        """
        self._at = at
        self._covered: set[int] | None = None
        self._text: Cell = ""
        if merged is not None:
            self._covered = {
                row
                for top, left, bottom, right in merged
                if left <= at <= right
                for row in range(top + 1, bottom + 1)
            }

    def carry(self, row: Row, index: int) -> None:
        """Fill the row's cell if it is covered, else remember it.

        Args:
            row: Its cells, changed in place.
            index: Of the row, from 0.
        """
        if row[self._at] != "":
            self._text = row[self._at]
        elif self._covered is None or index in self._covered:
            row[self._at] = self._text
