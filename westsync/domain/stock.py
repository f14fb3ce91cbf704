"""What a supplier offers, and what a look-up answers (suppliers contract 2).

Readers make offers, the stock store keeps them, matching chooses among them. Keys of codes and
barcodes, which readers and matching must form alike, are in `westsync.domain.stock_codes`.

A quantity is never a bare number: "есть" has no number, "звоните" is not zero, and "ожидается
12.03" is not twelve. Money is `Decimal` in the stated currency; moments are aware UTC; dates are
days of the supplier's calendar.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime  # noqa: TC003 - msgspec reads annotations at run time
from decimal import Decimal  # noqa: TC003 - as above
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SourceId = NewType("SourceId", str)
"""`id` of a file of ``config/suppliers``: one source of one supplier."""

SnapshotId = NewType("SnapshotId", int)
"""Key of one reading of one source in the stock store."""


class StockStatus(StrEnum):
    """What a supplier says of one article (suppliers contract 2)."""

    IN_STOCK = "in_stock"
    LOW = "low"
    RESERVED = "reserved"
    EXPECTED = "expected"
    ON_ORDER = "on_order"
    OUT = "out"
    DISCONTINUED = "discontinued"
    ASK = "ask"
    UNKNOWN = "unknown"


class PriceRole(StrEnum):
    """What a price is for (suppliers contract 7.2)."""

    RRP = "rrp"
    MRP = "mrp"
    WHOLESALE = "wholesale"
    DEALER = "dealer"
    SPECIAL = "special"


class Flag(StrEnum):
    """What was odd about a row; counted by the acceptance guards (suppliers contract 7, 10)."""

    NEGATIVE = "negative"
    FRACTION = "fraction"
    RESERVE_EXCEEDS = "reserve_exceeds"
    FROM_NUMBER = "from_number"
    SCIENTIFIC = "scientific"
    CODE_AS_DATE = "code_as_date"
    BARCODE_INVALID = "barcode_invalid"
    PRICE_FROM = "from"
    PRICE_AMBIGUOUS = "price_ambiguous"
    PRICE_UNREADABLE = "price_unreadable"
    ROW_LENGTH = "row_length"
    UNQUOTED = "unquoted"
    BAD_VALUE = "bad_value"
    REQUIRED_MISSING = "required_missing"
    DUPLICATE_CONFLICT = "duplicate_conflict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """How much there is, or when it comes.

    Attributes:
        qty_min: Pieces that are certainly there; None if the source does not say (``ask``,
            ``discontinued``, ``unknown``).
        qty_max: Upper bound; None if not known ("есть", "более 50").
        eta_from, eta_to: Days on which the goods are expected, both included; None if unsaid.
        note: ``plenty``, ``approx`` or empty.
    """

    status: StockStatus
    qty_min: int | None = None
    qty_max: int | None = None
    eta_from: date | None = None
    eta_to: date | None = None
    note: str = ""

    @property
    def exact(self) -> bool:
        """Whether the number of pieces is known to the piece."""
        return self.qty_min is not None and self.qty_min == self.qty_max


UNKNOWN = Availability(status=StockStatus.UNKNOWN)
"""Blank, or not understood: never to be told as absence."""

OUT = Availability(status=StockStatus.OUT, qty_min=0, qty_max=0)
"""Stated absence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """An amount of money.

    Attributes:
        amount: Positive; a price that is not told ("звоните", 0) has no `Price` at all.
        currency: ISO 4217, e.g. ``RUB``; ``UE`` for "у.е." that the profile does not translate.
    """

    amount: Decimal
    currency: str = "RUB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One article of one snapshot (suppliers contract 2).

    Attributes:
        source: Which source; empty until the store or the portal sets it.
        snapshot: Which snapshot; None while it is only staged, or from a portal.
        sheet: Sheet of a workbook, file of an archive; empty if there is only one table.
        row_no: Row of the sheet as a person counts it, from 1; number of the offer in a feed.
        supplier_code: The supplier's own code; empty if not given.
        vendor_code: The maker's article; empty if not given.
        barcode: As `stock_codes.barcode` forms it; empty if there is none that is valid (the text
            as found stays in `raw`).
        category: Path of categories joined with " / ".
        unit, pack: As written by the supplier.
        stock_by_place: Availability of each named place; empty if the source has one place.
        flags: What was odd, see `Flag`.
        raw: Original text of quantity, price and code cells, by field.
    """

    source: SourceId = SourceId("")
    snapshot: SnapshotId | None = None
    sheet: str = ""
    row_no: int = 0
    supplier_code: str = ""
    vendor_code: str = ""
    barcode: str = ""
    brand: str = ""
    name: str = ""
    category: str = ""
    unit: str = ""
    pack: str = ""
    availability: Availability = UNKNOWN
    stock_by_place: Mapping[str, Availability] = field(default_factory=dict)
    prices: Mapping[PriceRole, Price] = field(default_factory=dict)
    flags: tuple[Flag, ...] = ()
    raw: Mapping[str, str] = field(default_factory=dict)


class MatchLevel(StrEnum):
    """By what an offer was found to be the asked article (suppliers contract 8)."""

    LINK = "link"
    ARTICLE = "article"
    BARCODE = "barcode"
    ARTICLE_LOOSE = "article_loose"
    NAME = "name"
    AMBIGUOUS = "ambiguous"
    NONE = "none"


class StockDecision(StrEnum):
    """What follows from a look-up (suppliers contract 2); `ASK` becomes a task for a person."""

    YES = "yes"
    NO = "no"
    PARTIAL = "partial"
    EXPECTED = "expected"
    ASK = "ask"


class SourceKind(StrEnum):
    """How the answer was got."""

    FILE = "file"
    API = "api"
    PORTAL = "portal"


@dataclass(frozen=True, slots=True, kw_only=True)
class StockAnswer:
    """The answer to one look-up (suppliers contract 2).

    Attributes:
        as_of: Moment (UTC) the supplier states for the data; None if it states none.
        fetched_at: Moment (UTC) we got the data; None if nothing was ever read.
        source_ref: Source id, with snapshot and row where there are some.
        stale: The data are older than the source's ``accept.max_age``.
        candidates: Up to three offers for a person to choose from.
        reason: Why this level and decision, one sentence in English.
    """

    level: MatchLevel
    decision: StockDecision
    availability: Availability = UNKNOWN
    prices: Mapping[PriceRole, Price] = field(default_factory=dict)
    as_of: datetime | None = None
    fetched_at: datetime | None = None
    source_kind: SourceKind = SourceKind.FILE
    source_ref: str = ""
    stale: bool = False
    candidates: tuple[Offer, ...] = ()
    reason: str = ""


class Verdict(StrEnum):
    """State of a snapshot (suppliers contract 10, 12)."""

    STAGED = "staged"
    ACCEPTED = "accepted"
    HELD = "held"
    REJECTED = "rejected"


_BEST_FIRST = (
    StockStatus.IN_STOCK,
    StockStatus.LOW,
    StockStatus.EXPECTED,
    StockStatus.ON_ORDER,
    StockStatus.RESERVED,
    StockStatus.ASK,
    # Absence is told only if every place tells it: one place we do not understand is a question.
    StockStatus.UNKNOWN,
    StockStatus.DISCONTINUED,
    StockStatus.OUT,
)
_RANK = {status: rank for rank, status in enumerate(_BEST_FIRST)}
_COUNTABLE = frozenset({StockStatus.IN_STOCK, StockStatus.LOW})
_NO_NUMBER = frozenset({StockStatus.ASK, StockStatus.UNKNOWN, StockStatus.DISCONTINUED})


def together(parts: Iterable[Availability]) -> Availability:
    """Return what several places hold together (suppliers contract 7.1).

    Pieces are added up; the status is the best of the places. The upper bound is lost as soon as
    one place does not state one. Nothing at all is `UNKNOWN`.
    """
    given = tuple(parts)
    if len(given) == 1:
        return given[0]
    if not given:
        return UNKNOWN
    best = min(given, key=lambda part: _RANK[part.status])
    if best.status not in _COUNTABLE:
        return best
    stocked = [part for part in given if part.status in _COUNTABLE]
    most = 0
    bounded = not any(part.status in _NO_NUMBER for part in given)
    for part in stocked:
        if part.qty_max is None:
            bounded = False
        else:
            most += part.qty_max
    notes = dict.fromkeys(part.note for part in stocked if part.note)
    return Availability(
        status=best.status,
        qty_min=sum(part.qty_min or 0 for part in stocked),
        qty_max=most if bounded else None,
        note=", ".join(notes),
    )
