"""Columns of texts for people: names, and what repeats itself from row to row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.connectors.suppliers.reading.cleaning import LONGEST_TEXT, shown
from westsync.connectors.suppliers.reading.codes import cell_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from westsync.connectors.suppliers.reading.fields import Value

_KEPT = 20_000
"""Texts kept per file: one without repetition must not fill the memory."""


def name_column(cells: Sequence[Value]) -> Sequence[str]:
    """Return the cells of a column as people read them."""
    if set(map(type, cells)) != {str}:
        return [shown(cell) if type(cell) is str else cell_text(cell) for cell in cells]
    return cells if _are_shown(cells) else [*map(shown, cells)]


class RepeatedTexts:
    """Brands, categories, units: the same few texts again and again, so each is cleaned once."""

    def __init__(self) -> None:
        """Start with nothing known but the empty cell."""
        self._known: dict[str, str] = {"": ""}

    def column(self, cells: Sequence[Value]) -> Sequence[str | None]:
        """Return the cells of a column as people read them; None where there is nothing."""
        texts: list[str | None] = []
        if set(map(type, cells)) == {str}:
            texts = [*map(self._known.get, cells)]
        if not texts or None in texts:
            texts = [*map(self._text, cells)]
        return [text or None for text in texts] if "" in texts else texts

    def _text(self, cell: Value) -> str:
        """Return one cell, and remember it if it is a text."""
        if type(cell) is not str:
            return cell_text(cell)
        text = self._known.get(cell)
        if text is None:
            text = shown(cell)
            if len(self._known) < _KEPT:
                self._known[cell] = text
        return text


def _are_shown(texts: Sequence[str]) -> bool:
    """Whether `shown` would change none of the texts."""
    joined = "\n".join(("", *texts, ""))
    return (
        "".join(texts).isprintable()
        and "  " not in joined
        and "\n " not in joined
        and " \n" not in joined
        and max(map(len, texts)) <= LONGEST_TEXT
    )
