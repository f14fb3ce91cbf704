"""Everything kept about supplier stock, over one file beside the state (suppliers contract 12)."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from westsync.journal.lock import StateLock
from westsync.journal.stock_attempts import PortalAnswers, StockAttempts
from westsync.journal.stock_database import StockDatabase
from westsync.journal.stock_links import StockLinks, StockLookups
from westsync.journal.stock_loading import StockLoading
from westsync.journal.stock_search import StockSearch
from westsync.journal.stock_snapshots import StockSnapshots
from westsync.journal.stock_sweeping import StockSweeping

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from westsync.domain.matching.brands import BrandTable
    from westsync.domain.stock import SourceId

FILE_NAME = "stock.db"


class StockStore:
    """The parts of the stock memory.

    Attributes:
        folder: Where files are fetched, staged and kept.
        brands: The spellings of brands that names are prepared with.
        loading: Writes snapshots. `sweeping`: takes old ones away.
        snapshots: Reads what is known of them.
        search: Looks up offers.
        links: People's choices.
        lookups: What was answered.
        attempts: How each source is getting on.
        portal_answers: What portals showed.
    """

    def __init__(self, database: StockDatabase, folder: Path, brands: BrandTable) -> None:
        """Bind the parts to a stock file."""
        self._database = database
        self.folder = folder
        self.brands = brands
        self.loading = StockLoading(database, brands)
        self.sweeping = StockSweeping(database)
        self.snapshots = StockSnapshots(database)
        self.search = StockSearch(database)
        self.links = StockLinks(database)
        self.lookups = StockLookups(database)
        self.attempts = StockAttempts(database)
        self.portal_answers = PortalAnswers(database)

    @contextmanager
    def owning(self, source: SourceId) -> Iterator[None]:
        """Own one source while it is loaded.

        Raises:
            LockHeld: Another process loads it just now; try later.
        """
        lock = StateLock(self.folder / f"{source}.lock")
        try:
            yield
        finally:
            lock.release()

    def close(self) -> None:
        """Close the file; what was committed stays."""
        self._database.close()


@contextmanager
def open_stock(folder: Path, brands: BrandTable) -> Iterator[StockStore]:
    """Open the stock memory; make it if there is none.

    Args:
        folder: Of ``stock.db``; a folder ``stock`` beside it holds the files.
        brands: The spellings of brands.

    Raises:
        StateError: The file is damaged, too new or not ours.
        Unavailable: The disk is full or fails.
    """
    files = folder / "stock"
    files.mkdir(mode=0o700, parents=True, exist_ok=True)
    with StockDatabase(folder / FILE_NAME) as database:
        yield StockStore(database, files, brands)
