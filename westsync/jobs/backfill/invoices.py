"""Invoices: the bills of the deals beside the invoices to clients of 1C.

Three passes. What the daemon itself would join (`westsync.journal.ledger_joins`) is compared field
by field. A bill that is left finds the invoice it most probably is, if one and only one is near.
Invoices that no deal has claimed then are missing in Megaplan.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
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
from westsync.journal.ledger import CLIENT, Group

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from westsync.domain.ledger import LedgerInvoice, LedgerRef
    from westsync.domain.records import CrmInvoice, DealRecord
    from westsync.journal.backfill import Workbook
    from westsync.journal.ledger import Joined
    from westsync.journal.port import Store

# How far beside its invoice's date a bill is still looked at.
_MISTYPED = timedelta(days=62)


@dataclass(frozen=True, slots=True)
class _Bill:
    """A bill that was not found in 1C at first sight, and the client it is for."""

    deal: DealRecord
    bill: CrmInvoice
    inns: frozenset[str]

    @property
    def id(self) -> tuple[str, str]:
        return self.deal.id, self.bill.id


@dataclass(slots=True)
class _Puzzle:
    """Bills and the invoices that they may be, while it is not clear which is which."""

    bills: dict[tuple[str, str], _Bill] = field(default_factory=dict)
    of_bill: dict[tuple[str, str], list[LedgerInvoice]] = field(default_factory=dict)
    of_invoice: dict[LedgerRef, list[tuple[str, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, bill: _Bill, invoices: Sequence[LedgerInvoice]) -> None:
        self.bills[bill.id] = bill
        self.of_bill[bill.id] = list(invoices)
        for invoice in invoices:
            self.of_invoice[invoice.ref].append(bill.id)

    def knots(self) -> Iterator[tuple[list[_Bill], list[LedgerInvoice]]]:
        """Yield the bills and invoices that hang together, each once."""
        waiting = dict(self.of_bill)
        while waiting:
            first = next(iter(waiting))
            ids, invoices, reached = [], {}, [first]
            while reached:
                one = reached.pop()
                if one not in waiting:
                    continue
                ids.append(one)
                for invoice in waiting.pop(one):
                    invoices[invoice.ref] = invoice
                    reached += self.of_invoice[invoice.ref]
            yield [self.bills[one] for one in ids], list(invoices.values())


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
                if one.invoice.dated in self._span:
                    found += self._joined(deal, one, inns)
            for bill in deal.invoices:
                if bill.id not in taken and self._may_concern(bill, deal):
                    self._workbook.leave_open(deal.id, bill.id)
        return found

    def _may_concern(self, bill: CrmInvoice, deal: DealRecord) -> bool:
        """Return whether a bill may be an invoice of the span, were its date mistyped."""
        if bill.status == REJECTED:
            return False
        day = _day_of(bill, deal)
        return self._span.since - _MISTYPED <= day < self._span.until + _MISTYPED

    def _joined(self, deal: DealRecord, one: Joined, inns: frozenset[str]) -> Iterator[Finding]:
        if one.bill is None:
            if not is_cancelled(one.invoice):
                yield _finding(Category.MATCH, "marked", deal=deal, invoice=one.invoice)
            return
        yield self._compared(_Bill(deal, one.bill, inns), one.invoice)

    def _compared(self, bill: _Bill, invoice: LedgerInvoice) -> Finding:
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
        puzzle = _Puzzle()
        for deal_id, bill_id in self._workbook.open_bills():
            bill = self._bill(deal_id, bill_id)
            if bill is None or self._is_settled_elsewhere(bill):
                continue
            near = self._candidates(bill)
            if near:
                puzzle.add(bill, near)
            elif _day_of(bill.bill, bill.deal) in self._span:
                yield _missing_in_onec(bill)
        for bills, invoices in puzzle.knots():
            with self._workbook.transaction():
                for invoice in invoices:
                    deal = bills[0].deal.id if len(bills) == len(invoices) == 1 else ""
                    self._workbook.claim(invoice.ref, deal, bills[0].bill.id)
            if len(bills) == len(invoices) == 1:
                yield self._compared(bills[0], invoices[0])
            else:
                yield _ambiguous(bills, invoices)

    def _bill(self, deal_id: str, bill_id: str) -> _Bill | None:
        deal = self._store.mirror.deal(deal_id)
        if deal is None:
            return None
        bill = next((one for one in deal.invoices if one.id == bill_id), None)
        return None if bill is None else _Bill(deal, bill, inns_of(self._store, deal))

    def _is_settled_elsewhere(self, bill: _Bill) -> bool:
        """Return whether a lost deal repeats a bill that another deal has: nothing is wrong."""
        if bill.deal.stage_type is not StageType.NEGATIVE:
            return False
        return any(
            is_same_bill(one, bill.bill, bill.inns)
            and self._workbook.claimed_by(one.ref) is not None
            for one in self._numbered(bill.bill)
        )

    def _candidates(self, bill: _Bill) -> list[LedgerInvoice]:
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
            return _finding(
                Category.MISSING_IN_MEGAPLAN, "deal_is_gone", invoice=invoice, deal_id=marked
            )
        deals = self._deals_like(invoice)
        known = any(self._store.mirror.payers_with(invoice.inn)) if invoice.inn else False
        reason = "bill_not_in_megaplan" if known or not invoice.inn else "buyer_not_in_megaplan"
        one = deals[0] if len(deals) == 1 else None
        return _finding(
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


def _day_of(bill: CrmInvoice, deal: DealRecord) -> date:
    """Return the day of a bill; one without a date goes by its deal."""
    return bill.issued_on or deal.created_at.date()


def inns_of(store: Store, deal: DealRecord) -> frozenset[str]:
    """Return every ИНН of a deal's client."""
    if deal.client_id is None:
        return frozenset()
    payers = store.mirror.payers_of(deal.client_id)
    client = store.mirror.client(deal.client_id)
    known = [payer.inn for payer in payers] + [None if client is None else client.inn]
    return frozenset(inn for inn in known if inn)


