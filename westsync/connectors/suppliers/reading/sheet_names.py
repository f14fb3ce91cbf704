"""Which sheets of a workbook are read (suppliers contract 6.5)."""

from __future__ import annotations

import re

from westsync.connectors.suppliers.reading.cleaning import compared, pattern

_COPY = re.compile(r"\(?(?:копия|copy)\b|\(\d+\)$", re.IGNORECASE)


def wanted_sheets(names: list[str], wanted: tuple[str, ...]) -> list[str]:
    """Return the sheets to read, in the order of the workbook.

    Args:
        names: Of all sheets that may be read.
        wanted: Names or ``~regex``; empty: all but copies ("Лист1 (копия)").
    """
    if not wanted:
        return [name for name in names if not _COPY.search(name)]
    shapes = [shape for text in wanted if (shape := pattern(text)) is not None]
    exact = {compared(text) for text in wanted}
    return [
        name
        for name in names
        if compared(name) in exact or any(shape.search(name) for shape in shapes)
    ]
