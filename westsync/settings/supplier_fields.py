"""Settings of a supplier file's ``fields``: which cell, element or node holds what."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from westsync.connectors.suppliers import profile_fields as plain
from westsync.domain.stock import Availability, PriceRole, StockStatus
from westsync.settings.kinds import Count, Flag, Text, Unfit
from westsync.settings.section import LateSection
from westsync.settings.supplier_kinds import Css, Letter, Patterns, Regex, Texts

_SOURCES = ("column", "letter", "path", "css", "const", "template", "value")
_EXACTLY_ONE = "write exactly one of column, letter, path, css, const, template, value"
_NOTHING = frozenset({StockStatus.ASK, StockStatus.UNKNOWN, StockStatus.DISCONTINUED})


def _as_status(value: object) -> object:
    return {"status": value} if isinstance(value, str) else value


def _as_const(value: object) -> object:
    return {"const": value} if isinstance(value, str) else value


def _as_path(value: object) -> object:
    return {"path": value} if isinstance(value, str) else value


def _meaning(value: object) -> bool | str:
    if isinstance(value, bool | str):
        return value
    raise Unfit("must be text, true or false")


Meaning = Annotated[
    bool | str, PlainValidator(_meaning), WithJsonSchema({"type": ["boolean", "string"]})
]


class AvailabilitySettings(LateSection):
    """What a text, colour or flag of the supplier means."""

    status: Literal[
        "in_stock",
        "low",
        "reserved",
        "expected",
        "on_order",
        "out",
        "discontinued",
        "ask",
        "unknown",
    ] = Field(description="What it says of the article.")
    qty_min: Count | None = Field(default=None, ge=0, description="Pieces that are certain.")
    qty_max: Count | None = Field(default=None, ge=0, description="Pieces at most; null: unknown.")
    note: Literal["", "plenty", "approx"] = Field(default="", description="For people.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.qty_max is not None and self.qty_max < (self.qty_min or 0):
            raise Unfit("qty_max is less than qty_min")
        if self.status not in {"in_stock", "low"} and (self.qty_min or self.qty_max):
            raise Unfit(f"'{self.status}' has no pieces", "remove qty_min and qty_max")
        return self

    def to_availability(self) -> Availability:
        """Return it as the domain knows it; what can be ordered now is at least one piece."""
        status = StockStatus(self.status)
        if status in _NOTHING:
            return Availability(status=status, note=self.note)
        if status not in {StockStatus.IN_STOCK, StockStatus.LOW}:
            return Availability(status=status, qty_min=0, qty_max=0, note=self.note)
        least = self.qty_min if self.qty_min is not None else 1
        if status is StockStatus.IN_STOCK:
            least = max(least, 1)
        return Availability(status=status, qty_min=least, qty_max=self.qty_max, note=self.note)


Means = Annotated[AvailabilitySettings, BeforeValidator(_as_status)]


class FieldParts(LateSection):
    """Where a text is, and what is done to it."""

    column: Patterns = Field(default=(), description="Header texts, synonyms in order; ~ a regex.")
    letter: Letter | None = Field(default=None, description="Letters of the sheet's column.")
    path: Text | None = Field(default=None, description="Path in XML (a/b/@c) or JSON (a.b.c).")
    css: Css | None = Field(default=None, description="Selector in a row of a page.")
    const: str | None = Field(default=None, description="The same text for every row.")
    template: Text | None = Field(default=None, description="Text with {child} names.")
    value: Text | None = Field(default=None, description="Path of a number that may be a bound.")
    more: Text | None = Field(default=None, description="Path of: there is more than value.")
    regex: Regex = Field(default="", description="Its first group is kept.")
    strip: str = Field(default="", description="Characters taken off both ends.")
    index: Count = Field(default=0, ge=-1000, le=1000, description="Which of several values.")
    default: "Fallback" = Field(default=None, description="Used when the field is empty.")
    required: Flag = Field(default=False, description="A row without it is bad.")
    map: dict[str, Meaning] = Field(default={}, description="Text -> what it says.")
    lookup: Literal["", "categories"] = Field(default="", description="The text is such an id.")

    def sources(self) -> int:
        """Return how many places of the text are named."""
        return sum(getattr(self, name) not in (None, ()) for name in _SOURCES)

    def to_field(self) -> plain.Field:
        """Return the field as connectors know it."""
        return plain.Field(
            column=self.column,
            letter=self.letter or "",
            path=self.path or "",
            css=self.css or "",
            const=self.const,
            template=self.template or "",
            regex=self.regex,
            strip=self.strip,
            index=self.index,
            default=None if self.default is None else self.default.to_field(),
            required=self.required,
            map=tuple(self.map.items()),
            lookup=self.lookup,
            value=self.value or "",
            more=self.more or "",
        )


class FieldSettings(FieldParts):
    """One field of an offer."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.sources() != 1:
            raise Unfit(_EXACTLY_ONE.replace("write", "names not"), _EXACTLY_ONE)
        return self


Fallback = Annotated[FieldSettings | None, BeforeValidator(_as_const)]
PathField = Annotated[FieldSettings, BeforeValidator(_as_path)]


class PriceSettings(FieldSettings):
    """Where one price is."""

    currency: Annotated[FieldSettings | None, BeforeValidator(_as_const)] = Field(
        default=None, description="Currency of the column, e.g. USD, or the field that says it."
    )

    def to_price(self) -> plain.PriceField:
        """Return the price's field as connectors know it."""
        told = self.currency
        if told is None or told.const is not None:
            const = "" if told is None else told.const or ""
            return plain.PriceField(field=self.to_field(), currency=const)
        return plain.PriceField(field=self.to_field(), currency_field=told.to_field())


