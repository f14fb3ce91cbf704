"""Laws of the stock memory: what goes in comes out, and no text breaks a search."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.journal.stock_lists import LIRA, an_offer, loaded
from westsync.domain.matching.brands import BrandTable
from westsync.domain.stock import (
    Availability,
    Flag,
    Offer,
    Price,
    PriceRole,
    SourceId,
    StockStatus,
)
from westsync.journal.stock import StockStore, open_stock
from westsync.ports.stock_rows import decode_rows, encode_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBER = st.none() | st.integers(0, 10**6)
DAY = st.none() | st.integers(0, 9000).map(lambda days: date(2020, 1, 1) + timedelta(days=days))
AVAILABILITY = st.builds(
    Availability,
    status=st.sampled_from(StockStatus),
    qty_min=NUMBER,
    qty_max=NUMBER,
    eta_from=DAY,
    eta_to=DAY,
    note=TEXT,
)
PRICE = st.builds(
    Price,
    amount=st.decimals("0.01", "999999.99", places=2).map(Decimal),
    currency=st.sampled_from(["RUB", "USD", "UE"]),
)
OFFER = st.builds(
    Offer,
    row_no=st.integers(0, 10**6),
    sheet=TEXT,
    supplier_code=TEXT,
    vendor_code=TEXT,
    brand=TEXT,
    name=TEXT,
    category=TEXT,
    availability=AVAILABILITY,
    stock_by_place=st.dictionaries(TEXT, AVAILABILITY, max_size=3),
    prices=st.dictionaries(st.sampled_from(PriceRole), PRICE, max_size=3),
    flags=st.lists(st.sampled_from(Flag), unique=True, max_size=3).map(tuple),
    raw=st.dictionaries(TEXT, TEXT, max_size=3).map(
        lambda raw: {name: text for name, text in raw.items() if name != "quantity" or text}
    ),
)


@given(OFFER)
def test_an_offer_survives_being_stored(offer: Offer) -> None:
    assert decode_rows(SourceId(""), encode_rows([offer])) == (offer,)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StockStore]:
    with open_stock(tmp_path_factory.mktemp("stock"), BrandTable()) as store:
        loaded(store, [an_offer(name="Гитара Yamaha F310", supplier_code="1")])
        yield store


@given(TEXT)
def test_no_text_breaks_a_search(store: StockStore, text: str) -> None:
    current = store.snapshots.current(LIRA)
    assert current is not None

    found = store.search.find(text)
    near = store.search.assortment(LIRA, current.id).resembling(text)

    assert {row.supplier_code for row in (*found, *near)} <= {"1"}
