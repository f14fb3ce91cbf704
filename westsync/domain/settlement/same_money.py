"""One payment, seen through a bank file and through 1C, is one payment (1C contract 5.1).

The bank's row and 1C's document agree in the payment order's number and date, the sum and the
payer. Where 1C lacks the order's number (its field is INFERRED), sum, payer and nearness in time
pair them one to one: counting money twice would be worse than counting it late.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.domain.ledger import MoneyKind
from westsync.domain.settlement.values import unlinked

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from westsync.domain.ledger import LedgerRef, Payment

BANK_FILE = "bank:"
# A statement is often loaded days later, with the date of the loading (1C contract 4.11).
_NEAR = timedelta(days=5)


def is_bank_row(payment: Payment) -> bool:
    """Return whether a payment was read from a bank file."""
    return payment.ref.startswith(BANK_FILE)


def same_money(payments: Iterable[Payment]) -> dict[LedgerRef, LedgerRef]:
    """Return bank row -> 1C document that is the same money.

    Only documents that count are paired: what the accountant has not posted hides nothing.
    """
    booked: dict[tuple[bool, int], list[Payment]] = defaultdict(list)
    rows: list[Payment] = []
    for payment in sorted(payments, key=lambda one: (one.dated, one.ref)):
        if is_bank_row(payment):
            rows.append(payment)
        elif payment.counts and payment.kind in {MoneyKind.BANK, MoneyKind.OUT}:
            booked[_sum_of(payment)].append(payment)
    pairs: dict[LedgerRef, LedgerRef] = {}
    for is_exact in (True, False):  # certain pairs first: a near one never takes their partner
        for row in rows:
            if row.ref in pairs:
                continue
            documents = booked[_sum_of(row)]
            partner = _partner(row, documents, is_exact=is_exact)
            if partner is not None:
                pairs[row.ref] = partner.ref
                documents.remove(partner)
    return pairs


def _sum_of(payment: Payment) -> tuple[bool, int]:
    return payment.kind is MoneyKind.OUT, int(abs(payment.amount) * 100)


def _partner(row: Payment, documents: Iterable[Payment], *, is_exact: bool) -> Payment | None:
    fits = [one for one in documents if (_is_same if is_exact else _may_be_same)(row, one)]
    return min(fits, key=lambda one: (_distance(row, one), one.ref), default=None)


def _is_same(row: Payment, document: Payment) -> bool:
    if not _has_number(row, document) or row.incoming_on != document.incoming_on:
        return False
    # The accountant may book a third party's payment on the buyer himself, with the link.
    is_placed = bool(document.rows) and unlinked(document) == 0
    return row.inn == document.inn or not row.inn or not document.inn or is_placed


def _may_be_same(row: Payment, document: Payment) -> bool:
    numbers = {_order_number(row), _order_number(document)} - {""}
    days = {row.incoming_on, document.incoming_on} - {None}
    payers = {row.inn, document.inn} - {""}
    if len(numbers) > 1 or len(payers) > 1 or _distance(row, document) > _NEAR:
        return False
    return bool(row.inn and document.inn) or (_has_number(row, document) and len(days) <= 1)


def _has_number(row: Payment, document: Payment) -> bool:
    return _order_number(row) == _order_number(document) != ""


def _distance(row: Payment, document: Payment) -> timedelta:
    return min(abs(_day(row) - document.dated), abs(_day(row) - _day(document)))


def _day(payment: Payment) -> date:
    return payment.incoming_on or payment.dated


def _order_number(payment: Payment) -> str:
    return payment.incoming_number.strip().lstrip("0")
