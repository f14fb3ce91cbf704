"""Settings of what a supplier's values mean, and when a reading is accepted (contract 7-10)."""

from datetime import timedelta
from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from westsync.connectors.suppliers import profile as plain
from westsync.settings.kinds import Count, Flag, Name, Number, Text, Unfit, Zone
from westsync.settings.section import LateSection
from westsync.settings.supplier_field import Means
from westsync.settings.supplier_kinds import Currency, Pattern, Regex, Span, Texts

CodeField = Literal["supplier_code", "vendor_code", "barcode"]


class QuantitySettings(LateSection):
    """The supplier's own words for quantities."""

    blank: Literal["unknown", "out", "in_stock"] = Field(
        default="unknown", description="What an empty cell says."
    )
    map: dict[Pattern, Means] = Field(default={}, description="Text or ~regex -> meaning.")

    def to_quantity(self) -> plain.QuantityRules:
        """Return it as connectors know it."""
        meanings = ((text, means.to_availability()) for text, means in self.map.items())
        return plain.QuantityRules(blank=self.blank, map=tuple(meanings))


class PriceRulesSettings(LateSection):
    """How prices are written."""

    currency: Currency = Field(default="RUB", description="Where nothing else says one.")
    decimal: Literal["", ",", "."] = Field(default="", description='Decides "1,234".')
    ue: Currency | None = Field(default=None, description="What у.е. stands for.")

    def to_price(self) -> plain.PriceRules:
        """Return it as connectors know it."""
        return plain.PriceRules(currency=self.currency, decimal=self.decimal, ue=self.ue or "")


class MatchSettings(LateSection):
    """How our articles are looked for in this source."""

    keys: tuple[CodeField, ...] = Field(
        default=("supplier_code", "vendor_code"), min_length=1, description="In this order."
    )
    strip_prefixes: Texts = Field(default=(), description="Of our articles, unknown to him.")
    duplicates: Literal["sum", "ask"] = Field(default="ask", description="Several rows of one.")
    name_acts: Flag = Field(default=False, description="Whether a match by name acts alone.")

    def to_match(self) -> plain.MatchRules:
        """Return it as connectors know it."""
        return plain.MatchRules(
            keys=self.keys,
            strip_prefixes=self.strip_prefixes,
            duplicates=self.duplicates,
            name_acts=self.name_acts,
        )


class AsOfSettings(LateSection):
    """Where the supplier states the moment of the data."""

    cell: Regex | None = Field(default=None, description="~regex in cells above the data.")
    file_name: Regex | None = Field(default=None, description="Regex on the file's name.")
    path: Text | None = Field(default=None, description="Path from the root, /yml_catalog/@date.")
    format: str = Field(default="", description="strptime format; empty: the usual ones.")
    zone: Zone = Field(default="Europe/Moscow", description="Of moments without one.")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.cell is not None) + (self.file_name is not None) + (self.path is not None) != 1:
            raise Unfit("is in one place", "write one of cell, file_name, path")
        if self.cell is not None and "(" not in self.cell:
            raise Unfit("cell has no group that holds the moment", "put it in brackets: (.+)")
        return self

    def to_as_of(self) -> plain.AsOf:
        """Return it as connectors know it."""
        return plain.AsOf(
            cell=self.cell or "",
            file_name=self.file_name or "",
            path=self.path or "",
            format=self.format,
            zone=self.zone,
        )


class AcceptSettings(LateSection):
    """When a reading replaces the last good one (shares are of 1)."""

    min_rows: Count | None = Field(default=None, ge=1, description="Fewer is no price list.")
    max_age: Span = Field(default=3 * 86400, ge=60, description="Older data promise nothing.")
    max_unchanged: Span = Field(default=4 * 86400, ge=60, description="Longer is suspicious.")
    absence: Literal["out", "unknown", "unchanged"] = Field(
        default="unknown", description="What a missing row says."
    )
    as_of: AsOfSettings | None = Field(default=None, description="Moment of the data.")
    first: Literal["auto", "hold"] = Field(default="hold", description="The first reading.")
    cache: Span = Field(default=7200, ge=0, description="So long a portal's answer is reused.")
    bad_rows: Number = Field(default=0.02, ge=0, le=1, description="Rows that may be bad.")
    unknown_quantity: Number = Field(default=0.1, ge=0, le=1, description="Quantities unknown.")
    rows_drop: Number = Field(default=0.5, ge=0, le=1, description="Of the usual rows.")
    stock_drop: Number = Field(default=0.4, ge=0, le=1, description="Of the last rows in stock.")
    keys_kept: Number = Field(default=0.6, ge=0, le=1, description="Of the last codes.")
    price_shift: Number = Field(default=2, gt=1, description="Factor of the median price.")
    role_order: Number = Field(default=0.05, ge=0, le=1, description="Prices out of order.")
    odd_rows: Number = Field(default=0.05, ge=0, le=1, description="Rows with an odd flag.")
    unquoted: Number = Field(default=0.01, ge=0, le=1, description="Lines with broken quotes.")

    def to_accept(self) -> plain.AcceptRules:
        """Return it as connectors know it."""
        shares = (
            "bad_rows", "unknown_quantity", "rows_drop", "stock_drop", "keys_kept", "price_shift",
            "role_order", "odd_rows", "unquoted",
        )  # fmt: skip
        return plain.AcceptRules(
            min_rows=self.min_rows,
            max_age=timedelta(seconds=self.max_age),
            max_unchanged=timedelta(seconds=self.max_unchanged),
            absence=self.absence,
            as_of=None if self.as_of is None else self.as_of.to_as_of(),
            first=self.first,
            cache=timedelta(seconds=self.cache),
            **{name: Decimal(str(getattr(self, name))) for name in shares},
        )


class JoinSettings(LateSection):
    """Rows of another source of the same supplier that complete ours."""

    source: Name = Field(description="Id of the other source.")
    on: CodeField = Field(default="supplier_code", description="Field that is equal in both.")
    take: tuple[
        Literal["prices", "availability", "barcode", "brand", "name", "category", "unit", "pack"],
        ...,
    ] = Field(default=("prices",), min_length=1, description="What is taken from there.")
