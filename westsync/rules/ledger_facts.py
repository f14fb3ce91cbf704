"""The facts of a deal that 1C tells: money, shipping papers, and its side of the bills.

1C owns the figures (design 6): where a bill of the deal is an invoice of 1C, total, date and
payment are those of 1C. A bill that nobody found in 1C makes the money unknown, not zero.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from westsync.domain.facts import Unknown
from westsync.domain.ledger import PaymentStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from westsync.domain.ledger import LedgerInvoice, LedgerRef, Payment, Shipment
    from westsync.domain.records import CrmInvoice, DealRecord
    from westsync.domain.settlement.values import InvoiceState, Question
    from westsync.rules.fact_setup import FactSetup

REJECTED = "rejected"
UPD, TORG12, FACTURA = "УПД", "ТОРГ-12", "Счёт-фактура"
PAYMENT_WORDS: Mapping[PaymentStatus, str] = {
    PaymentStatus.UNPAID: "unpaid",
    PaymentStatus.PARTLY: "partly",
    PaymentStatus.PAID: "paid",
    PaymentStatus.CANCELLED: "cancelled",
}
NOT_IN_1C: Mapping[str, object] = {
    "in_onec": False,
    "posted": False,
    **dict.fromkeys(("payment", "paid", "remaining", "overpaid", "proof")),
}
_PAPERS = ("shipments", "documents_ready")
_MONEY = ("paid_total", "overpaid_total", "first_paid_at", "fully_paid_at", "payments")
_ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledInvoice:
    """An invoice of the deal with everything 1C says about it.

    Attributes:
        bill: The deal's own record of it; None if the manager made none.
        state: How far it is paid; None before its money was placed.
        shipments: What was shipped by it.
        questions: Payments that may be for it; a person decides.
        fell_at: When less was last found paid than before; None if never.
    """

    invoice: LedgerInvoice
    bill: CrmInvoice | None = None
    state: InvoiceState | None = None
    shipments: tuple[Shipment, ...] = ()
    questions: tuple[Question, ...] = ()
    fell_at: datetime | None = None

    @property
    def is_live(self) -> bool:
        """Whether it is neither cancelled in 1C nor rejected in the CRM."""
        is_rejected = self.bill is not None and self.bill.status == REJECTED
        is_cancelled = self.state is not None and self.state.status is PaymentStatus.CANCELLED
        return not (self.invoice.marked or is_rejected or is_cancelled)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerSeen:
    """What the ledger mirror holds of a deal.

    Attributes:
        invoices: To the client, oldest first.
        suppliers: Suppliers' invoices for the deal.
        payments: The payments that the shares of all states name.
        shipments_read: False if no channel tells shipments, or none was read yet.
    """

    invoices: tuple[SettledInvoice, ...] = ()
    suppliers: tuple[SettledInvoice, ...] = ()
    payments: Mapping[LedgerRef, Payment] = field(default_factory=dict)
    shipments_read: bool = True


def ledger_facts(
    deal: DealRecord, seen: LedgerSeen, values: Mapping[str, object], setup: FactSetup
) -> dict[str, object]:
    """Return the facts that 1C tells or tells better than the CRM.

    Args:
        deal: As the CRM shows it.
        seen: What 1C shows.
        values: Facts that the CRM alone tells, to add to.
        setup: The office zone, in which a bare date begins.
    """
    joined = {one.bill.id: one for one in seen.invoices if one.bill is not None}
    return {
        **_bills(deal, seen, joined, setup),
        **_money(deal, seen, joined),
        **_papers(seen),
        "supplier_invoices": (*_tuple(values["supplier_invoices"]), *_suppliers(seen)),
        "payment_questions": tuple(_questions(seen.invoices)),
        "paid_fell_at": max(
            (one.fell_at for one in seen.invoices if one.fell_at is not None), default=None
        ),
    }


def _bills(
    deal: DealRecord,
    seen: LedgerSeen,
    joined: Mapping[str, SettledInvoice],
    setup: FactSetup,
) -> dict[str, object]:
    only_crm = [bill for bill in deal.invoices if bill.id not in joined]
    live = [one.invoice for one in seen.invoices if one.is_live]
    hoped = [bill for bill in only_crm if bill.status != REJECTED]
    totals = [invoice.total for invoice in live]
    totals += [bill.total for bill in hoped if bill.total is not None]
    moments = [invoice.at for invoice in live if invoice.posted]
    moments += [_midnight(bill, setup) for bill in hoped if bill.issued_on is not None]
    return {
        "invoices": (
            *(_joined_item(one) for one in seen.invoices),
            *(_crm_item(bill, setup) for bill in only_crm),
        ),
        "invoice_total": sum(totals, Decimal(0)) if totals else None,
        "invoice_issued_at": min(moments, default=None),
    }


def _joined_item(one: SettledInvoice) -> dict[str, object]:
    state = one.state
    status = None if state is None or state.status is None else PAYMENT_WORDS[state.status]
    return {
        "number": one.invoice.number,
        "status": one.bill.status if one.bill is not None else _crm_status(one),
        "total": one.invoice.total,
        "issued_at": one.invoice.at,
        "in_onec": True,
        "posted": one.invoice.posted,
        "payment": status,
        "paid": None if state is None else state.paid,
        "remaining": None if state is None else state.remaining,
        "overpaid": None if state is None else state.overpaid,
        "proof": None if state is None else state.source.value,
    }


def _crm_status(one: SettledInvoice) -> str:
    """Return what Megaplan would call an invoice that only 1C has (Megaplan contract 4.9)."""
    if not one.is_live:
        return REJECTED
    if one.state is not None and one.state.status is PaymentStatus.PAID:
        return "paid"
    return "drawn" if one.invoice.posted else "created"


def _crm_item(bill: CrmInvoice, setup: FactSetup) -> dict[str, object]:
    return {
        "number": bill.number,
        "status": bill.status,
        "total": bill.total,
        "issued_at": None if bill.issued_on is None else _midnight(bill, setup),
        **NOT_IN_1C,
    }


def _midnight(bill: CrmInvoice, setup: FactSetup) -> datetime:
    assert bill.issued_on is not None  # noqa: S101 - both callers have looked
    return datetime.combine(bill.issued_on, time(), setup.zone).astimezone(UTC)


def _money(
    deal: DealRecord, seen: LedgerSeen, joined: Mapping[str, SettledInvoice]
) -> dict[str, object]:
    why = _why_unknown(deal, seen, joined)
    if why is not None:
        return dict.fromkeys(_MONEY, Unknown(why))
    states = [one.state for one in seen.invoices if one.state is not None]
    firsts = [state.first_paid_at for state in states if state.first_paid_at is not None]
    return {
        "paid_total": sum((state.paid for state in states), _ZERO),
        "overpaid_total": sum((state.overpaid for state in states), _ZERO),
        "first_paid_at": min(firsts, default=None),
        "fully_paid_at": _fully_paid_at([one for one in seen.invoices if one.is_live]),
        "payments": tuple(_payments(states, seen.payments)),
    }


def _why_unknown(
    deal: DealRecord, seen: LedgerSeen, joined: Mapping[str, SettledInvoice]
) -> str | None:
    if any(one.state is None for one in seen.invoices):
        return "its money is not placed yet"
    if any(one.invoice.foreign_currency and one.is_live for one in seen.invoices):
        return "an invoice is in a foreign currency"
    if any(one.is_live for one in seen.invoices):
        return None
    if "invoices" in deal.hidden:
        return "the bills are hidden in Megaplan"
    for bill in deal.invoices:
        if bill.id not in joined and bill.status != REJECTED and bill.number:
            return f"bill {bill.number} is not found in 1C"
    return None


def _fully_paid_at(live: list[SettledInvoice]) -> datetime | Unknown | None:
    states = [one.state for one in live if one.state is not None]
    if not states or any(state.status is not PaymentStatus.PAID for state in states):
        return None
    moments = [state.fully_paid_at for state in states if state.fully_paid_at is not None]
    if len(moments) < len(states):
        return Unknown("marked as paid in 1C, and the money is not found")
    return max(moments)


def _payments(
    states: Iterable[InvoiceState], known: Mapping[LedgerRef, Payment]
) -> Iterator[dict[str, object]]:
    shares = [share for state in states for share in state.shares]
    for share in sorted(shares, key=lambda one: (one.at, one.payment, one.invoice)):
        payment = known.get(share.payment)
        yield {
            "number": _order_number(payment),
            "at": share.at,
            "amount": share.amount,
            "kind": None if payment is None else payment.kind.value,
            "payer": None if payment is None else payment.payer or None,
            "proof": share.proof.value,
        }


def _questions(invoices: Iterable[SettledInvoice]) -> Iterator[dict[str, object]]:
    shown: set[LedgerRef] = set()
    for one in invoices:
        for question in one.questions:
            payment = question.payment
            if payment.ref in shown:
                continue
            shown.add(payment.ref)
            hints = [c.hint for c in question.candidates if c.invoice == one.invoice.ref]
            yield {
                "number": _order_number(payment),
                "at": payment.at,
                "amount": question.amount,
                "payer": payment.payer or None,
                "purpose": payment.purpose or None,
                "invoice": one.invoice.number,
                "hint": hints[0].value if hints else None,
                "alone": len(question.candidates) == 1,
            }


def _order_number(payment: Payment | None) -> str | None:
    return None if payment is None else payment.incoming_number or payment.number or None


def _papers(seen: LedgerSeen) -> dict[str, object]:
    if not seen.shipments_read:
        return dict.fromkeys(_PAPERS, Unknown("1C has not told shipments"))
    live = [one for one in seen.invoices if one.is_live]
    papers = [paper for one in live for shipment in one.shipments for paper in _paper(shipment)]
    return {
        "shipments": tuple(papers),
        "documents_ready": bool(live) and all(_has_papers(one.shipments) for one in live),
    }


def _has_papers(shipments: tuple[Shipment, ...]) -> bool:
    """Return whether what was shipped has all its papers (1C contract 7.1)."""
    valid = [one for one in shipments if one.posted and not one.marked]
    complete = [one for one in valid if one.is_upd or one.is_vat_free or one.factura is not None]
    return bool(valid) and len(complete) == len(valid)


def _paper(shipment: Shipment) -> Iterator[dict[str, object]]:
    if not shipment.posted or shipment.marked:
        return
    kind = UPD if shipment.is_upd else TORG12
    yield {"kind": kind, "number": shipment.number, "at": shipment.at, "total": shipment.total}
    if shipment.factura is not None:
        yield {"kind": FACTURA, "number": shipment.factura, "at": shipment.at, "total": None}


def _suppliers(seen: LedgerSeen) -> Iterator[dict[str, object]]:
    for one in seen.suppliers:
        if one.is_live:
            is_paid = one.state is not None and one.state.status is PaymentStatus.PAID
            yield {
                "number": one.invoice.incoming_number or one.invoice.number,
                "state": "paid" if is_paid else "received",
                "amount": one.invoice.total,
                "attached_at": one.invoice.at,
            }


def _tuple(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()
