"""Walk the rows of a long price list and do nothing with them, as libraries do.

``python -m benchmarks.peers.price_list LIBRARY FILE`` prints how many rows there were below the
header. Each loads only the library that it is about.
"""

from __future__ import annotations

import csv
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def by_calamine(path: Path) -> int:
    """Walk the first sheet."""
    with import_module("python_calamine").CalamineWorkbook.from_path(path) as book:
        return sum(1 for _ in book.get_sheet_by_index(0).iter_rows()) - 1


def by_openpyxl(path: Path) -> int:
    """Walk the first sheet in its mode for reading alone."""
    book = import_module("openpyxl").load_workbook(path, read_only=True, data_only=True)
    return sum(1 for _ in book.worksheets[0].iter_rows(values_only=True)) - 1


def by_pandas(path: Path) -> int:
    """Make a frame of texts."""
    return len(import_module("pandas").read_csv(path, sep=";", encoding="cp1251", dtype=str))


def by_csv(path: Path) -> int:
    """Walk the lines."""
    with path.open(encoding="cp1251", newline="") as file:
        return sum(1 for _ in csv.reader(file, delimiter=";")) - 1


LIBRARIES: dict[str, Callable[[Path], int]] = {
    "calamine": by_calamine,
    "openpyxl": by_openpyxl,
    "pandas": by_pandas,
    "csv": by_csv,
}


if __name__ == "__main__":
    print(LIBRARIES[sys.argv[1]](Path(sys.argv[2])))
