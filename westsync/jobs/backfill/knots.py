"""Bills and invoices that may be each other: which hang together, and what is said of them."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from westsync.domain.backfill import Category, Finding, Remedy, Subject
from westsync.domain.records import StageType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from westsync.domain.ledger import LedgerInvoice, LedgerRef
    from westsync.domain.records import CrmInvoice, DealRecord
    from westsync.journal.port import Store

_MARKER = re.compile(r"WS:megaplan:deal:\w+:invoice:\d+")


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill that was not found in 1C at first sight, and the client it is for."""

    deal: DealRecord
    bill: CrmInvoice
    inns: frozenset[str]

    @property
    def id(self) -> tuple[str, str]:
        """Ids of the deal and of the bill."""
        return self.deal.id, self.bill.id


@dataclass(slots=True)
class Puzzle:
    """Bills and the invoices that they may be, while it is not clear which is which."""

    bills: dict[tuple[str, str], Bill] = field(default_factory=dict)
    of_bill: dict[tuple[str, str], list[LedgerInvoice]] = field(default_factory=dict)
    of_invoice: dict[LedgerRef, list[tuple[str, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, bill: Bill, invoices: Sequence[LedgerInvoice]) -> None:
        """Note a bill and the invoices that it may be."""
        self.bills[bill.id] = bill
        self.of_bill[bill.id] = list(invoices)
        for invoice in invoices:
            self.of_invoice[invoice.ref].append(bill.id)

    def knots(self) -> Iterator[tuple[list[Bill], list[LedgerInvoice]]]:
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


def marker_in(invoice: LedgerInvoice) -> str:
    """Return our marker in an invoice's comment; empty if there is none (1C contract 8.1)."""
    found = _MARKER.search(invoice.comment)
    return "" if found is None else found[0]


def day_of(bill: CrmInvoice, deal: DealRecord) -> date:
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


def missing_in_onec(bill: Bill) -> Finding:
    """Return the finding of a bill that 1C does not have."""
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


def ambiguous(bills: Sequence[Bill], invoices: Sequence[LedgerInvoice]) -> Finding:
    """Return the finding of bills and invoices of which nobody knows which is which."""
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


def of_invoice(
    category: Category,
    reason: str,
    *,
    invoice: LedgerInvoice,
    deal: DealRecord | None = None,
    deal_id: str = "",
    candidates: tuple[str, ...] = (),
    remedy: Remedy = Remedy.NONE,
) -> Finding:
    """Return the finding of an invoice of 1C; ``deal_id`` names a deal that is not there."""
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
