"""The facts of a deal that 1C tells: money, shipping papers, and its side of the bills.

1C owns the figures (design 6): where a bill of the deal is an invoice of 1C, total, date and
payment are those of 1C. A bill that nobody found in 1C makes the money unknown, not zero.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from westsync.domain.facts import Unknown
from westsync.domain.ledger import PaymentStatus
from westsync.rules.ledger_papers import paper_facts, supplier_records
from westsync.rules.ledger_picture import REJECTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from westsync.domain.ledger import LedgerRef, Payment
    from westsync.domain.records import CrmInvoice, DealRecord
    from westsync.domain.settlement.values import InvoiceState
    from westsync.rules.fact_setup import FactSetup
    from westsync.rules.ledger_picture import LedgerSeen, SettledInvoice

PAYMENT_WORDS: Mapping[PaymentStatus, str] = {
    PaymentStatus.UNPAID: "unpaid",
    PaymentStatus.PARTLY: "partly",
    PaymentStatus.PAID: "paid",
    PaymentStatus.CANCELLED: "cancelled",
}
NOT_IN_1C: Mapping[str, object] = {
    "in_onec": False,
    "posted": False,
    "ref": None,
    "draft": False,
    "ours": None,
    **dict.fromkeys(("payment", "paid", "remaining", "overpaid", "proof")),
    "notes": (),
}
_MONEY = (
    "paid_total",
    "overpaid_total",
    "first_paid_at",
    "last_paid_at",
    "fully_paid_at",
    "payments",
)
_ZERO = Decimal("0.00")
_FOREIGN = "an invoice is in a foreign currency"


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
        **paper_facts(seen),
        "supplier_invoices": (*_tuple(values["supplier_invoices"]), *supplier_records(seen)),
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
    issued = [one.invoice for one in seen.invoices if one.is_issued]
    hoped = [bill for bill in only_crm if bill.status != REJECTED]
    is_foreign = any(invoice.foreign_currency for invoice in issued)
    totals = [invoice.total for invoice in issued]
    totals += [bill.total for bill in hoped if bill.total is not None]
    moments = [invoice.at for invoice in issued]
    moments += [setup.end_of(bill.issued_on) for bill in hoped if bill.issued_on is not None]
    total = sum(totals, _ZERO) if totals else None
    return {
        "invoices": (
            *(_joined_item(one) for one in seen.invoices),
            *(_crm_item(bill, setup) for bill in only_crm),
        ),
        "invoice_total": Unknown(_FOREIGN) if is_foreign else total,
        "invoice_issued_at": min(moments, default=None),
        "invoice_number": issued[-1].number if issued else None,
        "invoice_draft": next((one.invoice.number for one in seen.invoices if one.is_draft), None),
    }


def _joined_item(one: SettledInvoice) -> dict[str, object]:
    state = one.state
    status = None if state is None or state.status is None else PAYMENT_WORDS[state.status]
    return {
        "crm_id": one.bill.id if one.bill is not None else None,
        "number": one.invoice.number,
        "status": one.bill.status if one.bill is not None else _crm_status(one),
        "total": one.invoice.total,
        "issued_at": one.invoice.at,
        "in_onec": True,
        "posted": one.invoice.posted,
        "ref": one.invoice.ref,
        "draft": one.is_draft,
        "ours": one.number_of_ours,
        "payment": status,
        "paid": None if state is None else state.paid,
        "remaining": None if state is None else state.remaining,
        "overpaid": None if state is None else state.overpaid,
        "proof": None if state is None else state.source.value,
        "notes": () if state is None else state.notes,
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
        "crm_id": bill.id,
        "number": bill.number,
        "status": bill.status,
        "total": bill.total,
        "issued_at": None if bill.issued_on is None else setup.begin_of(bill.issued_on),
        **NOT_IN_1C,
    }


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
        "last_paid_at": max(_came_at(states), default=None),
        "fully_paid_at": _fully_paid_at([one for one in seen.invoices if one.is_issued]),
        "payments": tuple(_payments(states, seen.payments)),
    }


def _why_unknown(
    deal: DealRecord, seen: LedgerSeen, joined: Mapping[str, SettledInvoice]
) -> str | None:
    if any(one.state is None for one in seen.invoices):
        return "its money is not placed yet"
    if any(one.invoice.foreign_currency and one.is_live for one in seen.invoices):
        return _FOREIGN
    if any(one.is_issued for one in seen.invoices):
        return None
    if "invoices" in deal.hidden:
        return "the bills are hidden in Megaplan"
    for bill in deal.invoices:
        if bill.id not in joined and bill.status != REJECTED and bill.number:
            return f"bill {bill.number} is not found in 1C"
    return None


def _came_at(states: Iterable[InvoiceState]) -> Iterator[datetime]:
    """Yield when money came; a refund, whose share is negative, is none that came."""
    return (share.at for state in states for share in state.shares if share.amount > 0)


def _fully_paid_at(issued: list[SettledInvoice]) -> datetime | Unknown | None:
    states = [one.state for one in issued if one.state is not None]
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


def _tuple(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()
