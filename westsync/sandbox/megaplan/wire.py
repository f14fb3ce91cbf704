"""Megaplan's JSON values: links, moments, days, money, and the refusals that speak of them.

Everything inside the stand-in is kept in wire form, so that what a client sent and what it gets
back differ only where the contract says so (contract 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeGuard

from westsync.sandbox.standin.refusal import Refusal

# JSON objects of a foreign API: their values are checked against the typebook, not by mypy.
Doc = dict[str, Any]
Ref = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One entry of ``meta.errors``: the field (None if none) and a free text (contract 2.1)."""

    message: str
    field: str | None = None


class Refused(Refusal):
    """The server says no.

    Attributes:
        status: HTTP status, repeated in ``meta.status``.
        complaints: What ``meta.errors`` lists.
    """

    def __init__(self, status: int, *complaints: Complaint) -> None:
        """Refuse with a status and its reasons."""
        self.status = status
        self.complaints = complaints
        super().__init__(f"{status}: " + "; ".join(found.message for found in complaints))


def invalid(message: str, field: str | None = None) -> Refused:
    """Return the refusal of a request that does not fit its type (422)."""
    return Refused(422, Complaint(message=message, field=field))


def forbidden(message: str) -> Refused:
    """Return the refusal of an action that this user may not do now (403)."""
    return Refused(403, Complaint(message=message))


def missing(content_type: str, entity_id: str) -> Refused:
    """Return the refusal for an entity that does not exist or is hidden (404)."""
    return Refused(404, Complaint(message=f"{content_type} {entity_id} not found"))


def link(content_type: str, entity_id: str | int) -> Doc:
    """Return a bare link; ids are always texts in answers (contract 2.4)."""
    return {"contentType": content_type, "id": str(entity_id)}


def bare(doc: Doc) -> Doc:
    """Return the bare link of an entity or of a link."""
    return {"contentType": doc["contentType"], "id": str(doc["id"])}


def ref(doc: Doc) -> Ref:
    """Return the pair that identifies the entity a link points to."""
    return (str(doc["contentType"]), str(doc["id"]))


def is_link(value: object) -> TypeGuard[Doc]:
    """Whether a value points to an entity (has ``contentType`` and ``id``)."""
    return isinstance(value, dict) and "contentType" in value and value.get("id") is not None


def moment(at: datetime) -> Doc:
    """Return a ``DateTime``: UTC with ``+00:00``, whole seconds (contract 3)."""
    return {
        "contentType": "DateTime",
        "value": at.astimezone(UTC).replace(microsecond=0).isoformat(),
    }


def read_moment(value: object) -> datetime:
    """Return the UTC moment of a ``DateTime``.

    Raises:
        Refused: It is not one, or has no offset.
    """
    text = value.get("value") if isinstance(value, dict) else value
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError as exc:
        raise invalid(f"'{text}' is not a valid DateTime") from exc
    if at.tzinfo is None:
        raise invalid(f"'{text}' has no offset from UTC")
    return at.astimezone(UTC)


def day(on: date) -> Doc:
    """Return a ``DateOnly``; its month counts from zero (contract 3)."""
    return {"contentType": "DateOnly", "year": on.year, "month": on.month - 1, "day": on.day}


def read_day(value: object) -> date:
    """Return the date of a ``DateOnly``.

    Raises:
        Refused: It is not one.
    """
    if not isinstance(value, dict) or value.get("contentType") != "DateOnly":
        raise invalid("'stdClass' is not assignable to 'DateOnly'")
    try:
        return date(int(value["year"]), int(value["month"]) + 1, int(value["day"]))
    except (KeyError, TypeError, ValueError) as exc:
        raise invalid("DateOnly is not a calendar date; month counts from zero") from exc


def money(amount: Decimal | float, currency: str = "RUB") -> Doc:
    """Return a ``Money`` in the account's main currency (contract 3)."""
    value = float(amount)
    plain = int(value) if value.is_integer() else value
    return {
        "contentType": "Money",
        "currency": currency,
        "valueInMain": plain,
        "rate": 1,
        "value": plain,
    }


def amount(value: object) -> Decimal:
    """Return the sum of a ``Money``, zero if there is none."""
    if not isinstance(value, dict) or value.get("value") is None:
        return Decimal(0)
    return Decimal(str(value["value"]))


def to_wire(value: object) -> object:
    """Return a Python value in wire form: moments, days, sums, and lists of them."""
    match value:
        case datetime():
            return moment(value)
        case date():
            return day(value)
        case Decimal():
            return money(value)
        case list() | tuple():
            return [to_wire(item) for item in value]
        case _:
            return value
