"""Gathering invoices and payments: of 1C where it is connected, else of the CRM's own bills."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from westsync.domain.intents import ObjectRef
from westsync.domain.settlement.same_money import same_money
from westsync.domain.settlement.values import is_from_buyers
from westsync.reports.gathered import Invoice, Receipt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from westsync.domain.ledger import LedgerInvoice, LedgerRef, Payment
    from westsync.domain.records import CrmInvoice, DealRecord
    from westsync.jobs.report_deals import DealBook
    from westsync.jobs.report_sources import LedgerRows, Sources
    from westsync.reports.gathered import DealLine
    from westsync.reports.model import Period

# Statuses of a bill in Megaplan (contract 4.9).
_ISSUED = frozenset({"drawn", "paid"})
_PAID = "paid"
_ZERO = Decimal("0.00")
# A bank row and 1C's document of the same money lie at most this far apart (`same_money`).
_PAIRS_WITHIN = timedelta(days=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """What was issued and received in a period.

    Attributes:
        undated: Bills of the CRM that are paid without saying when.
    """

    invoices: tuple[Invoice, ...]
    receipts: tuple[Receipt, ...]
    undated: tuple[ObjectRef, ...] = ()


def gather_crm_money(sources: Sources, book: DealBook, period: Period) -> Money:
    """Return a period's money after the bills in deals (contract 4.9).

    A bill counts as issued on its date if it is drawn or paid, and as paid on the day of
    ``actualPaymentDate``.
    """
    invoices: list[Invoice] = []
    receipts: list[Receipt] = []
    undated: list[ObjectRef] = []
    for deal in sources.rows.deals_with_invoices():
        for bill in deal.invoices:
            if bill.status not in _ISSUED:
                continue
            ref = ObjectRef(kind="invoice", id=bill.id)
            if bill.issued_on is not None and period.first <= bill.issued_on <= period.last:
                invoices.append(_crm_invoice(sources, book, deal, bill))
            if bill.status == _PAID and bill.paid_at is None:
                undated.append(ref)
            elif bill.status == _PAID and bill.paid_at and period.holds(bill.paid_at):
                receipts.append(_crm_receipt(sources, book, deal, bill, period))
    return Money(invoices=tuple(invoices), receipts=tuple(receipts), undated=tuple(undated))


def _crm_invoice(sources: Sources, book: DealBook, deal: DealRecord, bill: CrmInvoice) -> Invoice:
    if bill.issued_on is None:
        raise AssertionError("only dated bills are counted")
    return Invoice(
        ref=ObjectRef(kind="invoice", id=bill.id),
        number=bill.number,
        dated=bill.issued_on,
        client=_client_name(sources, deal),
        amount=bill.total or _ZERO,
        deal=book.line(deal),
    )


def _crm_receipt(
    sources: Sources, book: DealBook, deal: DealRecord, bill: CrmInvoice, period: Period
) -> Receipt:
    if bill.paid_at is None:
        raise AssertionError("only bills with a day of payment are counted")
    return Receipt(
        ref=ObjectRef(kind="invoice", id=bill.id),
        dated=period.day_of(bill.paid_at),
        payer=_client_name(sources, deal),
        amount=bill.total or _ZERO,
        invoice=bill.number,
        deal=book.line(deal),
    )


def _client_name(sources: Sources, deal: DealRecord) -> str:
    client = sources.store.mirror.client(deal.client_id) if deal.client_id else None
    return "" if client is None else client.name


def gather_ledger_money(
    sources: Sources, ledger: LedgerRows, book: DealBook, period: Period
) -> Money:
    """Return a period's money after 1C: posted, unmarked documents by their own dates."""
    return Money(
        invoices=tuple(
            _ledger_invoice(sources, book, invoice)
            for invoice in ledger.issued(period.first, period.last)
            if invoice.posted and not invoice.marked
        ),
        receipts=tuple(
            receipt
            for payment in _payments(ledger, period.first, period.last)
            for receipt in _receipts(sources, ledger, book, payment)
        ),
    )


def _ledger_invoice(sources: Sources, book: DealBook, invoice: LedgerInvoice) -> Invoice:
    deal = _deal_of(sources, book, invoice.ref)
    return Invoice(
        ref=ObjectRef(kind="invoice", id=invoice.ref),
        number=invoice.number,
        dated=invoice.dated,
        client=_buyer(sources, deal),
        amount=invoice.total,
        deal=deal,
    )


def _buyer(sources: Sources, line: DealLine | None) -> str:
    """Return the client of an invoice's deal: the documents of 1C carry a key, not a name."""
    deal = sources.store.mirror.deal(line.ref.id) if line is not None else None
    return "" if deal is None else _client_name(sources, deal)


def _deal_of(sources: Sources, book: DealBook, invoice: LedgerRef | None) -> DealLine | None:
    """Return the deal of an invoice; the first one where several share it."""
    if invoice is None:
        return None
    lines = (book.line_of(deal) for deal in sources.store.ledger.deals_of(invoice))
    return next((line for line in lines if line is not None), None)


def _payments(ledger: LedgerRows, first: date, last: date) -> Sequence[Payment]:
    """Return the days' money from buyers and back to them (negative).

    What bank and 1C both show counts as 1C's, on the day of its document.
    """
    around = ledger.received(first - _PAIRS_WITHIN, last + _PAIRS_WITHIN)
    told_twice = same_money(around).keys()
    return [
        payment
        for payment in around
        if first <= payment.dated <= last
        and payment.counts
        and (is_from_buyers(payment) or payment.amount < 0)
        and payment.ref not in told_twice
    ]


def _receipts(
    sources: Sources, ledger: LedgerRows, book: DealBook, payment: Payment
) -> Iterator[Receipt]:
    """Divide a payment among the invoices it counts for; the rest belongs to none."""
    rest = payment.amount
    for invoice, amount in _parts(ledger, payment):
        rest -= amount
        found = sources.store.ledger.invoice(invoice)
        number = found.number if found is not None else ""
        yield _receipt(payment, amount, number, _deal_of(sources, book, invoice))
    if rest:
        yield _receipt(payment, rest, "", None)


def _parts(ledger: LedgerRows, payment: Payment) -> Sequence[tuple[LedgerRef, Decimal]]:
    """Return what settlement found, and before it has run what the accountant linked."""
    shares = ledger.shares_of(payment.ref)
    if shares:
        return [(share.invoice, share.amount) for share in shares]
    return [(row.invoice, row.amount) for row in payment.rows if row.invoice is not None]


def _receipt(payment: Payment, amount: Decimal, invoice: str, deal: DealLine | None) -> Receipt:
    return Receipt(
        ref=ObjectRef(kind="payment", id=payment.ref),
        dated=payment.dated,
        payer=payment.payer,
        amount=amount,
        invoice=invoice,
        deal=deal,
    )
