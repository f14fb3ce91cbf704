"""The ladder of 1C contract 7.4: what makes a payment certainly that of one invoice.

A step answers with invoices or with nothing; nothing that several invoices fit is certain.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.domain.purposes import read_purpose
from westsync.domain.settlement.values import Bill, Proof, Terms, is_from_buyers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from westsync.domain.ledger import LedgerRef, Payment
    from westsync.domain.purposes import Mention

NUMBER_FOR = timedelta(days=400)  # numbering restarts yearly
AMOUNT_FOR = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Ladder:
    """The invoices of one party and what still has to be paid of each.

    Attributes:
        bills: All of the party's, also paid and cancelled ones.
        remaining: Invoice -> roubles still to be paid; changes while money is placed.
        terms: How strictly.
        payer: Who pays (`party_of`): an ИНН, or 1C's own key, which may be a collective one
            ("retail buyer") and is therefore enough for number and date together only.
    """

    bills: Sequence[Bill]
    remaining: Mapping[LedgerRef, Decimal]
    terms: Terms
    payer: str

    def invoices_of(
        self, payment: Payment, amount: Decimal
    ) -> tuple[Proof, tuple[Bill, ...]] | None:
        """Return the invoices that a payment is certainly for, in the order to fill them.

        None means that nobody can say so without a person.

        Args:
            payment: Money in (or out to a supplier), by this party.
            amount: The part of it that no link places, roubles, positive.
        """
        purpose = read_purpose(payment.purpose)
        is_readable = purpose.is_certain and not purpose.is_refund
        if not self.payer or not is_readable or not is_from_buyers(payment):
            return None
        if not purpose.invoices:
            bill = self._by_amount(payment, amount)
            return None if bill is None else (Proof.AMOUNT, (bill,))
        found: dict[LedgerRef, Bill] = {}
        proof = Proof.NUMBER_AND_DATE
        alone = len(purpose.invoices) == 1
        for mention in purpose.invoices:
            bill = self._by_date(mention)
            if bill is None:
                proof = Proof.NUMBER
                bill = self._by_number(mention, payment, amount if alone else None)
            if bill is None:
                return None
            found[bill.ref] = bill
        return proof, tuple(found.values())

    def refunded(self, payment: Payment) -> Bill | None:
        """Return the one invoice that a refund is certainly for: named by number and date."""
        mentions = read_purpose(payment.purpose).invoices
        return self._by_date(mentions[0]) if self.payer and len(mentions) == 1 else None

    def _by_date(self, mention: Mention) -> Bill | None:
        """Step (b): number and whole date."""
        if mention.dated is None:
            return None
        fits = [bill for bill in self._named(mention) if bill.dated == mention.dated]
        return fits[0] if len(fits) == 1 else None

    def _by_number(self, mention: Mention, payment: Payment, amount: Decimal | None) -> Bill | None:
        """Step (c): the number alone, where it is the only one and nothing speaks against it."""
        if not self.payer.isdecimal():
            return None
        day = paid_on(payment)
        fits = [bill for bill in self._named(mention) if day - NUMBER_FOR <= bill.dated <= day]
        if len(fits) != 1 or mention.is_mistyped or mention.agrees_with(fits[0].dated) is False:
            return None
        bill = fits[0]
        if self.remaining[bill.ref] <= self.terms.tolerance:
            # Paid already: a second payment, or a number of a document that we do not know.
            return None
        if amount is not None and self._means_another(bill, amount):
            return None
        return bill

    def _means_another(self, bill: Bill, amount: Decimal) -> bool:
        """Return whether the sum is exactly what another open invoice lacks, and not this one."""
        if amount in {self.remaining[bill.ref], bill.invoice.total}:
            return False
        return any(
            other.ref != bill.ref and other.is_open_to_money and self.remaining[other.ref] == amount
            for other in self.bills
        )

    def _by_amount(self, payment: Payment, amount: Decimal) -> Bill | None:
        """Step (e): exactly what one recent invoice lacks; only if the company wants it so."""
        if not self.terms.match_by_amount or not self.payer.isdecimal():
            return None
        day = paid_on(payment)
        fits = [
            bill
            for bill in self.bills
            if bill.is_open_to_money
            and day - AMOUNT_FOR <= bill.dated <= day
            and self.remaining[bill.ref] == amount
        ]
        return fits[0] if len(fits) == 1 else None

    def _named(self, mention: Mention) -> list[Bill]:
        key = mention.key
        return [bill for bill in self.bills if bill.is_open_to_money and key.means(bill.key)]


def paid_on(payment: Payment) -> date:
    """Return the later of the payment order's date and the money's: invoices are older."""
    return max(payment.dated, payment.incoming_on or payment.dated)
