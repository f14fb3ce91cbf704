"""The book of a party: its money is placed on its invoices, and what cannot be is asked about.

Links of the accountant come first, for all payments: what is linked is no longer open. Then the
rest is placed in the order of the money's dates, so that the answer does not depend on the order
in which documents were read.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from westsync.domain.settlement.ladder import Ladder
from westsync.domain.settlement.same_money import same_money
from westsync.domain.settlement.status import state_of
from westsync.domain.settlement.values import (
    ZERO,
    Bill,
    InvoiceState,
    Proof,
    Question,
    Settlement,
    Share,
    Terms,
    party_of,
    unlinked,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from westsync.domain.ledger import LedgerRef, Payment


def settle(
    party: str,
    bills: Sequence[Bill],
    payments: Sequence[Payment],
    terms: Terms,
    *,
    witnesses: Iterable[Payment] = (),
) -> Settlement:
    """Place the money of one party.

    Args:
        party: Whose invoices (`party_of`); the unlinked money of others is not placed here.
        bills: All invoices of the party.
        payments: The party's payments, and all that are linked with its invoices; to clients or
            to suppliers, never both.
        terms: How strictly.
        witnesses: Payments of others of the same sums, to see which bank row is which document.
    """
    known = {payment.ref: payment for payment in (*witnesses, *payments)}
    pairs = same_money(known.values())
    money = sorted(
        (one for one in payments if one.counts and one.ref not in pairs),
        key=lambda one: (one.dated, one.at, one.ref),
    )
    book = _Book(party, bills, terms)
    for payment in money:
        book.link(payment)
    for payment in money:
        if party_of(payment.inn, payment.counterparty) == party:
            book.place(payment)
    return Settlement(
        states=book.states(),
        shares=tuple(book.shares),
        questions=tuple(book.questions),
        same_money={row: pairs[row] for row in pairs if any(p.ref == row for p in payments)},
    )


class _Book:
    """Invoices and what is placed on them so far."""

    def __init__(self, party: str, bills: Sequence[Bill], terms: Terms) -> None:
        self._bills = {bill.ref: bill for bill in bills}
        self._terms = terms
        self._remaining = {bill.ref: bill.invoice.total for bill in bills}
        self._ladder = Ladder(bills, self._remaining, terms, party)
        self.shares: list[Share] = []
        self.questions: list[Question] = []

    def link(self, payment: Payment) -> None:
        """Step (a): place what the accountant linked."""
        linked: dict[LedgerRef, Decimal] = defaultdict(lambda: ZERO)
        for row in payment.rows:
            if row.invoice is not None and row.invoice in self._bills:
                linked[row.invoice] += row.amount
        for invoice, amount in linked.items():
            self._give(payment, invoice, amount, Proof.LINK)

    def place(self, payment: Payment) -> None:
        """Steps (b) to (f): place the rest for certain, or ask."""
        amount = unlinked(payment)
        if amount < 0:
            self._take_back(payment, amount)
        elif amount > 0:
            certain = self._ladder.invoices_of(payment, amount)
            if certain is None:
                self.questions.append(Question(payment=payment, amount=amount))
            else:
                proof, bills = certain
                self._allot(payment, amount, bills, proof)

    def states(self) -> dict[LedgerRef, InvoiceState]:
        """Return how far each invoice is paid."""
        by_invoice: dict[LedgerRef, list[Share]] = defaultdict(list)
        for share in self.shares:
            by_invoice[share.invoice].append(share)
        return {
            ref: state_of(bill.invoice, by_invoice[ref], self._terms)
            for ref, bill in self._bills.items()
        }

    def _allot(
        self, payment: Payment, amount: Decimal, bills: Sequence[Bill], proof: Proof
    ) -> None:
        """Fill invoices in the order written; what is left over goes to the last (7.4)."""
        for bill in bills[:-1]:
            part = min(amount, max(self._remaining[bill.ref], ZERO))
            if part > 0:
                self._give(payment, bill.ref, part, proof)
                amount -= part
        if amount > 0:
            self._give(payment, bills[-1].ref, amount, proof)

    def _take_back(self, payment: Payment, amount: Decimal) -> None:
        bill = self._ladder.refunded(payment)
        paid = ZERO if bill is None else bill.invoice.total - self._remaining[bill.ref]
        if bill is not None and paid + amount >= 0:
            self._give(payment, bill.ref, amount, Proof.NUMBER_AND_DATE)
        else:
            self.questions.append(Question(payment=payment, amount=amount))

    def _give(self, payment: Payment, invoice: LedgerRef, amount: Decimal, proof: Proof) -> None:
        self._remaining[invoice] -= amount
        self.shares.append(
            Share(payment=payment.ref, invoice=invoice, amount=amount, proof=proof, at=payment.at)
        )
