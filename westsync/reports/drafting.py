"""Drafting tables: columns named by the words, rows counted by one function, totals by the same."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Generic, TypeVar

from westsync.reports.model import Cell, Column, Figure, Kind, Report, Row, Table, Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from westsync.domain.intents import ObjectRef
    from westsync.reports.gathered import Gathered
    from westsync.reports.model import Chart
    from westsync.reports.words import Words

T = TypeVar("T")

TOTAL = "total"
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft(Generic[T]):
    """A table in the making.

    Attributes:
        words: Where titles come from: ``<report>.<table>.title``, ``.empty``, ``.columns.<id>``.
        report: Name of the report.
        table: Id of the table.
        label: The first column, which names the row.
        measures: Column id -> (kind, what it says of the items of a row).
    """

    words: Words
    report: str
    table: str
    label: str
    measures: Mapping[str, tuple[Kind, Callable[[Sequence[T]], Cell]]]

    def of_groups(
        self,
        groups: Mapping[str, Sequence[T]],
        *,
        chart: Chart | None = None,
        note: str = "",
        names: Mapping[str, str] | None = None,
    ) -> Table:
        """Return the table with a row for each group and, if there are several, their total.

        Args:
            groups: Row id -> items, in the order of the rows.
            chart: What is drawn.
            note: What must be known of the figures.
            names: Row id -> how it is shown, where that is not the id itself.
        """
        shown = names or {}
        rows = [self._row(key, shown.get(key, key), items) for key, items in groups.items()]
        every = [item for items in groups.values() for item in items]
        total = self._row(TOTAL, self.words.say("values.total"), every)
        return Table(
            id=self.table,
            title=self._say("title"),
            columns=(
                self._column(self.label, Kind.TEXT),
                *(self._column(key, kind) for key, (kind, _) in self.measures.items()),
            ),
            rows=tuple(rows),
            empty=self._say("empty"),
            total=total if len(rows) > 1 else None,
            chart=chart,
            note=note,
        )

    def _row(self, key: str, shown: str, items: Sequence[T]) -> Row:
        cells = [count(items) for _, count in self.measures.values()]
        return Row(id=key, cells=(Cell(value=shown), *cells))

    def _column(self, key: str, kind: Kind) -> Column:
        return Column(id=key, title=self._say(f"columns.{key}"), kind=kind)

    def _say(self, key: str) -> str:
        return self.words.say(f"{self.report}.{self.table}.{key}")


def listing(
    words: Words,
    report: str,
    table: str,
    columns: Mapping[str, Kind],
    rows: Iterable[Row],
    *,
    note: str = "",
) -> Table:
    """Return a table that lists single objects."""
    prefix = f"{report}.{table}"
    return Table(
        id=table,
        title=words.say(f"{prefix}.title"),
        columns=tuple(
            Column(id=key, title=words.say(f"{prefix}.columns.{key}"), kind=kind)
            for key, kind in columns.items()
        ),
        rows=tuple(rows),
        empty=words.say(f"{prefix}.empty"),
        note=note,
    )


def figure(words: Words, report: str, key: str, kind: Kind, cell: Cell) -> Figure:
    """Return a headline figure with its title."""
    return Figure(id=key, title=words.say(f"{report}.figures.{key}"), kind=kind, cell=cell)


def count(refs: Iterable[ObjectRef], *, bad: bool = False) -> Cell:
    """Return how many objects there are, each counted once.

    Args:
        refs: The objects.
        bad: Whether each of them is one too many.
    """
    each = tuple(dict.fromkeys(refs))
    return Cell(value=len(each), refs=each, tone=Tone.BAD if bad and each else Tone.PLAIN)


def grouped_by(items: Iterable[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    """Return items by a word, the largest group first, equal ones by the word."""
    groups: dict[str, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    in_order = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    return dict(in_order)


def report_of(
    gathered: Gathered,
    name: str,
    *,
    figures: Iterable[Figure],
    tables: Iterable[Table],
    notes: Iterable[str],
) -> Report:
    """Return a report under its title, about the period that was gathered."""
    return Report(
        name=name,
        title=gathered.words.say(f"{name}.title"),
        account=gathered.account,
        period=gathered.period,
        built_at=gathered.now,
        figures=tuple(figures),
        tables=tuple(tables),
        notes=tuple(notes),
    )
