"""One bill of a deal beside one invoice of 1C: do they mean the same, and what differs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.domain.backfill import Difference, Owner
from westsync.domain.ledger import PaymentStatus
from westsync.domain.requisites import number_key
from westsync.domain.settlement.joining import marked_deal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from westsync.domain.ledger import LedgerInvoice
    from westsync.domain.records import CrmInvoice

REJECTED, PAID = "rejected", "paid"
_ISSUED = frozenset({"drawn", PAID})
# The CRM numbers bills of its own as well: an equal number of another month is chance.
_SAME_TIME = timedelta(days=31)


def is_cancelled(invoice: LedgerInvoice) -> bool:
    """Return whether an invoice is marked for deletion or cancelled by the accountant."""
    return invoice.marked or invoice.status is PaymentStatus.CANCELLED


def is_number_same(bill: CrmInvoice, invoice: LedgerInvoice) -> bool:
    """Return whether the number of a bill may stand for the number of an invoice."""
    return bool(bill.number) and number_key(bill.number).means(number_key(invoice.number))


def is_near(bill: CrmInvoice, invoice: LedgerInvoice, inns: frozenset[str]) -> bool:
    """Return whether bill and invoice of one number are one thing with a mistake in it.

    The day agrees, or the buyer, or the sum within a month while the buyer is not another one.
    """
    if bill.issued_on is None:
        return invoice.inn in inns or (bill.total == invoice.total and not _is_other(invoice, inns))
    if bill.issued_on.year != invoice.dated.year:
        return False
    if bill.issued_on == invoice.dated or invoice.inn in inns:
        return True
    is_same_time = abs(bill.issued_on - invoice.dated) <= _SAME_TIME
    return bill.total == invoice.total and is_same_time and not _is_other(invoice, inns)


def is_same_but_number(bill: CrmInvoice, invoice: LedgerInvoice, inns: frozenset[str]) -> bool:
    """Return whether buyer, day and sum agree, so that only the number is mistyped."""
    agrees = bill.issued_on == invoice.dated and bill.total == invoice.total
    return agrees and invoice.inn in inns


def differences(
    bill: CrmInvoice, invoice: LedgerInvoice, inns: frozenset[str]
) -> tuple[Difference, ...]:
    """Return the fields in which a bill of a deal is another than its invoice.

    Args:
        bill: As Megaplan shows it.
        invoice: As 1C holds it.
        inns: ИНН of the deal's client, from his payers; empty if he has none.
    """
    return tuple(_differences(bill, invoice, inns))


def money(amount: Decimal | None) -> str:
    """Return roubles as text with two places; empty for None."""
    return "" if amount is None else f"{amount:.2f}"


def _differences(
    bill: CrmInvoice, invoice: LedgerInvoice, inns: frozenset[str]
) -> Iterator[Difference]:
    # An invoice that carries our marker got its number from 1C; the bill keeps the CRM's own.
    if marked_deal(invoice) is None and not is_number_same(bill, invoice):
        yield _of_ledger("number", bill.number, invoice.number)
    if bill.issued_on is not None and bill.issued_on != invoice.dated:
        yield _of_ledger("date", bill.issued_on.isoformat(), invoice.dated.isoformat())
    if bill.total is not None and bill.total != invoice.total:
        yield _of_ledger("total", money(bill.total), money(invoice.total))
    if _is_other(invoice, inns):
        yield Difference(
            field="inn",
            megaplan=", ".join(sorted(inns)),
            onec=invoice.inn,
            owner=Owner.MEGAPLAN,
        )
    if is_cancelled(invoice) != (bill.status == REJECTED):
        yield _of_ledger("status", bill.status, "cancelled" if is_cancelled(invoice) else "valid")
    elif not invoice.posted and bill.status in _ISSUED:
        yield _of_ledger("posted", bill.status, "draft")


def _is_other(invoice: LedgerInvoice, inns: frozenset[str]) -> bool:
    return bool(invoice.inn and inns) and invoice.inn not in inns


def _of_ledger(field: str, megaplan: str, onec: str) -> Difference:
    return Difference(field=field, megaplan=megaplan, onec=onec, owner=Owner.ONEC)
