"""Which invoices a person is shown for money that could not be placed (1C contract 7.4 d, f)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.purposes import read_purpose
from westsync.domain.settlement.ladder import NUMBER_FOR, paid_on
from westsync.domain.settlement.values import Bill, Candidate, Hint, Question, party_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from decimal import Decimal

    from westsync.domain.ledger import LedgerRef
    from westsync.domain.purposes import Mention

MOST = 10  # a person reads no longer list


def candidates(
    question: Question, bills: Iterable[Bill], remaining: Mapping[LedgerRef, Decimal]
) -> tuple[Candidate, ...]:
    """Return up to `MOST` invoices that a payment may be for, best first.

    Args:
        question: The money.
        bills: Those of the payer, and those of anybody with a number the purpose names.
        remaining: Invoice -> roubles still to be paid, as far as known.
    """
    mentions = read_purpose(question.payment.purpose).invoices
    day = paid_on(question.payment)
    found = []
    for bill in {bill.ref: bill for bill in bills}.values():
        hint = _hint(question, bill, mentions, remaining.get(bill.ref), day)
        if hint is not None:
            found.append((_rank(hint, question, bill, remaining.get(bill.ref), day), hint, bill))
    found.sort(key=lambda entry: entry[0])
    return tuple(
        Candidate(invoice=bill.ref, number=bill.invoice.number, dated=bill.dated, hint=hint)
        for _, hint, bill in found[:MOST]
    )


def _hint(
    question: Question,
    bill: Bill,
    mentions: tuple[Mention, ...],
    remaining: Decimal | None,
    day: date,
) -> Hint | None:
    payment = question.payment
    is_payers = bill.party != "" and bill.party == party_of(payment.inn, payment.counterparty)
    named = [mention for mention in mentions if mention.key.means(bill.key)]
    if any(mention.agrees_with(bill.dated) for mention in named):
        return Hint.NUMBER_AND_DATE
    if not day - NUMBER_FOR <= bill.dated <= day:
        return None
    if named:
        return Hint.NUMBER_AND_PAYER if is_payers else Hint.NUMBER
    if not is_payers:
        return None
    return Hint.PAYER_AND_AMOUNT if _fits(question, bill, remaining) else Hint.PAYER


def _fits(question: Question, bill: Bill, remaining: Decimal | None) -> bool:
    if question.amount < 0:  # a refund is of what was paid
        return bill.invoice.total - (remaining or 0) == -question.amount
    return question.amount in {remaining, bill.invoice.total}


def _rank(
    hint: Hint, question: Question, bill: Bill, remaining: Decimal | None, day: date
) -> tuple[int, bool, bool, int, str]:
    """Sort by hint, then cancelled and paid ones last, the fitting sum and the newest first."""
    is_settled = remaining is not None and remaining <= 0 < question.amount
    return (
        list(Hint).index(hint),
        bill.invoice.marked or is_settled,
        not _fits(question, bill, remaining),
        abs((day - bill.dated).days),
        bill.ref,
    )
