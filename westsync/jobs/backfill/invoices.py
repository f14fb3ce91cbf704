"""Invoices: the bills of the deals beside the invoices to clients of 1C.

Three passes. What the daemon itself would join (`westsync.journal.ledger_joins`) is compared field
by field. A bill that is left finds the invoice it most probably is, if one and only one is near.
Invoices that no deal has claimed then are missing in Megaplan.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.domain.backfill import Category, Finding, Remedy, Span, Subject
from westsync.domain.records import StageType
from westsync.domain.requisites import number_key
from westsync.domain.settlement.joining import is_same_bill, marked_deal
from westsync.jobs.backfill.bills import (
    REJECTED,
    differences,
    is_cancelled,
    is_near,
    is_number_same,
    is_same_but_number,
)
from westsync.jobs.backfill.knots import (
    Bill,
    Puzzle,
    ambiguous,
    day_of,
    inns_of,
    marker_in,
    missing_in_onec,
    of_invoice,
)
from westsync.journal.ledger import CLIENT, Group

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from westsync.domain.ledger import LedgerInvoice
    from westsync.domain.records import CrmInvoice, DealRecord
    from westsync.journal.backfill import Workbook
    from westsync.journal.ledger import Joined
    from westsync.journal.port import Store

# How far beside its invoice's date a bill is still looked at.
_MISTYPED = timedelta(days=62)


class InvoiceComparison:
    """Compares the invoices of one working file."""

    def __init__(self, workbook: Workbook, span: Span) -> None:
        """Work on what was read for a span."""
        self._workbook = workbook
        self._store: Store = workbook.store
        self._span = span

    def findings(self) -> Iterator[Finding]:
        """Yield every finding; the claims of the deals are noted on the way."""
        for deal in self._workbook.deals():
            yield from self._of_deal(deal)
            yield from self._made_twice(deal)
        yield from self._of_open_bills()
        for invoice in self._workbook.client_invoices(self._span):
            if invoice.posted and not is_cancelled(invoice):
                yield self._unclaimed(invoice)

    # -- what the daemon would join ------------------------------------------------------------

    def _of_deal(self, deal: DealRecord) -> list[Finding]:
        joined = self._store.ledger.invoices_of(deal)
        inns = inns_of(self._store, deal)
        found: list[Finding] = []
        taken: set[str] = set()
        with self._workbook.transaction():
            for one in joined:
                bill = one.bill
                self._workbook.claim(one.invoice.ref, deal.id, "" if bill is None else bill.id)
                if bill is not None:
                    taken.add(bill.id)
                if self._is_asked(deal, [bill], [one.invoice]):
                    found += self._joined(deal, one, inns)
            for bill in deal.invoices:
                if bill.id not in taken and self._may_concern(bill, deal):
                    self._workbook.leave_open(deal.id, bill.id)
        return found

    def _is_asked(
        self, deal: DealRecord, bills: Iterable[CrmInvoice | None], invoices: list[LedgerInvoice]
    ) -> bool:
        """Return whether one side is of the span; what is read beside it only answers for it."""
        days = {day_of(bill, deal) for bill in bills if bill is not None}
        return any(day in self._span for day in days | {one.dated for one in invoices})

    def _made_twice(self, deal: DealRecord) -> Iterator[Finding]:
        """Say when one marker stands in several valid invoices: one of them is too much."""
        twins: dict[str, list[LedgerInvoice]] = defaultdict(list)
        for one in self._store.ledger.invoices_of(deal):
            invoice = one.invoice
            if marked_deal(invoice) == deal.id and invoice.posted and not is_cancelled(invoice):
                twins[marker_in(invoice)].append(invoice)
        for found in twins.values():
            if len(found) > 1 and found[0].dated in self._span:
                yield of_invoice(
                    Category.AMBIGUOUS,
                    "made_twice",
                    invoice=found[0],
                    deal=deal,
                    candidates=tuple(f"{one.number} {one.dated:%d.%m.%Y}" for one in found),
                    remedy=Remedy.COMMENT,
                )

    def _may_concern(self, bill: CrmInvoice, deal: DealRecord) -> bool:
        """Return whether a bill may be an invoice of the span, were its date mistyped."""
        if bill.status == REJECTED:
            return False
        day = day_of(bill, deal)
        return self._span.since - _MISTYPED <= day < self._span.until + _MISTYPED

    def _joined(self, deal: DealRecord, one: Joined, inns: frozenset[str]) -> Iterator[Finding]:
        if one.bill is None:
            if not is_cancelled(one.invoice):
                yield of_invoice(Category.MATCH, "marked", deal=deal, invoice=one.invoice)
            return
        yield self._compared(Bill(deal, one.bill, inns), one.invoice)

    def _compared(self, bill: Bill, invoice: LedgerInvoice) -> Finding:
        found = differences(bill.bill, invoice, bill.inns)
        return Finding(
            subject=Subject.INVOICES,
            category=Category.DIFFERS if found else Category.MATCH,
            reason="fields_differ" if found else "same",
            deal=bill.deal.id,
            bill=bill.bill.id,
            client=bill.deal.client_id or "",
            ref=invoice.ref,
            number=invoice.number,
            dated=invoice.dated,
            inn=invoice.inn,
            amount=invoice.total,
            differences=found,
            remedy=Remedy.COMMENT if found else Remedy.NONE,
        )

    # -- what is near --------------------------------------------------------------------------

    def _of_open_bills(self) -> Iterator[Finding]:
        puzzle = Puzzle()
        for deal_id, bill_id in self._workbook.open_bills():
            bill = self._bill(deal_id, bill_id)
            if bill is None or self._is_settled_elsewhere(bill):
                continue
            near = self._candidates(bill)
            if near:
                puzzle.add(bill, near)
            elif day_of(bill.bill, bill.deal) in self._span:
                yield missing_in_onec(bill)
        for bills, invoices in puzzle.knots():
            with self._workbook.transaction():
                for invoice in invoices:
                    deal = bills[0].deal.id if len(bills) == len(invoices) == 1 else ""
                    self._workbook.claim(invoice.ref, deal, bills[0].bill.id)
            if not any(self._is_asked(one.deal, [one.bill], invoices) for one in bills):
                continue
            if len(bills) == len(invoices) == 1:
                yield self._compared(bills[0], invoices[0])
            else:
                yield ambiguous(bills, invoices)

    def _bill(self, deal_id: str, bill_id: str) -> Bill | None:
        deal = self._store.mirror.deal(deal_id)
        if deal is None:
            return None
        bill = next((one for one in deal.invoices if one.id == bill_id), None)
        return None if bill is None else Bill(deal, bill, inns_of(self._store, deal))

    def _is_settled_elsewhere(self, bill: Bill) -> bool:
        """Return whether a lost deal repeats a bill that another deal has: nothing is wrong."""
        if bill.deal.stage_type is not StageType.NEGATIVE:
            return False
        return any(
            is_same_bill(one, bill.bill, bill.inns)
            and self._workbook.claimed_by(one.ref) is not None
            for one in self._numbered(bill.bill)
        )

    def _candidates(self, bill: Bill) -> list[LedgerInvoice]:
        """Return the free invoices that a bill may be: of its number, else with a wrong number."""
        by_number = [
            one
            for one in self._numbered(bill.bill)
            if is_number_same(bill.bill, one)
            and is_near(bill.bill, one, bill.inns)
            and self._is_free(one, bill.deal.id)
        ]
        if by_number:
            return by_number
        marked = [
            one.invoice
            for one in self._store.ledger.invoices_of(bill.deal)
            if one.bill is None and one.invoice.total == bill.bill.total
        ]
        if marked:
            return marked
        return [
            one
            for inn in sorted(bill.inns)
            for one in self._store.ledger.book_of(Group(CLIENT, inn)).invoices
            if is_same_but_number(bill.bill, one, bill.inns) and self._is_free(one, bill.deal.id)
        ]

    def _is_free(self, invoice: LedgerInvoice, deal: str) -> bool:
        marked = marked_deal(invoice)
        return self._workbook.claimed_by(invoice.ref) is None and marked in {None, deal}

    def _numbered(self, bill: CrmInvoice) -> Iterable[LedgerInvoice]:
        digits = number_key(bill.number).digits
        return () if digits is None else self._store.ledger.invoices_numbered(CLIENT, digits)

    # -- what is left in 1C --------------------------------------------------------------------

    def _unclaimed(self, invoice: LedgerInvoice) -> Finding:
        marked = marked_deal(invoice)
        if marked is not None:
            return of_invoice(
                Category.MISSING_IN_MEGAPLAN, "deal_is_gone", invoice=invoice, deal_id=marked
            )
        deals = self._deals_like(invoice)
        known = any(self._store.mirror.payers_with(invoice.inn)) if invoice.inn else False
        reason = "bill_not_in_megaplan" if known or not invoice.inn else "buyer_not_in_megaplan"
        one = deals[0] if len(deals) == 1 else None
        return of_invoice(
            Category.MISSING_IN_MEGAPLAN,
            "deal_without_bill" if one is not None else reason,
            deal=one,
            invoice=invoice,
            candidates=tuple(f"#{deal.id} {deal.name}" for deal in deals),
            remedy=Remedy.COMMENT if one is not None else Remedy.NONE,
        )

    def _deals_like(self, invoice: LedgerInvoice) -> list[DealRecord]:
        """Return deals of the buyer with this price: where the bill is most probably missing."""
        if not invoice.inn:
            return []
        clients = {payer.client_id for payer in self._store.mirror.payers_with(invoice.inn)}
        return [
            deal
            for client in sorted(clients)
            for deal in self._store.mirror.deals_of(client)
            if deal.price == invoice.total and not deal.invoices
        ]
