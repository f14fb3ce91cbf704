"""Payments: what 1C's money says of the invoices beside what the bills of the deals say.

How money is placed is the business of `westsync.domain.settlement`; here its outcome is compared,
and what it could not place is shown to a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from westsync.domain.backfill import Category, Difference, Finding, Owner, Remedy, Span, Subject
from westsync.domain.ledger import PaymentStatus
from westsync.domain.settlement.values import is_from_buyers
from westsync.jobs.backfill.bills import PAID, REJECTED, is_cancelled, money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.domain.ledger import LedgerInvoice
    from westsync.domain.records import CrmInvoice, DealRecord
    from westsync.domain.settlement.values import InvoiceState, Question
    from westsync.journal.backfill import Workbook


class PaymentComparison:
    """Compares the money of one working file; invoices are joined as the daemon joins them."""

    def __init__(self, workbook: Workbook, span: Span) -> None:
        """Work on what was read for a span."""
        self._workbook = workbook
        self._ledger = workbook.store.ledger
        self._span = span

    def findings(self) -> Iterator[Finding]:
        """Yield every finding: bill by bill, then the money that nobody could place."""
        for deal in self._workbook.deals():
            for one in self._ledger.invoices_of(deal):
                state = self._ledger.state(one.invoice.ref)
                is_asked = one.invoice.dated in self._span and not is_cancelled(one.invoice)
                if one.bill is not None and state is not None and is_asked:
                    yield from self._of_bill(_Paid(deal, one.bill, one.invoice, state))
        for question in self._workbook.questions(self._span):
            if is_from_buyers(question.payment):
                yield self._of_question(question)

    def _of_bill(self, one: _Paid) -> Iterator[Finding]:
        bill, state = one.bill, one.state
        if bill.status == REJECTED or state.status is None:
            return  # the invoices tell of the one, nobody decides a foreign currency by itself
        is_noted, is_paid = bill.status == PAID, state.status is PaymentStatus.PAID
        if is_noted == is_paid:
            if is_paid or state.paid:
                yield _of_invoice(Category.MATCH, "same", one)
        elif is_paid:
            yield _of_invoice(Category.MISSING_IN_MEGAPLAN, "paid_not_noted", one)
        elif state.paid > 0:
            yield _of_invoice(Category.DIFFERS, "paid_in_part", one)
        elif not self._ledger.questions_about(one.invoice.ref):
            yield _of_invoice(Category.MISSING_IN_1C, "paid_without_money", one)
        # else its money may be the one that is asked about, which has a row of its own

    def _of_question(self, question: Question) -> Finding:
        payment = question.payment
        shown = question.candidates
        best = shown[0].invoice if shown else None
        deals = () if best is None else self._ledger.deals_of(best)
        if shown:
            reason = "refund_of_which_invoice" if question.amount < 0 else "which_invoice"
        else:
            reason = "refund_of_no_invoice" if question.amount < 0 else "no_invoice"
        return Finding(
            subject=Subject.PAYMENTS,
            category=Category.AMBIGUOUS if shown else Category.MISSING_IN_MEGAPLAN,
            reason=reason,
            deal=deals[0] if len(deals) == 1 else "",
            ref=payment.ref,
            number=payment.incoming_number or payment.number,
            dated=payment.dated,
            inn=payment.inn,
            name=payment.payer,
            amount=question.amount,
            candidates=tuple(f"{one.number} {one.dated:%d.%m.%Y}" for one in shown),
            remedy=Remedy.COMMENT if len(deals) == 1 else Remedy.NONE,
        )


@dataclass(frozen=True, slots=True)
class _Paid:
    """A bill of a deal, the invoice that it is, and how far that is paid."""

    deal: DealRecord
    bill: CrmInvoice
    invoice: LedgerInvoice
    state: InvoiceState


def _of_invoice(category: Category, reason: str, one: _Paid) -> Finding:
    found: tuple[Difference, ...] = ()
    remedy = Remedy.NONE
    if category is not Category.MATCH:
        remedy = Remedy.MARK_PAID if reason == "paid_not_noted" else Remedy.COMMENT
        found = (
            Difference(
                field="paid",
                megaplan=one.bill.status,
                onec=money(one.state.paid),
                owner=Owner.ONEC,
            ),
        )
    return Finding(
        subject=Subject.PAYMENTS,
        category=category,
        reason=reason,
        deal=one.deal.id,
        bill=one.bill.id,
        client=one.deal.client_id or "",
        ref=one.invoice.ref,
        number=one.invoice.number,
        dated=one.invoice.dated,
        inn=one.invoice.inn,
        amount=one.invoice.total,
        differences=found,
        remedy=remedy,
    )
