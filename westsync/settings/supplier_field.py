"""Settings of a single field of a supplier's row, and of what its texts mean."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from westsync.connectors.suppliers import profile_fields as plain
from westsync.domain.stock import Availability, StockStatus
from westsync.settings.kinds import Count, Flag, Text, Unfit
from westsync.settings.section import LateSection
from westsync.settings.supplier_kinds import Css, Letter, Patterns, Regex

_SOURCES = ("column", "letter", "path", "css", "const", "template", "value")
_EXACTLY_ONE = "write exactly one of column, letter, path, css, const, template, value"
_NOTHING = frozenset({StockStatus.ASK, StockStatus.UNKNOWN, StockStatus.DISCONTINUED})


def as_status(value: object) -> object:
    """Return a bare text as a meaning without numbers: the short way of writing it."""
    return {"status": value} if isinstance(value, str) else value


def as_const(value: object) -> object:
    """Return a bare text as a field that always says it."""
    return {"const": value} if isinstance(value, str) else value


def as_path(value: object) -> object:
    """Return a bare text as the path of a field."""
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


Means = Annotated[AvailabilitySettings, BeforeValidator(as_status)]


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

    def tofield_of(self) -> plain.Field:
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
            default=None if self.default is None else self.default.tofield_of(),
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


Fallback = Annotated[FieldSettings | None, BeforeValidator(as_const)]


def field_of(told: FieldSettings | None) -> plain.Field | None:
    """Return a field that may be left out, as connectors know it."""
    return None if told is None else told.tofield_of()


# Both name Fallback before it is there; what other modules make of them must find it.
FieldParts.model_rebuild()
FieldSettings.model_rebuild()
