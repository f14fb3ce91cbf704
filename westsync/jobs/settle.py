"""Placing the money of every party whose documents changed, a batch of parties at a time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import structlog

from westsync.domain.purposes import read_purpose
from westsync.domain.settlement.book import settle
from westsync.domain.settlement.candidates import candidates
from westsync.domain.settlement.values import bill_of
from westsync.journal.ledger import CLIENT

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from westsync.domain.ledger import LedgerInvoice, LedgerRef
    from westsync.domain.settlement.values import (
        Candidate,
        PaymentChange,
        Question,
        Settlement,
        Terms,
    )
    from westsync.journal.ledger import Group
    from westsync.journal.port import Store
    from westsync.journal.port_ledger import Ledger

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Placed:
    """What a round of settling came to.

    Attributes:
        changes: Invoices that are paid otherwise than before.
        questions: Payments of clients among them that nobody could place.
    """

    changes: list[PaymentChange] = field(default_factory=list)
    questions: int = 0


def settle_changed(
    store: Store, terms: Terms, now: datetime, progress: Callable[[], None]
) -> Placed:
    """Settle every party that is marked; a crash leaves the marks of those that are not done."""
    placed = Placed()
    while groups := store.ledger.unsettled():
        with store.transaction():  # a batch is saved once: each save waits for the disk
            for group in groups:
                _settle_one(store.ledger, group, terms, now, placed)
                progress()
    return placed


def _settle_one(ledger: Ledger, group: Group, terms: Terms, now: datetime, placed: Placed) -> None:
    book = ledger.book_of(group)
    bills = [bill_of(invoice) for invoice in book.invoices]
    settlement = settle(group.party, bills, book.payments, terms, witnesses=book.witnesses)
    asked = tuple(
        replace(question, candidates=_shown(ledger, group, question, book.invoices, settlement))
        for question in settlement.questions
    )
    settlement = replace(settlement, questions=asked)
    changes = ledger.keep_settlement(group, settlement, book.invoices, now)
    placed.changes += changes
    placed.questions += len(asked) if group.side == CLIENT else 0
    for change in changes:
        if change.old is None:  # the first look at an old base would fill the log
            continue
        log.info(
            "invoice.payment_changed",
            ref=change.invoice,
            state="undecided" if change.new is None else change.new.name.lower(),
            fell=change.fell,
        )


def _shown(
    ledger: Ledger,
    group: Group,
    question: Question,
    own: tuple[LedgerInvoice, ...],
    settlement: Settlement,
) -> tuple[Candidate, ...]:
    """Return the payer's invoices and those of others whose number the purpose names."""
    found: dict[LedgerRef, LedgerInvoice] = {invoice.ref: invoice for invoice in own}
    for mention in read_purpose(question.payment.purpose).invoices:
        digits = mention.key.digits
        for invoice in () if digits is None else ledger.invoices_numbered(group.side, digits):
            found.setdefault(invoice.ref, invoice)
    remaining = {ref: state.remaining for ref, state in settlement.states.items()}
    for ref in found.keys() - remaining.keys():
        state = ledger.state(ref)
        remaining[ref] = found[ref].total if state is None else state.remaining
    return candidates(question, (bill_of(one) for one in found.values()), remaining)
