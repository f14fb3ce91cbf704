"""Sheets of XLSX, XLS, XLSB and ODS through calamine (suppliers contract 5.1).

calamine aborts the whole process when memory runs out, so this runs only in the limited child.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from westsync.connectors.suppliers.reading.results import FileRefused, RefusalCode
from westsync.connectors.suppliers.reading.sheet_names import wanted_sheets
from westsync.connectors.suppliers.reading.sheets import Row, Sheet, Span

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from westsync.connectors.suppliers.profile import Profile


def workbook_sheets(path: Path, profile: Profile, part: str = "") -> Iterator[Sheet]:
    """Yield the wanted sheets of a workbook.

    Args:
        path: The file; its name does not matter.
        profile: Of the source: `table.sheets`, `read.hidden_sheets`.
        part: Name of the archive's member; empty if there is none.

    Raises:
        FileRefused: The workbook is encrypted or damaged.
    """
    try:
        # Given a path, calamine believes its extension; given an open file, its content.
        with path.open("rb") as file, CalamineWorkbook.from_filelike(file) as book:
            names = [
                one.name
                for one in book.sheets_metadata
                if one.typ == SheetTypeEnum.WorkSheet
                and (
                    one.visible == SheetVisibleEnum.Visible or profile.read.hidden_sheets == "read"
                )
            ]
            wanted = wanted_sheets(names, profile.table.sheets)
            for name in wanted:
                sheet = book.get_sheet_by_name(name)
                label = name if len(wanted) > 1 else ""
                yield Sheet(
                    name=" / ".join(filter(None, (part, label))),
                    rows=_rows(sheet),
                    merged=_spans(sheet),
                )
    except PasswordError as exc:
        raise FileRefused(
            RefusalCode.PASSWORD_PROTECTED,
            "the workbook is encrypted; ask the supplier for one without a password",
        ) from exc
    except (CalamineError, OSError) as exc:
        raise FileRefused(
            RefusalCode.DAMAGED, f"the workbook cannot be read: {exc}; fetch it again"
        ) from exc


def _rows(sheet: CalamineSheet) -> Iterator[Row]:
    """Yield rows from row 1 with column A first; calamine leaves out empty columns at the left."""
    if sheet.start is None:
        return
    rows = cast("Iterator[Row]", sheet.iter_rows())
    left = [""] * sheet.start[1]
    yield from ([*left, *row] for row in rows) if left else rows


def _spans(sheet: CalamineSheet) -> list[Span] | None:
    """Return the merged ranges; None if the format does not tell them."""
    ranges = sheet.merged_cell_ranges
    if ranges is None:
        return None
    return [(top, left, bottom, right) for (top, left), (bottom, right) in ranges]
