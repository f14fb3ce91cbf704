"""Offers of a few rows without a file: results of a portal, a page of an API, a sample."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from westsync.connectors.suppliers.reading.codes import cell_text
from westsync.connectors.suppliers.reading.offer_rows import OfferRows, RowReader
from westsync.connectors.suppliers.reading.plan import PlanMaker
from westsync.connectors.suppliers.reading.quantity import Quantities
from westsync.connectors.suppliers.reading.stock_cells import StockCells
from westsync.ports.stock_rows import COLUMNS, offer_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from westsync.connectors.suppliers.profile import Profile
    from westsync.connectors.suppliers.reading.fields import Locator, Node
    from westsync.domain.stock import Offer
    from westsync.ports.staged_rows import Row


def mapped_offers(
    rows: Iterable[Node], locator: Locator, profile: Profile, *, today: date
) -> list[Offer]:
    """Return the offers of rows by the profile's fields and grammars, as a file's would be.

    Args:
        rows: Nodes, as the locator knows them.
        locator: How to find a field in a node; one that reads CSS for pages.
        profile: Of the source.
        today: Day of the data.
    """
    kept = _Kept()
    excluded = frozenset(profile.fields.stock.excluded)
    stock = StockCells(Quantities(profile.quantity, today), today, excluded)
    offers = OfferRows(kept, stock, profile.price)
    plan = PlanMaker(locator, {}).plan(profile.fields)
    reader = RowReader(offers, plan, skip=lambda _: None)
    for number, row in enumerate(rows, start=1):
        reader.read(row, number)
    reader.flush()
    offers.finish()
    return [offer_of(dict(zip(COLUMNS, row, strict=True)), shown=cell_text) for row in kept.rows]


@dataclass(slots=True)
class _Kept:
    """A `staging.OfferSink` in memory; a page has no column to decide by, and no duplicates."""

    rows: list[Row] = field(default_factory=list)

    def add(self, rows: Sequence[Row]) -> None:
        """Take some rows."""
        self.rows += rows

    def finish(self, settled: Callable[[str, str], str] | None) -> int:
        """Leave doubtful prices as the profile reads them; rows are candidates for a person."""
        del settled
        return 0
