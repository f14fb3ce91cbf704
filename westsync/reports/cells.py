"""Finding a figure of a report by its path, to list the objects behind it.

A headline figure's path is its id (``late``); a cell's is ``table/row/column``, for example
``sources/Сайт/deals``. A row id may itself contain a slash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.places import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.reports.model import Cell, Kind, Report, Table


class UnknownCell(LookupError):
    """No figure of the report has this path; the text names the nearest."""


def cells_of(report: Report) -> Iterator[tuple[str, Cell, Kind]]:
    """Yield every figure that objects stand behind, or can stand: path, cell, what it holds."""
    for figure in report.figures:
        yield figure.id, figure.cell, figure.kind
    for table in report.tables:
        yield from _of_table(table)


def _of_table(table: Table) -> Iterator[tuple[str, Cell, Kind]]:
    rows = (*table.rows, *((table.total,) if table.total is not None else ()))
    for row in rows:
        for column, cell in zip(table.columns, row.cells, strict=True):
            yield f"{table.id}/{row.id}/{column.id}", cell, column.kind


def cell_at(report: Report, path: str) -> tuple[Cell, Kind]:
    """Return the cell of a path.

    Raises:
        UnknownCell: There is none.
    """
    paths = {}
    for known, cell, kind in cells_of(report):
        if known == path:
            return cell, kind
        paths[known] = cell
    near = did_you_mean(path, paths)
    cure = near or "run it without --cell to see all"
    raise UnknownCell(f"the report {report.name} has no figure '{path}'; {cure}")