class PlaceSettings(LateSection):
    """One warehouse with columns of its own."""

    name: Text = Field(description="What the place is called.")
    available: FieldSettings | None = Field(default=None, description="Pieces there.")
    reserved: FieldSettings | None = Field(default=None, description="Pieces that are taken.")
    eta: FieldSettings | None = Field(default=None, description="Day of the next delivery.")
    lead_days: Count | None = Field(
        default=None, ge=0, le=365, description="Days until goods of this place are here."
    )
    counts: Flag = Field(default=True, description="Whether its pieces count.")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.available is None and self.eta is None:
            raise Unfit("has neither available nor eta", "say where its pieces are")
        return self

    def to_place(self) -> plain.Place:
        """Return the place as connectors know it."""
        return plain.Place(
            name=self.name,
            available=_field(self.available),
            reserved=_field(self.reserved),
            eta=_field(self.eta),
            lead_days=self.lead_days,
            counts=self.counts,
        )


class StockOptionSettings(FieldParts):
    """One of several places of a record that may tell the stock."""

    sum: Text | None = Field(default=None, description="Path of numbers that are added up.")
    flag: Annotated[FieldSettings | None, BeforeValidator(_as_path)] = Field(
        default=None, description="A yes/no."
    )
    if_true: Annotated[AvailabilitySettings | None, BeforeValidator(_as_status)] = Field(
        default=None, alias="true", description="What yes means."
    )
    if_false: Annotated[AvailabilitySettings | None, BeforeValidator(_as_status)] = Field(
        default=None, alias="false", description="What no means."
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.sources() + (self.sum is not None) + (self.flag is not None) != 1:
            raise Unfit("names not exactly one place", "write one of sum, path, flag")
        if self.flag is not None and (self.if_true is None or self.if_false is None):
            raise Unfit("does not say what the flag means", 'write "true": and "false": beside it')
        return self

    def to_option(self) -> plain.StockOption:
        """Return the option as connectors know it."""
        if self.sum is not None:
            return plain.StockOption(sum=self.sum)
        if self.flag is None:
            return plain.StockOption(field=self.to_field())
        return plain.StockOption(
            flag=self.flag.to_field(), true=_means(self.if_true), false=_means(self.if_false)
        )


class StockSettings(FieldParts):
    """Where the quantity is: one field, places, the first of several, a list, or a colour."""

    places: tuple[PlaceSettings, ...] = Field(default=(), description="A column per warehouse.")
    first_of: tuple[StockOptionSettings, ...] = Field(
        default=(), description="Places of a record; the first that is present wins."
    )
    each: Text | None = Field(default=None, description="Path of a repeated part, one per place.")
    name: Text | None = Field(default=None, description="With each: path of the place's name.")
    available: Annotated[FieldSettings | None, BeforeValidator(_as_path)] = Field(
        default=None, description="With each: the pieces."
    )
    reserved: Annotated[FieldSettings | None, BeforeValidator(_as_path)] = Field(
        default=None, description="With each: pieces that are taken."
    )
    eta: Annotated[FieldSettings | None, BeforeValidator(_as_path)] = Field(
        default=None, description="With each: day of the next delivery."
    )
    fill: dict[str, Means] = Field(
        default={}, description="Colour (ARGB) of the field's cell -> meaning; default: any other."
    )
    excluded: Texts = Field(default=(), description="Places that are kept and never count.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = bool(self.places) + bool(self.first_of) + (self.each is not None) + self.sources()
        if ways != 1:
            raise Unfit(
                "must say in exactly one way where the quantity is",
                "write a field (column, letter, path, css), places, first_of or each",
            )
        if self.each is not None and self.available is None:
            raise Unfit("'available' is missing", "say where the pieces of each place are")
        beside = (self.name, self.available, self.reserved, self.eta)
        if self.each is None and any(part is not None for part in beside):
            raise Unfit(
                "name, available, reserved and eta belong to each", "write each: or places:"
            )
        if self.fill and (not self.sources() or "default" not in self.fill):
            raise Unfit("fill needs the coloured field and a default", "add column: and default:")
        return self

    def to_stock(self) -> plain.Stock:
        """Return it as connectors know it."""
        if self.fill:
            fills = tuple(
                (colour.upper(), means.to_availability())
                for colour, means in self.fill.items()
                if colour != "default"
            )
            other = self.fill["default"].to_availability()
            fill = plain.FillStock(field=self.to_field(), fills=fills, default=other)
            return plain.Stock(fill=fill, excluded=self.excluded)
        if self.each is not None and self.available is not None:
            each = plain.EachPlace(
                each=self.each,
                name=self.name or "",
                available=self.available.to_field(),
                reserved=_field(self.reserved),
                eta=_field(self.eta),
                excluded=self.excluded,
            )
            return plain.Stock(each=each, excluded=self.excluded)
        return plain.Stock(
            field=self.to_field() if self.sources() else None,
            places=tuple(place.to_place() for place in self.places),
            first_of=tuple(option.to_option() for option in self.first_of),
            excluded=self.excluded,
        )


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
        found = {name: _field(getattr(self, name)) for name in names}
        stock = plain.Stock() if self.stock is None else self.stock.to_stock()
        return plain.Fields(**found, stock=stock, prices=self.prices.to_prices())


def _field(told: FieldSettings | None) -> plain.Field | None:
    return None if told is None else told.to_field()


def _means(told: AvailabilitySettings | None) -> Availability | None:
    return None if told is None else told.to_availability()


FieldParts.model_rebuild()
