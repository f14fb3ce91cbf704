"""How far a reading is from the last one, and offers of a few rows without a file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from tests.unit.connectors.suppliers.reading.conftest import Read, a_profile
from tests.unit.connectors.suppliers.reading.files import csv_text
from westsync.connectors.suppliers.profile_fields import Field, Fields, Stock
from westsync.connectors.suppliers.reading.drift import Drift, drift
from westsync.connectors.suppliers.reading.mapping import mapped_offers
from westsync.connectors.suppliers.reading.records import JsonPaths

if TYPE_CHECKING:
    from collections.abc import Iterable


def compared(read: Read, former: Iterable[tuple[str, str | None]]) -> Drift:
    return drift(Path(read(csv_text()).reading.staging), former)


def test_codes_that_are_still_there_are_counted(read: Read) -> None:
    found = compared(read, [("A-1", None), ("A-2", None), ("A-9", None), ("001", None)])

    assert found == Drift(keys_kept=Decimal("0.5"), price_ratio=None)


def test_prices_are_compared_by_role_and_currency(read: Read) -> None:
    found = compared(
        read,
        [
            ("A-1", '{"rrp":["6495.00","RUB"],"dealer":["100.00","USD"]}'),
            ("A-9", '{"rrp":["1.00","RUB"]}'),
        ],
    )

    assert found.price_ratio == 2


def test_nothing_to_compare_is_none(read: Read) -> None:
    assert compared(read, []) == Drift(keys_kept=None, price_ratio=None)


def test_rows_of_an_answer_become_offers() -> None:
    fields = Fields(
        supplier_code=Field(path="code"),
        name=Field(path="name", regex="Арт: (.*)", strip="*"),
        stock=Stock(field=Field(path="qty")),
    )
    rows = [{"code": "A-1", "name": "Арт: *Гитара*", "qty": "> 5"}, {"name": ""}]

    (offer,) = mapped_offers(rows, JsonPaths(), a_profile(fields=fields), today=date(2026, 11, 24))

    assert (offer.supplier_code, offer.name, offer.availability.qty_min) == ("A-1", "Гитара", 6)
