"""Settings of where a supplier's row tells its stock (suppliers contract 5, 13)."""

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from westsync.connectors.suppliers import profile_fields as plain
from westsync.domain.stock import Availability
from westsync.settings.kinds import Count, Flag, Text, Unfit
from westsync.settings.section import LateSection
from westsync.settings.supplier_field import (
    AvailabilitySettings,
    FieldParts,
    FieldSettings,
    Means,
    as_path,
    as_status,
    field_of,
)
from westsync.settings.supplier_kinds import Texts


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
            available=field_of(self.available),
            reserved=field_of(self.reserved),
            eta=field_of(self.eta),
            lead_days=self.lead_days,
            counts=self.counts,
        )


class StockOptionSettings(FieldParts):
    """One of several places of a record that may tell the stock."""

    sum: Text | None = Field(default=None, description="Path of numbers that are added up.")
    flag: Annotated[FieldSettings | None, BeforeValidator(as_path)] = Field(
        default=None, description="A yes/no."
    )
    if_true: Annotated[AvailabilitySettings | None, BeforeValidator(as_status)] = Field(
        default=None, alias="true", description="What yes means."
    )
    if_false: Annotated[AvailabilitySettings | None, BeforeValidator(as_status)] = Field(
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
            return plain.StockOption(field=self.tofield_of())
        return plain.StockOption(
            flag=self.flag.tofield_of(), true=_means(self.if_true), false=_means(self.if_false)
        )


class StockSettings(FieldParts):
    """Where the quantity is: one field, places, the first of several, a list, or a colour."""

    places: tuple[PlaceSettings, ...] = Field(default=(), description="A column per warehouse.")
    first_of: tuple[StockOptionSettings, ...] = Field(
        default=(), description="Places of a record; the first that is present wins."
    )
    each: Text | None = Field(default=None, description="Path of a repeated part, one per place.")
    name: Text | None = Field(default=None, description="With each: path of the place's name.")
    available: Annotated[FieldSettings | None, BeforeValidator(as_path)] = Field(
        default=None, description="With each: the pieces."
    )
    reserved: Annotated[FieldSettings | None, BeforeValidator(as_path)] = Field(
        default=None, description="With each: pieces that are taken."
    )
    eta: Annotated[FieldSettings | None, BeforeValidator(as_path)] = Field(
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
            fill = plain.FillStock(field=self.tofield_of(), fills=fills, default=other)
            return plain.Stock(fill=fill, excluded=self.excluded)
        if self.each is not None and self.available is not None:
            each = plain.EachPlace(
                each=self.each,
                name=self.name or "",
                available=self.available.tofield_of(),
                reserved=field_of(self.reserved),
                eta=field_of(self.eta),
                excluded=self.excluded,
            )
            return plain.Stock(each=each, excluded=self.excluded)
        return plain.Stock(
            field=self.tofield_of() if self.sources() else None,
            places=tuple(place.to_place() for place in self.places),
            first_of=tuple(option.to_option() for option in self.first_of),
            excluded=self.excluded,
        )


def _means(told: AvailabilitySettings | None) -> Availability | None:
    return None if told is None else told.to_availability()
