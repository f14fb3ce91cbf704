"""The facts of a deal that its custom fields tell."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from westsync.domain.facts import FactType, Unknown
from westsync.rules.operators import is_empty

if TYPE_CHECKING:
    from westsync.domain.records import DealRecord, FieldValue
    from westsync.rules.fact_setup import FactSetup

HIDDEN = "hidden in Megaplan"


def custom_facts(deal: DealRecord, setup: FactSetup) -> dict[str, object]:
    """Return the facts that configured custom fields tell; one that is not shown is unknown."""
    told, hidden = deal.custom, deal.hidden
    return {
        (name := spec.name): _typed(told[name], spec.type, setup)
        if name in told and name not in hidden
        else Unknown(HIDDEN)
        for spec in setup.catalogue.custom
    }


def _typed(value: FieldValue, kind: FactType, setup: FactSetup) -> object:
    """Turn a custom field's value into the fact's type; what does not fit is unknown."""
    if kind is FactType.FLAG:
        return value is True or (isinstance(value, str) and value.casefold() in {"да", "true", "1"})
    if is_empty(value):
        return None
    if kind is FactType.MOMENT:
        return _moment(str(value), setup)
    if kind is FactType.NUMBER or kind is FactType.MONEY:
        try:
            return Decimal(str(value).replace(",", ".").replace(" ", ""))
        except InvalidOperation:
            return Unknown(f"'{value}' is not a number")
    return ", ".join(value) if isinstance(value, tuple) else str(value).strip() or None


def _moment(text: str, setup: FactSetup) -> datetime | Unknown:
    """Read an ISO moment; a bare date begins at midnight of the office."""
    try:
        if len(text) == len("2026-11-24"):
            return setup.begin_of(date.fromisoformat(text))
        moment = datetime.fromisoformat(text)
    except ValueError:
        return Unknown(f"'{text}' is not a date")
    return moment if moment.tzinfo else moment.replace(tzinfo=setup.zone).astimezone(UTC)
