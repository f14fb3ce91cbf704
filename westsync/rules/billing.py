"""From a deal to the invoice that 1C is asked to make (1C contract 4.9.5, 7.2, 8.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from westsync.domain.facts import Unknown
from westsync.domain.ledger import Buyer, InvoiceLine, InvoiceSpec
from westsync.domain.ledger_keys import invoice_marker, invoice_ref
from westsync.domain.requisites import (
    KOPECK,
    VatRate,
    is_inn,
    is_kpp,
    vat_included,
    vat_on_top,
    vat_rate_on,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from westsync.domain.facts import Facts

ORGANISATION = "organisation"
_CONTRACT = "contract_number"
_QUANTITY = Decimal("0.001")
# The general rate (1C contract 7.2); a company with a simplified tax names its own.
USUAL_RATES = (
    VatRate(since=date(2019, 1, 1), percent=Decimal(20), name="НДС20"),
    VatRate(since=date(2026, 1, 1), percent=Decimal(22), name="НДС22"),
)


class Unbillable(Exception):
    """A deal lacks something that an invoice needs; says what, in words for a dead letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Billing:
    """How the company bills.

    Attributes:
        rates: VAT by first day.
        prices_include_vat: The deal's prices are what the client pays.
        zone: The server's zone: its date decides the rate.
    """

    zone: ZoneInfo
    rates: Sequence[VatRate] = USUAL_RATES
    prices_include_vat: bool = True

    def spec(self, facts: Facts, number: int, now: datetime) -> InvoiceSpec:
        """Return the n-th invoice of a deal.

        Args:
            facts: Of a deal.
            number: Counts the invoices that we make for it, from 1.
            now: Its moment (UTC); the same invoice asked for again keeps its first one.

        Raises:
            Unbillable: Buyer, positions or prices are not complete, or nobody knows which contract.
        """
        rate = vat_rate_on(now.astimezone(self.zone).date(), self.rates)
        if rate is None:
            raise Unbillable("no rate of VAT holds today; see onec.vat_rates")
        lines = _records(facts.values.get("lines"))
        if not lines:
            raise Unbillable("the deal has no positions")
        buyer = buyer_of(facts)
        return InvoiceSpec(
            ref=invoice_ref(facts.id, number),
            marker=invoice_marker(facts.id, number),
            dated_at=now,
            buyer=buyer,
            contract_number=_contract_of(facts) if buyer.is_organisation else None,
            lines=tuple(self._line(line, place, rate) for place, line in enumerate(lines, 1)),
            prices_include_vat=self.prices_include_vat,
        )

    def _line(self, line: Mapping[str, object], place: int, rate: VatRate) -> InvoiceLine:
        quantity, price, name = line.get("quantity"), line.get("price"), line.get("name")
        if isinstance(quantity, int):
            quantity = Decimal(quantity)  # as rule tests write it
        if not isinstance(quantity, Decimal) or quantity <= 0:
            raise Unbillable(f"position {place} has no quantity")
        if not isinstance(price, Decimal) or price <= 0:
            raise Unbillable(f"position {place} has no price")
        amount = (quantity * price).quantize(KOPECK, ROUND_HALF_UP)
        vat = vat_included if self.prices_include_vat else vat_on_top
        return InvoiceLine(
            name=str(name or "").strip() or f"позиция {place}",
            article=str(line.get("article") or ""),
            quantity=quantity.quantize(_QUANTITY, ROUND_HALF_UP),
            price=price.quantize(KOPECK, ROUND_HALF_UP),
            amount=amount,
            vat_rate=rate.name,
            vat_amount=vat(amount, rate.percent),
        )


def buyer_of(facts: Facts) -> Buyer:
    """Return whom a deal's invoice is for.

    Raises:
        Unbillable: The client has no name, or an organisation no valid ИНН and КПП.
    """
    name, inn, kpp = (_text(facts, f"client_{part}") for part in ("name", "inn", "kpp"))
    if not name:
        raise Unbillable("the client has no name")
    is_organisation = _text(facts, "client_kind") == ORGANISATION
    if inn and not is_inn(inn):
        raise Unbillable(f"ИНН {inn} is not valid")
    if is_organisation and len(inn) != 10 and not (len(inn) == 12 and not kpp):
        raise Unbillable("the organisation has no ИНН")
    if is_organisation and len(inn) == 10 and not is_kpp(kpp):
        raise Unbillable(f"КПП '{kpp}' is not valid")
    # A sole trader has twelve digits and no КПП: in 1C he is a person (1C contract 7.1).
    return Buyer(
        name=name,
        inn=inn,
        kpp=kpp if len(inn) == 10 else "",
        is_organisation=is_organisation and len(inn) == 10,
    )


def _contract_of(facts: Facts) -> str | None:
    """Return the number of the contract where the deal names one; organisations only (7.1).

    Its date is left to 1C: the number is enough, and two contracts that share it are for a person.

    Raises:
        Unbillable: A field is configured for it and cannot be read.
    """
    value = facts.values.get(_CONTRACT)
    if isinstance(value, Unknown):
        raise Unbillable(f"the contract is not known: {value.why}")
    return _text(facts, _CONTRACT) or None


def _text(facts: Facts, name: str) -> str:
    value = facts.values.get(name)
    return value.strip() if isinstance(value, str) and not isinstance(value, Unknown) else ""


def _records(value: object) -> tuple[Mapping[str, object], ...]:
    return value if isinstance(value, tuple) else ()
