"""Reports as XLSX: typed cells, frozen headers, filters, native charts.

What people typed is always written as text: a name that begins with ``=`` is never a formula.
"""

from __future__ import annotations

import io
import textwrap
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from westsync.reports.formats import Formats
from westsync.reports.looks import BLUE, GREEN, Look, Looks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter import Workbook  # type: ignore[import-untyped]  # it ships no types
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]  # as above

    from westsync.reports.model import Cell, Chart, Column, Kind, Report, Row, Table
    from westsync.reports.words import Words

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_TEXT = 32_767
_LONGEST_LINK_TEXT = 255
_SHEET_NAME = 31
_FORBIDDEN = str.maketrans("[]:*?/\\'", "()------")
_NARROWEST, _WIDEST = 9, 60
_ARROW = 3
"""Letters that the button of the filter hides."""
_LINE, _TITLE_LINE = 14, 21
"""Heights in points; not every program finds them by itself."""
_MOST_BARS = 30

_At = tuple[int, int]
"""Line and column of a cell, from 0."""


def workbook(report: Report, words: Words) -> bytes:
    """Return the report as an XLSX file: a sheet of headline figures, then a sheet a table.

    Args:
        report: What to draw.
        words: Russian words of the file itself (``workbook.*``).

    Raises:
        MissingWords: The configuration lacks some.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - only who draws a file pays for it

    out = io.BytesIO()
    # Nothing that was typed becomes a link or a formula by its looks.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = Workbook(out, options)
    created = report.built_at.astimezone(UTC).replace(tzinfo=None)
    book.set_properties({"title": report.title, "created": created})
    drawing = _Drawing(book, report, words)
    drawing.summary()
    for table in report.tables:
        drawing.table(table)
    book.close()
    return out.getvalue()


class _Drawing:
    """One file in the making."""

    def __init__(self, book: Workbook, report: Report, words: Words) -> None:
        self._book = book
        self._report = report
        self._words = words
        self._zone = ZoneInfo(report.period.zone)
        self._shown = Formats(words, report.period.zone)
        self._looks = Looks(book)
        self._names: set[str] = set()

    def summary(self) -> None:
        """Draw title, period, headline figures and notes."""
        report = self._report
        sheet = self._sheet(self._words.say("workbook.summary"))
        sheet.set_column(0, 0, _WIDEST)
        sheet.set_column(1, 1, 18)
        built = self._words.say("mail.built", moment=self._shown.moment(report.built_at))
        sheet.set_row(0, _TITLE_LINE)
        self._text(sheet, (0, 0), report.title, Look(is_title=True))
        self._text(sheet, (1, 0), self._shown.period(report.period), Look())
        self._text(sheet, (2, 0), built, Look())
        for column, key in enumerate(("workbook.figure", "workbook.value")):
            self._text(sheet, (4, column), self._words.say(key), Look(is_header=True))
        for line, figure in enumerate(report.figures, 5):
            self._text(sheet, (line, 0), figure.title, Look())
            self._cell(sheet, (line, 1), figure.cell, figure.kind)
        for line, note in enumerate(report.notes, 6 + len(report.figures)):
            self._text(sheet, (line, 0), note, Look(is_wrapped=True))

    def table(self, table: Table) -> None:
        """Draw one table on a sheet of its own."""
        sheet = self._sheet(table.title)
        lines = 1
        for position, column in enumerate(table.columns):
            look = Look(kind=column.kind, is_header=True)
            self._text(sheet, (0, position), column.title, look)
            width = self._width(table, position, column)
            sheet.set_column(position, position, width)
            lines = max(lines, len(textwrap.wrap(column.title, max(1, int(width) - _ARROW))))
        sheet.set_row(0, _LINE * lines)
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)
        for line, row in enumerate(table.rows, 1):
            self._row(sheet, line, table.columns, row)
        last = len(table.rows)
        # The total stands outside the filter, which would sort it among the rows.
        sheet.autofilter(0, 0, last, len(table.columns) - 1)
        if not last:
            self._text(sheet, (1, 0), table.empty, Look())
        if table.total is not None:
            self._row(sheet, last + 1, table.columns, table.total, is_total=True)
        if table.note:
            self._text(sheet, (last + 3, 0), table.note, Look())
        if table.chart is not None and last:
            self._chart(sheet, table, table.chart)

    def _chart(self, sheet: Worksheet, table: Table, drawn: Chart) -> None:
        last = min(len(table.rows), _MOST_BARS)
        label = table.position(drawn.label)
        chart = self._book.add_chart({"type": "bar"})
        for key, color in zip(drawn.values, (BLUE, GREEN), strict=False):
            position = table.position(key)
            chart.add_series(
                {
                    "name": [sheet.get_name(), 0, position],
                    "categories": [sheet.get_name(), 1, label, last, label],
                    "values": [sheet.get_name(), 1, position, last, position],
                    "fill": {"color": color},
                }
            )
        chart.set_title({"name": table.title, "overlay": False})
        # The first row is the uppermost bar.
        chart.set_y_axis({"reverse": True})
        chart.set_x_axis(
            {
                "num_format": "#,##0",
                "major_gridlines": {"visible": True, "line": {"color": "#DDE3EA"}},
            }
        )
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 640, "height": 160 + 26 * last})
        sheet.insert_chart(1, len(table.columns) + 1, chart)

    # -- cells ---------------------------------------------------------------------------------

    def _row(
        self,
        sheet: Worksheet,
        line: int,
        columns: Sequence[Column],
        row: Row,
        *,
        is_total: bool = False,
    ) -> None:
        for position, (column, cell) in enumerate(zip(columns, row.cells, strict=True)):
            self._cell(sheet, (line, position), cell, column.kind, is_total=is_total)

    def _cell(
        self, sheet: Worksheet, at: _At, cell: Cell, kind: Kind, *, is_total: bool = False
    ) -> None:
        look = Look(kind=kind, tone=cell.tone, is_total=is_total)
        style = self._looks.format(look)
        match cell.value:
            case None:
                sheet.write_blank(*at, None, style)
            case str():
                self._text(sheet, at, cell.value, look, url=cell.url)
            case _ if cell.at_most:
                self._text(sheet, at, self._shown.shown(cell, kind), look)
            case int() | Decimal():
                sheet.write_number(*at, float(cell.value), style)
            case timedelta():
                sheet.write_number(*at, cell.value / timedelta(days=1), style)
            case datetime():
                local = cell.value.astimezone(self._zone).replace(tzinfo=None)
                sheet.write_datetime(*at, local, style)
            case date():
                sheet.write_datetime(*at, datetime.combine(cell.value, time()), style)

    def _text(self, sheet: Worksheet, at: _At, text: str, look: Look, *, url: str = "") -> None:
        text = text[:_LONGEST_TEXT]
        style = self._looks.format(replace(look, is_quoted=text.startswith(_DANGEROUS)))
        if url.startswith(("https://", "http://")) and len(text) <= _LONGEST_LINK_TEXT:
            sheet.write_url(*at, url, style, string=text)
        else:
            sheet.write_string(*at, text, style)

    # -- sheets --------------------------------------------------------------------------------

    def _width(self, table: Table, position: int, column: Column) -> float:
        rows = (*table.rows, *((table.total,) if table.total else ()))
        shown = (len(self._shown.shown(row.cells[position], column.kind)) for row in rows)
        header = max(map(len, column.title.split()), default=0) + _ARROW
        return float(min(max(max(shown, default=0) + 2, header, _NARROWEST), _WIDEST))

    def _sheet(self, title: str) -> Worksheet:
        """Add a sheet; its name is the title as far as Excel allows, and no name comes twice."""
        plain = title.translate(_FORBIDDEN).strip()[:_SHEET_NAME] or "-"
        name, turn = plain, 1
        while name.casefold() in self._names:
            turn += 1
            tail = f" {turn}"
            name = f"{plain[: _SHEET_NAME - len(tail)]}{tail}"
        self._names.add(name.casefold())
        sheet = self._book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return sheet
