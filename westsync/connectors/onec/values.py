"""1C's values on the wire (1C contract 2.4), read tolerantly and written strictly."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING, TypeAlias

from westsync.domain.ledger import LedgerRef
from westsync.domain.requisites import KOPECK

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

# What `msgspec.json` makes of JSON; numbers with a fraction are Decimal, never float.
Json: TypeAlias = "bool | int | float | Decimal | str | list[Json] | dict[str, Json] | None"

EMPTY_REF = "00000000-0000-0000-0000-000000000000"
THOUSANDTH = Decimal("0.001")
_EMPTY_YEAR = 1
_GROUPS = re.compile(r"[\s\u00a0\u202f]")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,10})?")
_KOPECKS_AFTER_DASH = re.compile(r"([0-9]+)-([0-9]{2})")


def text(value: object) -> str:
    """Return a string without the spaces with which 1C fills it up on the right; else empty."""
    return value.rstrip() if isinstance(value, str) else ""


def flag(value: object) -> bool:
    """Return whether a value is true; SOAP services also write it as text."""
    return value is True or value == "true"


def reference(value: object) -> LedgerRef | None:
    """Return the key of a reference; None for the empty reference or what is no key."""
    if not isinstance(value, str) or value == EMPTY_REF:
        return None
    try:
        return LedgerRef(str(uuid.UUID(value)))
    except ValueError:
        return None


def moment(value: object, zone: ZoneInfo) -> datetime | None:
    """Return the UTC moment of a wall clock of the server; None for the empty date.

    Args:
        value: ``2025-02-01T09:30:00`` or a naive datetime, as zeep reads it.
        zone: Zone of the server's clock, which is not on the wire.
    """
    local = wall_clock(value)
    return None if local is None else local.replace(tzinfo=zone).astimezone(UTC)


def day(value: object) -> date | None:
    """Return the date of a wall clock of the server; None for the empty date."""
    local = wall_clock(value)
    return None if local is None else local.date()


def wall_clock(value: object) -> datetime | None:
    """Return a naive wall clock; None for the empty date or what is no date.

    An offset, which 1C never sends, is dropped: the digits are the server's clock.
    """
    if isinstance(value, datetime):
        read = value
    elif isinstance(value, str) and value:
        try:
            read = datetime.fromisoformat(value)
        except ValueError:
            return None
    else:
        return None
    return None if read.year == _EMPTY_YEAR else read.replace(tzinfo=None, microsecond=0)


def local_moment(at: datetime, zone: ZoneInfo) -> datetime:
    """Return the server's naive wall clock, whole seconds, of an aware moment."""
    return at.astimezone(zone).replace(tzinfo=None, microsecond=0)


def wire_moment(at: datetime, zone: ZoneInfo) -> str:
    """Return how a moment travels: the server's wall clock, never an offset."""
    return local_moment(at, zone).isoformat()


def wire_day(on: date) -> str:
    """Return how a date travels: midnight of the server's clock."""
    return datetime.combine(on, time()).isoformat()


def number(value: object) -> Decimal | None:
    """Return a number; None if it is none.

    Customer-written services write it as text in ways of their own (1C contract 3.2):
    ``1 234,50``, ``1234-50``, with any kind of space.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        return Decimal(value) if Decimal(value).is_finite() else None
    if isinstance(value, float):
        return number(repr(value))
    if not isinstance(value, str):
        return None
    written = _GROUPS.sub("", value).replace(",", ".")
    if parts := _KOPECKS_AFTER_DASH.fullmatch(written):
        written = f"{parts[1]}.{parts[2]}"
    return Decimal(written) if _PLAIN_NUMBER.fullmatch(written) else None


def money(value: object) -> Decimal | None:
    """Return roubles with two places, half a kopeck rounded up; None if it is no number."""
    read = number(value)
    try:
        return None if read is None else read.quantize(KOPECK, ROUND_HALF_UP)
    except InvalidOperation:
        return None
