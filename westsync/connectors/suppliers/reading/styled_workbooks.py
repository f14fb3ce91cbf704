"""Sheets of XLSX with colours, number formats and hidden columns, through openpyxl.

Suppliers contract 5.1: 24 times slower than calamine, so only for sources whose colours mean stock,
or whose codes keep their zeros in the number format (``read.styles``).
"""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
from openpyxl.styles.colors import COLOR_INDEX
from openpyxl.utils.exceptions import InvalidFileException

from westsync.connectors.suppliers.reading.results import FileRefused, RefusalCode
from westsync.connectors.suppliers.reading.sheet_names import wanted_sheets
from westsync.connectors.suppliers.reading.sheets import Row, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from openpyxl.cell.cell import Cell as StyledCell
    from openpyxl.worksheet.worksheet import Worksheet

    from westsync.connectors.suppliers.profile import Profile

_ZEROS = re.compile(r"0{2,15}")
_NO_FILL = "00000000"


class StyledRow(Row):
    """A row whose cells' fills stand beside them.

    Attributes:
        fills: ARGB per column; ``00000000`` for none.
    """

    fills: list[str]


def styled_sheets(path: Path, profile: Profile, part: str = "") -> Iterator[Sheet]:
    """Yield the wanted sheets of an XLSX workbook, with styles.

    Args:
        path: The file; its name does not matter.
        profile: Of the source.
        part: Name of the archive's member; empty if there is none.

    Raises:
        FileRefused: The workbook cannot be read.
    """
    try:
        with path.open("rb") as file:
            book = openpyxl.load_workbook(file, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as exc:
        raise FileRefused(
            RefusalCode.DAMAGED,
            f"the workbook cannot be read with its styles: {exc}; only XLSX has them",
        ) from exc
    read_hidden = profile.read.hidden_sheets == "read"
    visible = [one for one in book.worksheets if read_hidden or one.sheet_state == "visible"]
    by_name = {one.title: one for one in visible}
    wanted = wanted_sheets(list(by_name), profile.table.sheets)
    skip_hidden = profile.read.hidden_columns == "skip"
    for name in wanted:
        sheet = by_name[name]
        yield Sheet(
            name=" / ".join(filter(None, (part, name if len(wanted) > 1 else ""))),
            rows=_rows(sheet, skip_hidden=skip_hidden),
            merged=[
                (one.min_row - 1, one.min_col - 1, one.max_row - 1, one.max_col - 1)
                for one in sheet.merged_cells.ranges
            ],
        )


def _rows(sheet: Worksheet, *, skip_hidden: bool) -> Iterator[Row]:
    """Yield rows from row 1 with column A first; hidden cells are empty if they are skipped."""
    hidden = _hidden_columns(sheet) if skip_hidden else frozenset()
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if skip_hidden and sheet.row_dimensions[number].hidden:
            yield []
            continue
        row = StyledRow("" if at in hidden else _value(cell) for at, cell in enumerate(cells))
        row.fills = [_fill(cell) for cell in cells]
        yield row


def _hidden_columns(sheet: Worksheet) -> frozenset[int]:
    """Return the hidden columns, from 0; one entry may stand for a whole range."""
    return frozenset(
        at - 1
        for one in sheet.column_dimensions.values()
        if one.hidden
        for at in range(one.min or 1, (one.max or 0) + 1)
    )


def _value(cell: StyledCell | Any) -> Any:  # noqa: ANN401 - merged cells are of another class
    """Return a cell's value; zeros that its number format shows are restored."""
    value = cell.value
    if value is None or (isinstance(value, str) and cell.data_type == "e"):
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool) and value == int(value):
        if _ZEROS.fullmatch(cell.number_format or ""):
            return str(int(value)).zfill(len(cell.number_format))
        return float(value)
    return value


def _fill(cell: StyledCell | Any) -> str:  # noqa: ANN401 - as above
    """Return the ARGB of a solid fill."""
    fill = cell.fill
    if fill is None or fill.fill_type != "solid":
        return _NO_FILL
    colour = fill.fgColor
    if colour.type == "indexed" and colour.indexed < len(COLOR_INDEX):
        # Workbooks that once were XLS name colours by their place in the old palette.
        return f"FF{COLOR_INDEX[colour.indexed][2:]}"
    return colour.rgb if isinstance(colour.rgb, str) else _NO_FILL
