"""A report as a plain value: typed cells that remember which objects stand behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from westsync.domain.timetable import day_begins_s, moment

if TYPE_CHECKING:
    from westsync.domain.intents import ObjectRef

Value = str | int | Decimal | timedelta | date | datetime | None
"""Money is `Decimal` roubles, a share a `Decimal` from 0 to 1, a moment UTC, None unknown."""

_ONE_DAY = timedelta(days=1)


class Kind(StrEnum):
    """What a column holds; decides how its cells are shown and added up.

    ``length`` is counted (working) time, ``day`` a date of the office zone, ``moment`` UTC;
    ``change`` a difference of two shares.
    """

    TEXT = "text"
    COUNT = "count"
    MONEY = "money"
    SHARE = "share"
    CHANGE = "change"
    LENGTH = "length"
    DAY = "day"
    MOMENT = "moment"


class Tone(StrEnum):
    """Whether a figure is to be seen at once."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One value and what it was counted from.

    Attributes:
        value: None is "nothing known", shown as a dash; a count of nothing is 0.
        refs: Objects behind the value, each once, in the order in which they are to be listed.
        url: Card of the object that the cell names; empty if it names none.
        at_most: The true value is this or less (`westsync.reports.spread`).
    """

    value: Value
    refs: tuple[ObjectRef, ...] = ()
    url: str = ""
    at_most: bool = False
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its id (for drill-down), its Russian title, what it holds."""

    id: str
    title: str
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row: its id (for drill-down), one cell a column."""

    id: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Which columns of a table are drawn as bars.

    Attributes:
        label: Column whose cells name the bars.
        values: Columns that give their lengths; the first is drawn in the mail, all in the file.
    """

    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of a report.

    Attributes:
        total: Sums below the rows; None where sums say nothing.
        note: What a reader must know to defend the figures; empty if nothing.
        empty: What is said in place of rows.
    """

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: str
    total: Row | None = None
    chart: Chart | None = None
    note: str = ""

    def position(self, column: str) -> int:
        """Return where a column stands.

        Raises:
            KeyError: There is no such column.
        """
        for index, found in enumerate(self.columns):
            if found.id == column:
                return index
        raise KeyError(column)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A headline figure."""

    id: str
    title: str
    kind: Kind
    cell: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Whole days of the office zone.

    Attributes:
        first, last: Both belong to it.
        zone: IANA name of the zone in which the days begin.
    """

    first: date
    last: date
    zone: str

    def __post_init__(self) -> None:
        """Refuse a period that ends before it begins."""
        if self.last < self.first:
            raise ValueError(f"a period cannot end on {self.last} and begin on {self.first}")

    @property
    def begins_at(self) -> datetime:
        """The first moment of the period, UTC."""
        return moment(day_begins_s(self.first, ZoneInfo(self.zone)))

    @property
    def ends_at(self) -> datetime:
        """The first moment after the period, UTC."""
        return moment(day_begins_s(self.last + _ONE_DAY, ZoneInfo(self.zone)))

    def day_of(self, at: datetime) -> date:
        """Return the date of a moment in the period's zone."""
        return at.astimezone(ZoneInfo(self.zone)).date()

    def holds(self, at: datetime) -> bool:
        """Return whether a moment belongs to the period."""
        return self.begins_at <= at.astimezone(UTC) < self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report, built and not yet drawn.

    Attributes:
        name: One of `westsync.reports.catalogue.REPORTS`.
        title: Russian.
        account: Account of the settings whose figures these are.
        built_at: UTC; everything that can still change is as it was seen then.
        notes: What could not be read or counted, in Russian.
    """

    name: str
    title: str
    account: str
    period: Period
    built_at: datetime
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()
