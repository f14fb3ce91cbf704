"""Findings as a file for people: XLSX with a sheet of sums, or CSV for Russian spreadsheets.

What people typed is always text: a name that begins with ``=`` is never a formula. A file appears
under its name only when it is whole.
"""

from __future__ import annotations

import csv
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from westsync.domain.backfill import Category, Subject
from westsync.jobs.backfill.words import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]  # it ships no types

    from westsync.domain.backfill import Finding
    from westsync.jobs.backfill.words import BackfillWords

FORMS = (".xlsx", ".csv")
# A spreadsheet takes a CSV field that begins like this for a formula.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_WIDTHS = {"reason": 50, "differences": 60, "candidates": 40, "name": 30, "ref": 38}
# What a sheet holds; more rows than this go into a CSV.
_MOST_ROWS = 1_048_575


def export(
    path: Path,
    rows: Iterable[tuple[Finding, str]],
    counts: Mapping[tuple[Subject, Category], int],
    words: BackfillWords,
) -> None:
    """Write all findings into a file; the ending of its name says which form.

    Args:
        path: Ends in one of `FORMS`.
        rows: Findings with how far their remedy is.
        counts: For the sheet of sums.
        words: Of the readers.

    Raises:
        OSError: It cannot be written.
    """
    with _whole(path) as fresh:
        if path.suffix == ".csv":
            _write_csv(fresh, rows, words)
        else:
            _write_xlsx(fresh, rows, counts, words)


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    fresh = path.with_name(f".{path.name}.new")
    try:
        yield fresh
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _write_csv(path: Path, rows: Iterable[tuple[Finding, str]], words: BackfillWords) -> None:
    # With a byte order mark and semicolons: a Russian spreadsheet opens it by a double click.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(words.texts[f"columns.{name}"] for name in COLUMNS)
        for finding, standing in rows:
            cells = words.row(finding, standing)
            writer.writerow(_harmless(_text(cells[name])) for name in COLUMNS)


def _harmless(text: str) -> str:
    is_sum = text[:1] == "-" and text[1:].replace(".", "", 1).isdigit()
    return f"'{text}" if text.startswith(_DANGEROUS) and not is_sum else text


def _text(cell: str | date | None) -> str:
    return f"{cell:%d.%m.%Y}" if isinstance(cell, date) else cell or ""


def _write_xlsx(
    path: Path,
    rows: Iterable[tuple[Finding, str]],
    counts: Mapping[tuple[Subject, Category], int],
    words: BackfillWords,
) -> None:
    import xlsxwriter  # type: ignore[import-untyped]  # noqa: PLC0415 - no types; heavy

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        bold = book.add_format({"bold": True})
        _sums(book.add_worksheet(words.texts["sheets.summary"]), counts, words)
        sheet = book.add_worksheet(words.texts["sheets.rows"])
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        rouble = book.add_format({"num_format": "# ##0.00"})
        sheet.freeze_panes(1, 0)
        for position, name in enumerate(COLUMNS):
            sheet.set_column(position, position, _WIDTHS.get(name, 16))
            sheet.write_string(0, position, words.texts[f"columns.{name}"], bold)
        last = 0
        for number, (finding, standing) in enumerate(rows, 1):
            if number > _MOST_ROWS:
                raise OSError(f"{path} cannot hold more than {_MOST_ROWS} rows; write a .csv file")
            cells = words.row(finding, standing)
            for position, name in enumerate(COLUMNS):
                cell = cells[name]
                if isinstance(cell, date):
                    sheet.write_datetime(number, position, cell, day)
                elif name == "amount" and finding.amount is not None:
                    sheet.write_number(number, position, float(finding.amount), rouble)
                elif cell:
                    sheet.write_string(number, position, cell)
            last = number
        sheet.autofilter(0, 0, last, len(COLUMNS) - 1)


def _sums(
    sheet: Worksheet, counts: Mapping[tuple[Subject, Category], int], words: BackfillWords
) -> None:
    sheet.set_column(0, len(Category), 20)
    for position, category in enumerate(Category, 1):
        sheet.write_string(0, position, words.category(category))
    for row, subject in enumerate(Subject, 1):
        sheet.write_string(row, 0, words.subject(subject))
        for position, category in enumerate(Category, 1):
            sheet.write_number(row, position, counts.get((subject, category), 0))
