"""What a reading comes to: counts and texts for a person, or a refusal with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003 - msgspec reads annotations at run time
from enum import StrEnum

from westsync.connectors.suppliers.profile import Format
from westsync.domain.stock import Availability, Flag, PriceRole  # noqa: TC001 - as above


class RefusalCode(StrEnum):
    """Why a file is unusable (suppliers contract 10, 11)."""

    NOT_A_FILE_HTML = "not_a_file_html"
    TRUNCATED = "truncated"
    ARCHIVE_BOMB = "archive_bomb"
    READER_CRASHED = "reader_crashed"
    READER_TIMEOUT = "reader_timeout"
    PASSWORD_PROTECTED = "password_protected"  # noqa: S105 - the name of a verdict
    ENTITY_DECLARED = "entity_declared"
    WRONG_TYPE = "wrong_type"
    DAMAGED = "damaged"
    NO_MEMBER = "no_member"
    NO_UNPACKER = "no_unpacker"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The file could not be read; the last good snapshot stays.

    Attributes:
        detail: What was found, where, and what a person can do, one or two English sentences.
    """

    code: RefusalCode
    detail: str


class FileRefused(Exception):
    """Raised inside the child where a file turns out to be unusable."""

    def __init__(self, code: RefusalCode, detail: str) -> None:
        """Carry the refusal."""
        self.refusal = Refusal(code=code, detail=detail)
        super().__init__(detail)


class Note(StrEnum):
    """What was odd about the whole file."""

    REPAIRED = "repaired"
    DELTA = "delta"
    UNDECODABLE = "undecodable"
    AS_OF_FUTURE = "as_of_future"
    AS_OF_UNREADABLE = "as_of_unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantityText:
    """One text of the stock cells and what it was taken for, with its count.

    Attributes:
        understood: False: no dictionary knows it; such texts come first.
    """

    text: str
    availability: Availability
    understood: bool
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How one table or feed was understood.

    Attributes:
        name: Sheet or file; empty if there is only one.
        header: Joined texts of the header by column; fields of a feed.
        columns: Field -> the column or path it is read from.
        missing: Required fields and other expectations that were not met.
        absent: Optional fields of the profile that the file does not have.
    """

    name: str = ""
    header: tuple[str, ...] = ()
    columns: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One file, read and staged; whether it is accepted, the guards say.

    Attributes:
        staging: Path of the file with the offers (`staging.offers` walks it).
        kind: What the file is by its content.
        encoding, delimiter: Of text; empty where there is none.
        layouts: One per sheet or member that was read.
        fingerprint: Hash of all headers; another one is a changed layout.
        items: Offers staged. `in_stock`: those of them with status in_stock or low.
        categories, skipped: Heading rows, and rows left out by rule or because nothing is in them.
        bad_rows: Items with a missing required field, an unmapped value or a broken row.
        unknown_quantities: Items whose stock text no dictionary knows.
        flags: Flag -> number of items that carry it.
        notes: What was odd about the whole file.
        quantities: Texts of stock cells, unknown ones first, then by count; at most 500.
        as_of: Moment (UTC) the supplier states; None if none is stated.
        as_of_source: Where it was stated.
        compared_prices, broken_order: Items with two ranked prices, and those where dealer is
            above wholesale or wholesale above retail (suppliers contract 7.2).
        skipped_samples: The first texts of rows left out by rule.
    """

    staging: str = ""
    kind: Format = Format.AUTO
    encoding: str = ""
    delimiter: str = ""
    layouts: tuple[Layout, ...] = ()
    fingerprint: str = ""
    items: int = 0
    in_stock: int = 0
    categories: int = 0
    skipped: int = 0
    bad_rows: int = 0
    unknown_quantities: int = 0
    flags: dict[Flag, int] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    quantities: tuple[QuantityText, ...] = ()
    as_of: datetime | None = None
    as_of_source: str = ""
    compared_prices: int = 0
    broken_order: int = 0
    roles: tuple[PriceRole, ...] = ()
    skipped_samples: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Return every expectation of the layout that was not met, with its sheet."""
        return tuple(
            f"{layout.name}: {what}" if layout.name else what
            for layout in self.layouts
            for what in layout.missing
        )
