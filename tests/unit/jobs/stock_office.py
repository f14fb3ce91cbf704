"""A supplier with a CSV file, a stock memory, and the real reader in its child process."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.fakes.clock import FakeClock
from tests.fakes.suppliers import FolderFetcher
from westsync.app.stock_reading import ProfileReader, source_of
from westsync.connectors.suppliers.profile import AcceptRules, Profile, Schedule
from westsync.connectors.suppliers.profile_fetch import DiskFetch
from westsync.connectors.suppliers.profile_fields import Field, Fields, PriceField, Stock
from westsync.domain.matching.brands import BrandTable
from westsync.domain.stock import PriceRole, SourceId
from westsync.jobs.stock import StockRefresh
from westsync.jobs.stock_lookup import StockLookup
from westsync.journal.stock import StockStore, open_stock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from westsync.ports.stock import PortalReader, StockSource

LIRA = SourceId("lira")
HEADER = "Код;Артикул;Наименование;Бренд;Остаток;Цена"


def a_profile(**changes: Any) -> Profile:
    profile = Profile(
        id=LIRA,
        title="Лира Мьюзик",
        revision="r1",
        schedule=Schedule(),
        fetch=DiskFetch(path="/prices/*.csv"),
        fields=Fields(
            supplier_code=Field(column=("Код",), required=True),
            vendor_code=Field(column=("Артикул",)),
            name=Field(column=("Наименование",), required=True),
            brand=Field(column=("Бренд",)),
            stock=Stock(field=Field(column=("Остаток",))),
            prices=((PriceRole.RRP, PriceField(field=Field(column=("Цена",)))),),
        ),
        accept=AcceptRules(min_rows=1, first="auto", bad_rows=Decimal("0.5")),
    )
    return replace(profile, **changes)


@dataclass(slots=True, kw_only=True)
class StockOffice:
    """Everything a test of the stock jobs touches."""

    store: StockStore
    clock: FakeClock
    fetcher: FolderFetcher
    refresh: StockRefresh
    source: StockSource
    price_list: Path

    def publish(self, *rows: str) -> None:
        """Put a new price list down."""
        self.price_list.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")

    def lookup(
        self, portal: PortalReader | None = None, sources: Sequence[StockSource] | None = None
    ) -> StockLookup:
        """Return who answers questions."""
        return StockLookup(self.store, sources or [self.source], self.clock, portal)


@contextmanager
def a_stock_office(folder: Path, profile: Profile | None = None) -> Iterator[StockOffice]:
    """Open an office with one supplier."""
    profile = profile or a_profile()
    clock = FakeClock()
    price_list = folder / "ostatki.csv"
    with open_stock(folder / "state", BrandTable({"Yamaha": ["Ямаха"]})) as store:
        fetcher = FolderFetcher(price_list)
        reader = ProfileReader({profile.id: profile}, clock)
        yield StockOffice(
            store=store,
            clock=clock,
            fetcher=fetcher,
            refresh=StockRefresh(store, fetcher, reader, clock),
            source=source_of(profile),
            price_list=price_list,
        )
