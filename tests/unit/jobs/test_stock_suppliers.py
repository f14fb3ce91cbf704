"""Whom a line is asked of: the product's supplier, the brand's, or all."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from westsync.domain.matching.brands import BrandTable
from westsync.domain.records import Line
from westsync.domain.stock import SourceId
from westsync.jobs.stock_suppliers import ChosenBy, SupplierBook
from westsync.ports.stock import StockSource, SupplierContact

if TYPE_CHECKING:
    from collections.abc import Mapping

LIRA = StockSource(id=SourceId("lira"), title="Лира Мьюзик", names=("ООО «Лира»",))
TON = StockSource(id=SourceId("ton_file"), title="Тон", supplier="ton")
TON_PORTAL = StockSource(id=SourceId("ton_portal"), title="Тон-Портал", supplier="ton")
OLGA = SupplierContact(name="Ольга")
ASLEEP = StockSource(id=SourceId("okno"), title="Окно-Аудио", enabled=False, contact=OLGA)
SOURCES = (LIRA, TON, TON_PORTAL, ASLEEP)


def a_line(name: str = "Пианино Ямаха P-45", supplier: str | None = None) -> Line:
    return Line(article="P45B", name=name, quantity=Decimal(1), price=Decimal(1), supplier=supplier)


def a_book(by_brand: Mapping[str, tuple[str, ...]] | None = None) -> SupplierBook:
    return SupplierBook(SOURCES, BrandTable({"Yamaha": ["Ямаха"]}), by_brand or {})


@pytest.mark.parametrize("written", ["lira", "Лира Мьюзик", "лира мьюзик", "ООО Лира"])
def test_the_field_of_the_product_comes_before_the_brand(written: str) -> None:
    book = a_book({"YAMAHA": ("ton",)})

    carriers = book.carriers(a_line(supplier=written))

    assert (carriers.ids, carriers.by) == (("lira",), ChosenBy.FIELD)


def test_all_sources_of_a_supplier_are_asked() -> None:
    assert a_book().carriers(a_line(supplier="ton")).ids == ("ton_file", "ton_portal")


def test_the_brand_comes_before_a_search_whatever_its_spelling() -> None:
    carriers = a_book({"YAMAHA": ("ton_portal", "lira")}).carriers(a_line())

    assert (carriers.ids, carriers.by) == (("ton_portal", "lira"), ChosenBy.BRAND)


def test_without_field_and_brand_all_enabled_sources_are_searched() -> None:
    carriers = a_book({"YAMAHA": ("ton",)}).carriers(a_line("Чехол для гитары"))

    assert (carriers.ids, carriers.by) == (("lira", "ton_file", "ton_portal"), ChosenBy.SEARCH)
    assert carriers.named == ""


@pytest.mark.parametrize(
    ("written", "named", "contact"),
    [("okno", "Окно-Аудио", OLGA), ("Арсенал", "Арсенал", None)],
)
def test_a_supplier_that_cannot_be_asked_stays_named_and_the_search_goes_on(
    written: str, named: str, contact: SupplierContact | None
) -> None:
    carriers = a_book().carriers(a_line("Чехол", supplier=written))

    assert (carriers.by, carriers.named) == (ChosenBy.SEARCH, named)
    assert carriers.contact == contact


def test_a_brand_with_one_source_awake_has_its_supplier() -> None:
    carriers = a_book({"YAMAHA": ("okno", "lira")}).carriers(a_line())

    assert (carriers.ids, carriers.by, carriers.named) == (("lira",), ChosenBy.BRAND, "")


def test_an_unknown_supplier_is_not_taken_for_one_of_the_brand() -> None:
    carriers = a_book({"YAMAHA": ("okno", "lira")}).carriers(a_line(supplier="Арсенал"))

    assert (carriers.ids, carriers.by) == (("lira",), ChosenBy.BRAND)
    assert (carriers.named, carriers.contact) == ("Арсенал", None)


def test_a_brand_whose_sources_are_all_asleep_is_searched() -> None:
    carriers = a_book({"YAMAHA": ("okno",)}).carriers(a_line())

    assert (carriers.by, carriers.named) == (ChosenBy.SEARCH, "Окно-Аудио")
