"""The words of settlement: bills, shares of money, questions, the state of an invoice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime  # noqa: TC003 - msgspec reads annotations at run time
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from westsync.domain.ledger import (  # read at run time, as above
    LedgerInvoice,
    LedgerRef,
    MoneyKind,
    Payment,
    PaymentStatus,
)
from westsync.domain.requisites import NumberKey, number_key

if TYPE_CHECKING:
    from collections.abc import Mapping

ZERO = Decimal("0.00")
# Kinds of money in that no buyer sent (``ВидОперации``; 1C contract 4.7 confirms one name only,
# so the others are told by their words).
_NOT_FROM_BUYERS = ("возврат", "перевод", "кредит", "займ", "налог", "эквайр")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How strictly money is matched (1C contract 9).

    Attributes:
        tolerance: Roubles that may lack or be too much for "paid".
        match_by_amount: The payer and the exact remaining sum are enough (7.4 e).
    """

    tolerance: Decimal = Decimal("1.00")
    match_by_amount: bool = False


class Proof(StrEnum):
    """Why money counts for an invoice, in the order of the ladder (7.4)."""

    LINK = "1c"
    NUMBER_AND_DATE = "number_date_inn"
    NUMBER = "number_inn"
    AMOUNT = "amount_inn"


class Hint(StrEnum):
    """Why an invoice is shown to a person as a candidate, best first."""

    NUMBER_AND_DATE = "number_date"
    NUMBER_AND_PAYER = "number_payer"
    PAYER_AND_AMOUNT = "payer_amount"
    NUMBER = "number"
    PAYER = "payer"


class StatusSource(StrEnum):
    """What a status rests on: money, the document's own mark, or the accountant's register."""

    MONEY = "money"
    DOCUMENT = "document"
    REGISTER = "register"


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice as a payer sees it.

    Attributes:
        invoice: The document.
        key: Of the number that the payer reads: the supplier's own for a supplier's invoice.
        dated: Of the date beside it.
        party: Buyer or supplier (`party_of`); empty if unknown.
    """

    invoice: LedgerInvoice
    key: NumberKey
    dated: date
    party: str

    @property
    def ref(self) -> LedgerRef:
        """The document's key."""
        return self.invoice.ref

    @property
    def is_open_to_money(self) -> bool:
        """Whether money may be matched to it without a person: not cancelled, in roubles."""
        return not self.invoice.marked and not self.invoice.foreign_currency


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of a payment that counts for an invoice.

    Attributes:
        amount: Roubles; negative for money that went back.
        at: Moment of the payment, UTC.
    """

    payment: LedgerRef
    invoice: LedgerRef
    amount: Decimal
    proof: Proof
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An invoice that a payment may be for; a person decides.

    Attributes:
        number: As printed.
        dated: Date of the document.
    """

    invoice: LedgerRef
    number: str
    dated: date
    hint: Hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Money that nobody can place without a person.

    Attributes:
        payment: The payment.
        amount: The part of it that is not placed, roubles; negative for a refund.
        candidates: Best first; may be empty.
    """

    payment: Payment
    amount: Decimal
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceState:
    """How far an invoice is paid (7.3).

    Attributes:
        status: None for a foreign currency: nobody decides that by itself.
        paid, remaining: Roubles; ``remaining`` is negative if too much was paid.
        overpaid: Roubles above the tolerance; zero otherwise.
        source: What the status rests on.
        first_paid_at: Moment of the first money, UTC; None if there is none or it is not told.
        fully_paid_at: Moment of the payment that completed it; None if it is not paid in full.
        notes: For people: ``деньги не найдены`` and the like, as codes.
        shares: The evidence.
    """

    invoice: LedgerRef
    status: PaymentStatus | None
    paid: Decimal
    remaining: Decimal
    overpaid: Decimal = ZERO
    source: StatusSource = StatusSource.MONEY
    first_paid_at: datetime | None = None
    fully_paid_at: datetime | None = None
    notes: tuple[str, ...] = ()
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentChange:
    """An invoice is paid otherwise than it was: the event ``invoice.payment_changed`` (7.3).

    Attributes:
        number: As printed.
        at: When it was noticed, UTC.
        old, new: None where nobody decides it (foreign currency), ``old`` also for an invoice
            that was not known before.
        old_paid, paid, remaining, overpaid: Roubles.
        shares: The evidence as it is now.
    """

    invoice: LedgerRef
    number: str
    at: datetime
    old: PaymentStatus | None
    new: PaymentStatus | None
    old_paid: Decimal
    paid: Decimal
    remaining: Decimal
    overpaid: Decimal = ZERO
    shares: tuple[Share, ...] = ()

    @property
    def fell(self) -> bool:
        """Whether less of the invoice is paid than was: a payment disappeared; a person must look.

        What was paid beyond its sum may be given back without a question.
        """
        total = self.paid + self.remaining
        return min(self.paid, total) < min(self.old_paid, total)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What is known of the money of one party, or of all.

    Attributes:
        states: Invoice -> how far it is paid.
        shares: Everything that is placed.
        questions: Everything that is not.
        same_money: Row of a bank file -> the 1C document that shows the same money.
    """

    states: Mapping[LedgerRef, InvoiceState] = field(default_factory=dict)
    shares: tuple[Share, ...] = ()
    questions: tuple[Question, ...] = ()
    same_money: Mapping[LedgerRef, LedgerRef] = field(default_factory=dict)


def party_of(inn: str, counterparty: LedgerRef | None) -> str:
    """Return who is meant: by ИНН, else by 1C's own key; empty if neither is known."""
    return inn or (counterparty or "")


def bill_of(invoice: LedgerInvoice, party: str | None = None) -> Bill:
    """Return an invoice as its payer sees it.

    Args:
        invoice: To a client, or from a supplier.
        party: Whose it is, where the caller knows better than the document.
    """
    return Bill(
        invoice=invoice,
        key=number_key(invoice.incoming_number or invoice.number),
        dated=invoice.incoming_on or invoice.dated,
        party=party_of(invoice.inn, invoice.counterparty) if party is None else party,
    )


def is_of_clients(payment: Payment) -> bool:
    """Return whether a payment concerns invoices to clients: money in, or back to a buyer."""
    return payment.kind is not MoneyKind.OUT or payment.amount < 0


def is_from_buyers(payment: Payment) -> bool:
    """Return whether the kind of operation lets a buyer's payment be looked for in it."""
    operation = payment.operation.casefold()
    return not any(word in operation for word in _NOT_FROM_BUYERS)


def unlinked(payment: Payment) -> Decimal:
    """Return the roubles of a payment that no row links with an invoice."""
    if not payment.rows:
        return payment.amount
    return sum((row.amount for row in payment.rows if row.invoice is None), ZERO)
