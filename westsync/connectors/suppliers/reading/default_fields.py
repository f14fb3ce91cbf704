"""Where feeds of a known format keep their fields, for what a profile leaves unsaid.

Suppliers contract 5.3 (order of the places of stock in YML), 5.4 (CommerceML) and 6.6 (usual
header words of tables).
"""

from __future__ import annotations

from dataclasses import fields as members
from dataclasses import replace
from typing import TYPE_CHECKING

from westsync.connectors.suppliers.profile import Format
from westsync.connectors.suppliers.profile_fields import (
    Field,
    Fields,
    PriceField,
    Stock,
    StockOption,
)
from westsync.domain.stock import Availability, PriceRole, StockStatus

if TYPE_CHECKING:
    from westsync.connectors.suppliers.profile import Profile

_HERE = Availability(status=StockStatus.IN_STOCK, qty_min=1)
_ON_ORDER = Availability(status=StockStatus.ON_ORDER, qty_min=0, qty_max=0)

_YML = Fields(
    supplier_code=Field(path="@id"),
    vendor_code=Field(path="vendorCode"),
    barcode=Field(path="barcode"),
    name=Field(path="name", default=Field(template="{typePrefix} {vendor} {model}")),
    brand=Field(path="vendor"),
    category=Field(path="categoryId", lookup="categories"),
    stock=Stock(
        first_of=(
            StockOption(sum="outlets/outlet/@instock"),
            *(
                StockOption(field=Field(path=path))
                for path in ("count", "quantity_in_stock", "stock_quantity", "quantity")
            ),
            StockOption(sum="stock/available"),
            *(
                StockOption(field=Field(path=f"param[@name='{name}']"))
                for name in ("Остаток", "Количество", "Наличие")
            ),
            # The flag is unreliable, and a missing one means nothing (suppliers contract 5.3).
            StockOption(flag=Field(path="@available"), true=_HERE, false=_ON_ORDER),
            StockOption(flag=Field(path="available"), true=_HERE, false=_ON_ORDER),
        )
    ),
    prices=(
        (
            PriceRole.RRP,
            PriceField(field=Field(path="price"), currency_field=Field(path="currencyId")),
        ),
    ),
)

_COMMERCEML = Fields(
    supplier_code=Field(path="Ид"),
    vendor_code=Field(path="Артикул"),
    barcode=Field(path="Штрихкод"),
    name=Field(path="Наименование"),
    unit=Field(path="БазоваяЕдиница"),
    stock=Stock(
        first_of=(
            StockOption(sum="Склад/@КоличествоНаСкладе"),
            # So written in packages of changes (seen in public exchanges with shops).
            StockOption(sum="Склады/@КоличествоНаСкладе"),
            StockOption(sum="Остатки/Остаток/Склад/Количество"),
            StockOption(sum="Остатки/Остаток/Количество"),
            StockOption(field=Field(path="Количество")),
        )
    ),
)
"""Prices are left out: only a profile can say which ``ИдТипаЦены`` is whose."""

_TABLE = Fields(
    supplier_code=Field(
        column=("код", "код товара", "код 1с", "код заказа", "sku", "part number", "pn")
    ),
    vendor_code=Field(column=("артикул", "арт", "артикул производителя")),
    barcode=Field(column=("штрихкод", "штрих-код", "ean", "gtin")),
    brand=Field(column=("бренд", "производитель", "марка", "vendor")),
    name=Field(
        column=("наименование", "номенклатура", "название", "товар", "модель", "описание")
    ),
    stock=Stock(
        field=Field(
            column=(
                "остаток", "остатки", "свободный остаток", "наличие", "доступно", "кол-во",
                "количество", "склад", "нал",
            )
        )
    ),
    reserved=Field(column=("резерв",)),
    eta=Field(column=("в пути", "транзит", "ожидается", "дата поставки", "дата поступления")),
    prices=(
        (
            PriceRole.RRP,
            PriceField(field=Field(column=("ррц", "рц", "розница", "рекомендованная"))),
        ),
        (PriceRole.MRP, PriceField(field=Field(column=("мрц",)))),
        (PriceRole.WHOLESALE, PriceField(field=Field(column=("опт", "цена")))),
        (PriceRole.DEALER, PriceField(field=Field(column=("дилер", "закуп")))),
    ),
)  # fmt: skip


def completed(profile: Profile, kind: Format) -> Profile:
    """Return the profile with what its format keeps in known places, where it names no place.

    A table's columns are guessed only if the profile names no field at all: half a guess would mix
    the dealer's words with ours.
    """
    if kind is Format.YML:
        return replace(profile, fields=_filled(profile.fields, _YML))
    if kind is Format.COMMERCEML:
        return replace(profile, fields=_filled(profile.fields, _COMMERCEML))
    if kind not in {Format.XML, Format.JSON} and profile.fields == Fields():
        return replace(profile, fields=_TABLE)
    return profile


def _filled(given: Fields, known: Fields) -> Fields:
    """Return the fields with the format's own where the profile names none."""
    blank = Fields()
    return replace(
        given,
        **{
            one.name: getattr(known, one.name)
            for one in members(Fields)
            if getattr(given, one.name) == getattr(blank, one.name)
        },
    )
