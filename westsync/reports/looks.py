"""How cells of the XLSX file look: number formats, colours, the mark of quoted text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from westsync.reports.model import Kind, Tone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlsxwriter import Workbook  # type: ignore[import-untyped]  # it ships no types
    from xlsxwriter.format import Format  # type: ignore[import-untyped]  # as above

BLUE, GREEN = "#2F6FB0", "#1B7F4B"
_INK, _GREY, _RED = "#1F2933", "#EEF2F6", "#B42318"
_TONES = {Tone.BAD: _RED, Tone.GOOD: GREEN, Tone.PLAIN: _INK}
_NUMBER_FORMATS: Mapping[Kind, str] = {
    Kind.TEXT: "@",
    Kind.COUNT: "#,##0",
    Kind.MONEY: '#,##0.00\\ "₽"',
    Kind.SHARE: "0%",
    Kind.CHANGE: "+0%;-0%;0%",
    Kind.LENGTH: "[h]:mm",
    Kind.DAY: "dd.mm.yyyy",
    Kind.MOMENT: "dd.mm.yyyy hh:mm",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a cell looks.

    Attributes:
        is_title: In large letters.
        is_header: At the head of a column.
        is_total: Below a line.
        is_quoted: Text that a spreadsheet could take for a formula: it carries the mark of text
            typed behind an apostrophe, so that it stays text also when it is edited.
    """

    kind: Kind = Kind.TEXT
    tone: Tone = Tone.PLAIN
    is_title: bool = False
    is_header: bool = False
    is_total: bool = False
    is_wrapped: bool = False
    is_quoted: bool = False


class Looks:
    """The formats of one file, each made once."""

    def __init__(self, book: Workbook) -> None:
        """Begin with none."""
        self._book = book
        self._made: dict[Look, Format] = {}

    def format(self, look: Look) -> Format:
        """Return the file's format for a look."""
        if look not in self._made:
            self._made[look] = self._book.add_format(_properties(look))
        return self._made[look]


def _properties(look: Look) -> dict[str, object]:
    found: dict[str, object] = {
        "num_format": _NUMBER_FORMATS[look.kind],
        "font_color": _TONES[look.tone],
        "font_size": 14 if look.is_title else 10,
        "bold": look.is_title or look.is_header or look.is_total,
        "text_wrap": look.is_wrapped or look.is_header,
        "quote_prefix": look.is_quoted,
        "valign": "top",
    }
    if look.is_header:
        found |= {"bg_color": _GREY, "bottom": 1}
        if look.kind is not Kind.TEXT:
            found["align"] = "right"  # as its figures stand
    if look.is_total:
        found["top"] = 1
    return found
