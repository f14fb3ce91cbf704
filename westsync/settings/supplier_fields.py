"""Settings of a supplier file's ``fields``: which cell, element or node holds what."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from westsync.connectors.suppliers import profile_fields as plain
from westsync.domain.stock import PriceRole
from westsync.settings.section import LateSection
from westsync.settings.supplier_field import FieldSettings, as_const, field_of
from westsync.settings.supplier_stock import StockSettings


class PriceSettings(FieldSettings):
    """Where one price is."""

    currency: Annotated[FieldSettings | None, BeforeValidator(as_const)] = Field(
        default=None, description="Currency of the column, e.g. USD, or the field that says it."
    )

    def to_price(self) -> plain.PriceField:
        """Return the price's field as connectors know it."""
        told = self.currency
        if told is None or told.const is not None:
            const = "" if told is None else told.const or ""
            return plain.PriceField(field=self.tofield_of(), currency=const)
        return plain.PriceField(field=self.tofield_of(), currency_field=told.tofield_of())


class PricesSettings(LateSection):
    """Prices by what they are for (suppliers contract 7.2)."""

    rrp: PriceSettings | None = Field(default=None, description="Recommended retail (РРЦ).")
    mrp: PriceSettings | None = Field(default=None, description="Lowest retail (МРЦ).")
    wholesale: PriceSettings | None = Field(default=None, description="Wholesale (опт).")
    dealer: PriceSettings | None = Field(default=None, description="Ours.")
    special: PriceSettings | None = Field(default=None, description="An action's.")

    def to_prices(self) -> tuple[tuple[PriceRole, plain.PriceField], ...]:
        """Return the prices that are told, as connectors know them."""
        told = ((role, getattr(self, role.value)) for role in PriceRole)
        return tuple((role, price.to_price()) for role, price in told if price is not None)


class FieldsSettings(LateSection):
    """All fields of an offer; null: the source has no such field."""

    supplier_code: FieldSettings | None = Field(default=None, description="The supplier's code.")
    vendor_code: FieldSettings | None = Field(default=None, description="The maker's article.")
    barcode: FieldSettings | None = Field(default=None, description="EAN, GTIN.")
    brand: FieldSettings | None = Field(default=None, description="Brand.")
    name: FieldSettings | None = Field(default=None, description="Name.")
    category: FieldSettings | None = Field(default=None, description="Category.")
    unit: FieldSettings | None = Field(default=None, description="Unit of measure.")
    pack: FieldSettings | None = Field(default=None, description="Pieces of a pack.")
    active: FieldSettings | None = Field(
        default=None, description="A yes/no through map; no means discontinued."
    )
    stock: StockSettings | None = Field(default=None, description="Where the quantity is.")
    reserved: FieldSettings | None = Field(default=None, description="Pieces that are taken.")
    eta: FieldSettings | None = Field(default=None, description="Day of the next delivery.")
    prices: PricesSettings = Field(default_factory=PricesSettings, description="Prices.")

    def to_fields(self) -> plain.Fields:
        """Return the fields as connectors know them."""
        names = (
            "supplier_code", "vendor_code", "barcode", "brand", "name", "category", "unit", "pack",
            "active", "reserved", "eta",
        )  # fmt: skip
        found = {name: field_of(getattr(self, name)) for name in names}
        stock = plain.Stock() if self.stock is None else self.stock.to_stock()
        return plain.Fields(**found, stock=stock, prices=self.prices.to_prices())
