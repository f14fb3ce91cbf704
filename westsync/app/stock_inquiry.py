"""What the cycles ask of supplier stock, over connections of their own."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from westsync.app.suppliers import open_suppliers
from westsync.jobs.availability import Inquiry
from westsync.jobs.stock_sources import SourceWatch, SupplierStock
from westsync.jobs.stock_suppliers import SupplierBook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.app.configuration import Configuration
    from westsync.jobs.portal_questions import PortalQuestions
    from westsync.ports import Clock


@contextmanager
def open_stock_for_cycles(
    configuration: Configuration, clock: Clock, questions: PortalQuestions | None = None
) -> Iterator[SupplierStock]:
    """Open what answers lines of deals and watches sources; it must be used in this thread.

    Args:
        configuration: A right one.
        clock: Time.
        questions: Where questions go that somebody asks portals; None: only what they have shown
            before counts.

    Raises:
        ConfigError, StateError, Unavailable: As `open_suppliers`.
    """
    with open_suppliers(configuration, clock, questions) as desk:
        sources = desk.sources.values()
        book = SupplierBook(sources, desk.suppliers.brands, desk.suppliers.by_brand)
        yield SupplierStock(
            inquiry=Inquiry(desk.store, sources, book, desk.lookup, questions),
            watch=SourceWatch(desk.store, sources, configuration.settings.zone),
        )
