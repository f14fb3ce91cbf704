"""From rows and records to staged offers: rows are gathered and read together (`offer_columns`)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import compress
from typing import TYPE_CHECKING

from westsync.connectors.suppliers.reading.offer_columns import OfferColumns
from westsync.connectors.suppliers.reading.price_cells import PriceCells
from westsync.connectors.suppliers.reading.tally import Tally
from westsync.connectors.suppliers.reading.text_columns import RepeatedTexts
from westsync.domain.stock import Flag
from westsync.ports.staged_rows import BLOCK
from westsync.ports.stock_rows import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from westsync.connectors.suppliers.profile import PriceRules
    from westsync.connectors.suppliers.reading.code_columns import OddRows
    from westsync.connectors.suppliers.reading.fields import Node
    from westsync.connectors.suppliers.reading.offer_columns import Columns
    from westsync.connectors.suppliers.reading.plan import Plan
    from westsync.connectors.suppliers.reading.staging import OfferSink
    from westsync.connectors.suppliers.reading.stock_cells import StockCells

_TELLING = ("supplier_key", "vendor_key", "name", "prices", "raw_qty")
_STATUS = COLUMNS.index("status")


class OfferRows:
    """Turns rows into staged offers; one object serves all tables of a file."""

    def __init__(self, staging: OfferSink, stock: StockCells, rules: PriceRules) -> None:
        """Start with empty caches.

        Args:
            staging: Where offers go.
            stock: Reader of stock cells, which also counts their texts.
            rules: The section ``price``.
        """
        self.staging = staging
        self.tally = Tally()
        self.prices = PriceCells(rules)
        self.stock = stock
        self.texts = RepeatedTexts()

    def finish(self) -> None:
        """Settle what only the whole file can tell: doubtful prices, conflicting codes."""
        doubtful = self.tally.flags[Flag.PRICE_AMBIGUOUS]
        conflicts = self.staging.finish(self.prices.settled if doubtful else None)
        if conflicts:
            self.tally.flags[Flag.DUPLICATE_CONFLICT] = conflicts


@dataclass(slots=True)
class Batch:
    """Rows that are read together.

    Attributes:
        numbers: Of the rows, as a person counts.
        categories: Of the headings above each; empty if there are none.
        titles: What a person is shown of a row that turns out to be no offer.
        place: Warehouse whose goods they are, in reports that head them; else empty.
        odd: What is odd about single rows, in the order in which it is found.
    """

    place: str = ""
    rows: list[Node] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    odd: OddRows = field(default_factory=lambda: defaultdict(list))


class RowReader:
    """Reads the rows of one table, or the records of one feed, by one plan."""

    def __init__(
        self,
        rows: OfferRows,
        plan: Plan,
        sheet: str = "",
        *,
        skip: Callable[[str], None],
        fleeting: bool = False,
    ) -> None:
        """Lay out the getters.

        Args:
            rows: Of the file.
            plan: Of this table; lives as long as this object.
            sheet: Name that offers carry; empty if the file has only one table.
            skip: Told the title of each row that is no offer.
            fleeting: A record is gone when the next one comes, so its cells are got at once.
        """
        self._rows, self._sheet, self._skip = rows, sheet or None, skip
        self._columns = OfferColumns(plan, rows.stock, rows.prices, rows.texts)
        self._getters = self._columns.getters
        self._get = tuple(self._getters.values()) if fleeting else ()
        self._stock = plan.stock
        self._batch = Batch()
        self._came = False

    def read(
        self,
        row: Node,
        row_no: int,
        category: str = "",
        odd: tuple[Flag, ...] = (),
        title: str = "",
    ) -> None:
        """Take a row; it is staged with those beside it, if it is an offer.

        Args:
            row: Cells, or a record.
            row_no: As a person counts.
            category: Of the headings above, used if the row names none itself.
            odd: What the reader found odd about the row.
            title: What a person is shown if the row is no offer.
        """
        batch = self._batch
        if odd:
            batch.odd[len(batch.rows)] += odd
        batch.rows.append([get(row) for get in self._get] if self._get else row)
        batch.numbers.append(row_no)
        batch.categories.append(category)
        batch.titles.append(title)
        if len(batch.rows) >= BLOCK:
            self.flush()

    def take(self, rows: Sequence[Node], first: int, category: str, titles: Sequence[str]) -> None:
        """Take some rows at once, about which nothing is odd.

        Args:
            rows: Cells; not of a fleeting kind.
            first: Number of the first, as a person counts.
            category: Of the headings above.
            titles: What a person is shown of each if it is no offer.
        """
        batch = self._batch
        batch.rows += rows
        batch.numbers += range(first, first + len(rows))
        batch.categories += [category] * len(rows)
        batch.titles += titles
        if len(batch.rows) >= BLOCK:
            self.flush()

    def flush(self) -> None:
        """Stage the offers of the rows taken so far."""
        batch, self._batch = self._batch, Batch(self._batch.place)
        if batch.rows:
            self._stage(batch)

    def offers_came(self) -> bool:
        """Whether there was an offer since this was asked last."""
        self.flush()
        came, self._came = self._came, False
        return came

    def enter(self, place: str) -> None:
        """Know whose goods come next, in reports that head them by warehouse; empty: nobody's."""
        self.flush()
        self._batch = Batch(place)

    def pieces(self, row: Node) -> int | None:
        """Return the exact pieces a row states; None if it states none."""
        [reading] = self._columns.stock_readings([[get(row)] for get in self._stock.getters])
        _, least, most, *_ = reading.parts
        return least if isinstance(least, int) and least == most else None

    def _stage(self, batch: Batch) -> None:
        """Stage the offers of a batch."""
        tally = self._rows.tally
        columns, readings = self._columns.read(self._cells(batch), batch)
        columns["row_no"], columns["sheet"] = batch.numbers, [self._sheet] * len(batch.rows)
        offers = _offers(columns)
        flags: list[str | None] = [None] * len(offers)
        for at, found in batch.odd.items():
            if offers[at]:
                flags[at] = tally.flag(found)
        columns["flags"] = flags
        rows = [*zip(*map(columns.__getitem__, COLUMNS), strict=True)]
        if not all(offers):
            for title in (
                title for title, one in zip(batch.titles, offers, strict=True) if not one
            ):
                self._skip(title)
            rows, readings = [*compress(rows, offers)], [*compress(readings, offers)]
        if rows:
            self._came = True
            tally.add(readings, [row[_STATUS] for row in rows])
            self._rows.staging.add(rows)

    def _cells(self, batch: Batch) -> Columns:
        """Return the cells of a batch by column."""
        if self._get:
            return dict(zip(self._getters, zip(*batch.rows, strict=True), strict=True))
        return {name: [*map(get, batch.rows)] for name, get in self._getters.items()}


def _offers(columns: Columns) -> list[bool]:
    """Return which rows are offers: those with a code, or a name with a price or a quantity."""
    return [
        bool(code or article or (name and (prices or told)))
        for code, article, name, prices, told in zip(
            *map(columns.__getitem__, _TELLING), strict=True
        )
    ]
