"""Settings of how a supplier's file is unpacked, read and laid out (suppliers contract 4-6)."""

from collections.abc import Mapping
from fnmatch import translate
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from westsync.connectors.suppliers import profile as plain
from westsync.settings.kinds import Count, Flag, Text, Unfit
from westsync.settings.section import LateSection
from westsync.settings.supplier_fields import FieldsSettings
from westsync.settings.supplier_kinds import (
    Css,
    Delimiter,
    Encoding,
    OneSign,
    Pattern,
    Patterns,
    Regex,
    Texts,
    compiles,
)
from westsync.settings.supplier_secrets import fill


def _sheets(value: object) -> object:
    if value == "all":
        return ()
    return (value,) if isinstance(value, str) else value


class UnpackSettings(LateSection):
    """Which files of an archive are the price list."""

    member: Text | None = Field(default=None, description="Shell pattern or ~regex of the name.")
    password: Text | None = Field(default=None, description="${secret:NAME} of the archive.")

    @field_validator("member")
    @classmethod
    def _matches(cls, value: str | None) -> str | None:
        if value is not None:
            compiles(value if value.startswith("~") else translate(value))
        return value

    def to_unpack(self, secrets: Mapping[str, str]) -> plain.Unpack:
        """Return it as connectors know it, its password resolved: readers know no secrets.

        Args:
            secrets: Name -> secret; a missing one leaves the archive unreadable.
        """
        return plain.Unpack(member=self.member or "", password=fill(self.password or "", secrets))


class ReadSettings(LateSection):
    """How bytes become rows or records."""

    format: Literal[
        "auto", "xlsx", "xlsb", "xls", "ods", "csv", "dbf", "yml", "xml", "commerceml",
        "spreadsheetml", "html", "json",
    ] = Field(default="auto", description="auto: by content.")  # fmt: skip
    encoding: Encoding | None = Field(default=None, description="null: guessed; fix it.")
    delimiter: Delimiter | None = Field(default=None, description='null: guessed; ";" or tab.')
    quote: OneSign = Field(default='"', description="Empty: quotes are ordinary text.")
    header_rows: Count | None = Field(default=None, ge=0, le=100, description="Before the data.")
    expect_columns: Count | None = Field(
        default=None, ge=1, le=16384, description="Else it changed."
    )
    item: Text | None = Field(default=None, description="Element of one offer; null: the usual.")
    items: Text | None = Field(default=None, description="JSON: path of the list.")
    repair: Literal["after_strict_failure", "never"] = Field(
        default="after_strict_failure", description="Whether broken XML is mended."
    )
    styles: Flag = Field(default=False, description="Read colours and formats too (slow).")
    hidden_sheets: Literal["skip", "read"] = Field(default="skip", description="Hidden sheets.")
    hidden_columns: Literal["skip", "read"] = Field(default="read", description="Needs styles.")

    @field_validator("hidden_columns")
    @classmethod
    def _seen(cls, value: str, info: ValidationInfo) -> str:
        if value == "skip" and not info.data.get("styles"):
            raise Unfit("cannot be seen without styles", "write styles: true")
        return value

    def to_read(self) -> plain.Read:
        """Return it as connectors know it."""
        return plain.Read(
            format=plain.Format(self.format),
            encoding=self.encoding or "",
            delimiter=self.delimiter or "",
            quote=self.quote,
            header_rows=self.header_rows,
            expect_columns=self.expect_columns,
            item=self.item or "",
            items=self.items or "",
            repair=self.repair != "never",
            styles=self.styles,
            hidden_sheets=self.hidden_sheets,
            hidden_columns=self.hidden_columns,
        )


class HeaderSettings(LateSection):
    """Where the header of a table is."""

    within: Count = Field(default=40, ge=1, le=1000, description="Rows searched from the top.")
    row: Count | None = Field(default=None, ge=1, le=1000, description="Fixed row, from 1.")
    rows: Count = Field(default=1, ge=1, le=5, description="Rows that make up the header.")
    join: str = Field(default=" / ", description="What stands between their texts.")
    min_hits: Count = Field(default=2, ge=1, le=50, description="Columns that must be found.")

    def to_header(self) -> plain.Header:
        """Return it as connectors know it."""
        return plain.Header(
            within=self.within,
            row=self.row,
            rows=self.rows,
            join=self.join,
            min_hits=self.min_hits,
        )


class CategorySettings(LateSection):
    """Which rows are headings of the goods below them."""

    when: Literal["only_first_cell", "never"] = Field(
        default="only_first_cell", description="By what they are known."
    )
    regex: Regex = Field(default="", description="Text of a heading.")
    levels: Count = Field(default=1, ge=1, le=9, description="Headings above one another.")


class OverrideSettings(LateSection):
    """What is different on one sheet."""

    sheet: Pattern = Field(description="Name, or ~regex.")
    header: HeaderSettings | None = Field(default=None, description="Its header.")
    fields: FieldsSettings | None = Field(default=None, description="Its fields.")

    def to_override(self) -> plain.SheetOverride:
        """Return it as connectors know it."""
        return plain.SheetOverride(
            sheet=self.sheet,
            header=None if self.header is None else self.header.to_header(),
            fields=None if self.fields is None else self.fields.to_fields(),
        )


class TableSettings(LateSection):
    """Layout of a table."""

    sheets: Annotated[tuple[Pattern, ...], BeforeValidator(_sheets)] = Field(
        default=(), description="Names or ~regex; all: every visible one but copies."
    )
    header: HeaderSettings = Field(default_factory=HeaderSettings, description="Its header.")
    category: CategorySettings = Field(default_factory=CategorySettings, description="Headings.")
    skip: Patterns = Field(default=(), description="Rows left out, by their first cell.")
    stop: Patterns = Field(default=(), description="Nothing is read from such a row on.")
    fill_merged: Texts = Field(default=(), description="Columns filled downwards.")
    group_total: Flag = Field(default=False, description="Totals head the places below them.")
    css: Css | None = Field(default=None, description="HTML: which table.")
    overrides: tuple[OverrideSettings, ...] = Field(default=(), description="Odd sheets.")

    def to_table(self) -> plain.Table:
        """Return it as connectors know it."""
        category = self.category
        return plain.Table(
            sheets=self.sheets,
            header=self.header.to_header(),
            category=plain.CategoryRows(
                when=category.when, regex=category.regex, levels=category.levels
            ),
            skip=self.skip,
            stop=self.stop,
            fill_merged=self.fill_merged,
            group_total=self.group_total,
            css=self.css or "",
            overrides=tuple(override.to_override() for override in self.overrides),
        )


class LimitSettings(LateSection):
    """What an untrusted file may cost (suppliers contract 11)."""

    memory_mib: Count = Field(default=1200, ge=200, le=16384, description="Address space.")
    seconds: Count = Field(default=120, ge=5, le=3600, description="Of the reader.")
    inflated_mib: Count = Field(default=600, ge=1, le=16384, description="Once unpacked.")
    members: Count = Field(default=5000, ge=1, le=100_000, description="Files of an archive.")
    cells: Count = Field(default=40_000_000, ge=1000, description="Rows by columns of a sheet.")
    staging_mib: Count = Field(default=2048, ge=16, description="What the reader may write.")

    def to_limits(self) -> plain.ReadLimits:
        """Return it as connectors know it."""
        return plain.ReadLimits(**self.model_dump())