def _missing_in_onec(bill: _Bill) -> Finding:
    is_lost = bill.deal.stage_type is StageType.NEGATIVE
    return Finding(
        subject=Subject.INVOICES,
        category=Category.MISSING_IN_1C,
        reason="bill_not_in_onec_of_lost_deal" if is_lost else "bill_not_in_onec",
        deal=bill.deal.id,
        bill=bill.bill.id,
        client=bill.deal.client_id or "",
        number=bill.bill.number,
        dated=bill.bill.issued_on,
        inn=", ".join(sorted(bill.inns)),
        amount=bill.bill.total,
        remedy=Remedy.COMMENT if is_lost else Remedy.ISSUE,
    )


def _ambiguous(bills: Sequence[_Bill], invoices: Sequence[LedgerInvoice]) -> Finding:
    first, invoice = bills[0], invoices[0]
    one_bill = len(bills) == 1
    return Finding(
        subject=Subject.INVOICES,
        category=Category.AMBIGUOUS,
        reason="several_invoices_fit" if one_bill else "several_bills_fit",
        deal=first.deal.id,
        bill=first.bill.id,
        client=first.deal.client_id or "",
        ref="" if one_bill else invoice.ref,
        number=first.bill.number,
        dated=first.bill.issued_on,
        inn=invoice.inn,
        amount=first.bill.total,
        candidates=tuple(
            [f"{one.number} {one.dated:%d.%m.%Y}" for one in invoices]
            + [f"#{one.deal.id} {one.deal.name}" for one in bills]
        ),
        remedy=Remedy.COMMENT,
    )


def _finding(
    category: Category,
    reason: str,
    *,
    invoice: LedgerInvoice,
    deal: DealRecord | None = None,
    deal_id: str = "",
    candidates: tuple[str, ...] = (),
    remedy: Remedy = Remedy.NONE,
) -> Finding:
    return Finding(
        subject=Subject.INVOICES,
        category=category,
        reason=reason,
        deal=deal_id if deal is None else deal.id,
        client="" if deal is None else deal.client_id or "",
        ref=invoice.ref,
        number=invoice.number,
        dated=invoice.dated,
        inn=invoice.inn,
        amount=invoice.total,
        candidates=candidates,
        remedy=remedy,
    )
