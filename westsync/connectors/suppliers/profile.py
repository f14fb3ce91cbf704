"""How one supplier source is described: the sections of ``config/suppliers/*.yaml``.

Plain values, complete for suppliers contract 13. The settings check the YAML and build these; the
connectors only read them. Sections about getting the file are in `profile_fetch`, about a portal in
`profile_portal`, about the fields of a row in `profile_fields`. A text that starts with ``~`` is a
regular expression wherever the contract says so; texts may hold ``${secret:name}`` only in
`fetch` and `portal`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from westsync.connectors.suppliers.profile_fields import Fields
from westsync.ports.stock import SupplierContact, Timing

if TYPE_CHECKING:
    from westsync.connectors.suppliers.profile_fetch import Fetch
    from westsync.connectors.suppliers.profile_portal import PortalProfile
    from westsync.domain.stock import Availability, PriceRole, SourceId


class Format(StrEnum):
    """What a file is (suppliers contract 4). `AUTO` decides by content."""

    AUTO = "auto"
    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    CSV = "csv"
    DBF = "dbf"
    YML = "yml"
    XML = "xml"
    COMMERCEML = "commerceml"
    SPREADSHEETML = "spreadsheetml"
    HTML = "html"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Timing):
    """When the source is fetched.

    Attributes:
        on_demand: Asked only when a deal needs it (portals).
    """

    on_demand: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpack:
    """Which files of an archive are the price list.

    Attributes:
        member: Name pattern (``~`` regex, else shell pattern, case ignored); empty: every file that
            can be read. All members that match are read into one snapshot.
        password: Reserved for archives with a password; such archives are refused while empty.
    """

    member: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """How bytes become rows or records (suppliers contract 4 and 5).

    Attributes:
        encoding: Python's name; empty: guessed. Fix it once a source works.
        delimiter: One character; empty: guessed.
        quote: One character; empty: quotes are ordinary text.
        header_rows: CSV and DBF: rows before the data when fields are given by letter; None: the
            header is searched for.
        expect_columns: A table whose header has another number of columns is a changed layout.
        item: Local name of the element of one offer; empty: the format's own.
        items: JSON: path of the list of offers; empty: the document itself is the list.
        repair: XML that is not well-formed is read again through the repairing filter.
        styles: Read fills, number formats and hidden columns too (slow, openpyxl).
        hidden_sheets, hidden_columns: ``skip`` or ``read``; the latter needs `styles` to skip.
    """

    format: Format = Format.AUTO
    encoding: str = ""
    delimiter: str = ""
    quote: str = '"'
    header_rows: int | None = None
    expect_columns: int | None = None
    item: str = ""
    items: str = ""
    repair: bool = True
    styles: bool = False
    hidden_sheets: str = "skip"
    hidden_columns: str = "read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Where the header of a table is (suppliers contract 6.1, 6.2).

    Attributes:
        within: Rows that are searched from the top.
        row: Fixed number of the header's first row, from 1; None: searched for.
        rows: How many rows make up the header.
        join: What stands between their texts.
        min_hits: Columns of the profile that must be found by name in the row.
    """

    within: int = 40
    row: int | None = None
    rows: int = 1
    join: str = " / "
    min_hits: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRows:
    """Which rows are headings of the goods below them (suppliers contract 6.4).

    Attributes:
        when: ``only_first_cell`` (only one of the first columns is filled) or ``never``.
        regex: Text of a heading row; empty: `when` alone decides.
        levels: How many headings above one another make up the category.
    """

    when: str = "only_first_cell"
    regex: str = ""
    levels: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetOverride:
    """What is different on one sheet; None keeps the profile's own."""

    sheet: str
    header: Header | None = None
    fields: Fields | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Layout of a table (suppliers contract 6).

    Attributes:
        sheets: Names or ``~regex``; empty: all visible ones but copies.
        skip: Rows whose first filled cell is one of these texts, or fits a ``~regex``, are left
            out; totals ("Итого") and repeated headers are left out without being named.
        stop: Nothing is read from the first row that matches on.
        fill_merged: Column names whose merged cells are filled downwards.
        group_total: Rows whose number equals the sum of the rows below head a place.
        css: HTML: which table; empty: the one with the header.
    """

    sheets: tuple[str, ...] = ()
    header: Header = Header()
    category: CategoryRows = CategoryRows()
    skip: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    fill_merged: tuple[str, ...] = ()
    group_total: bool = False
    css: str = ""
    overrides: tuple[SheetOverride, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantityRules:
    """The source's own words for quantities (suppliers contract 7.1, step 0).

    Attributes:
        blank: What an empty cell says: ``unknown``, ``out`` or ``in_stock``.
        map: Cleaned text or ``~regex`` -> meaning, in order; exact texts go before patterns.
    """

    blank: str = "unknown"
    map: tuple[tuple[str, Availability], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRules:
    """How prices are written (suppliers contract 7.2).

    Attributes:
        currency: ISO 4217; used where neither the cell nor the column says another.
        decimal: ``,`` or ``.``: decides "1,234" when the column does not; empty: thousands.
        ue: Currency that "у.е." stands for; empty: such prices keep the currency ``UE``.
    """

    currency: str = "RUB"
    decimal: str = ""
    ue: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRules:
    """How our articles are looked for in this source (suppliers contract 8).

    Attributes:
        keys: Of ``supplier_code``, ``vendor_code``, ``barcode``, in the order to try.
        strip_prefixes: Prefixes of our shop's articles that the supplier does not know.
        duplicates: ``sum`` (one row per warehouse) or ``ask``.
        name_acts: A match by name may act alone.
    """

    keys: tuple[str, ...] = ("supplier_code", "vendor_code")
    strip_prefixes: tuple[str, ...] = ()
    duplicates: str = "ask"
    name_acts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AsOf:
    """Where the supplier states the moment of the data (suppliers contract 10).

    Exactly one of `cell`, `file_name` and `path` is filled.

    Attributes:
        cell: ``~regex`` searched in the cells above the data; its first group is the moment.
        file_name: Regex on the file's or archive member's name.
        path: XML or JSON path from the root, ``/yml_catalog/@date``.
        format: `strptime` format; empty: the usual spellings are tried.
        zone: IANA name for moments without one.
    """

    cell: str = ""
    file_name: str = ""
    path: str = ""
    format: str = ""
    zone: str = "Europe/Moscow"


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptRules:
    """When a reading replaces the last good one (suppliers contract 10). Shares are of 1.

    Attributes:
        min_rows: Fewer items are no price list; None only for portals.
        max_age: Older data are accepted, but answers from them are stale.
        max_unchanged: The same bytes for longer are worth a warning.
        absence: What a missing row says: ``out``, ``unknown`` or ``unchanged``.
        first: ``auto`` takes the first reading without a person; ``hold`` asks.
        cache: How long a portal's answer is reused.
    """

    min_rows: int | None = None
    max_age: timedelta = timedelta(days=3)
    max_unchanged: timedelta = timedelta(days=4)
    absence: str = "unknown"
    as_of: AsOf | None = None
    first: str = "hold"
    cache: timedelta = timedelta(hours=2)
    bad_rows: Decimal = Decimal("0.02")
    unknown_quantity: Decimal = Decimal("0.10")
    rows_drop: Decimal = Decimal("0.5")
    stock_drop: Decimal = Decimal("0.4")
    keys_kept: Decimal = Decimal("0.6")
    price_shift: Decimal = Decimal(2)
    role_order: Decimal = Decimal("0.05")
    odd_rows: Decimal = Decimal("0.05")
    unquoted: Decimal = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """Rows of another source of the same supplier that complete ours (suppliers contract 13.5).

    Attributes:
        on: Field that is equal in both, e.g. ``supplier_code``.
        take: Fields that are taken from the other source.
    """

    source: SourceId
    on: str = "supplier_code"
    take: tuple[str, ...] = ("prices",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLimits:
    """What an untrusted file may cost; a source may raise it (suppliers contract 11)."""

    memory_mib: int = 1200
    seconds: int = 120
    inflated_mib: int = 600
    members: int = 5000
    cells: int = 40_000_000
    staging_mib: int = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One source of one supplier.

    Attributes:
        revision: Hash of the file that described it: a new one holds the next snapshot.
        supplier: Id of the supplier several sources belong to; `id` if there is only one.
        names: What our products call the supplier, besides id, supplier and title.
    """

    id: SourceId
    title: str = ""
    enabled: bool = True
    revision: str = ""
    supplier: str = ""
    names: tuple[str, ...] = ()
    contact: SupplierContact = field(default_factory=SupplierContact)
    schedule: Schedule = Schedule()
    fetch: Fetch | None = None
    unpack: Unpack = Unpack()
    read: Read = Read()
    table: Table = Table()
    fields: Fields = field(default_factory=Fields)
    quantity: QuantityRules = QuantityRules()
    price: PriceRules = PriceRules()
    match: MatchRules = MatchRules()
    accept: AcceptRules = AcceptRules()
    limits: ReadLimits = ReadLimits()
    join: Join | None = None
    portal: PortalProfile | None = None
    notes: str = ""

    @property
    def sells_in(self) -> tuple[PriceRole, ...]:
        """Return the roles the source has prices of."""
        return tuple(role for role, _ in self.fields.prices)
