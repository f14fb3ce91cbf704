"""Which deal of the CRM an invoice of 1C belongs to (1C contract 8.1).

A marker in the invoice's comment decides alone. Without one, a manager has written the number into
the bill of the deal; a number is only a number, so the buyer's ИНН, or else date and sum, must
agree as well.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.domain.requisites import number_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from westsync.domain.ledger import LedgerInvoice
    from westsync.domain.records import CrmInvoice

_MARKER = re.compile(r"(?<![\w:])WS:megaplan:deal:(\w+):invoice:(\d+)(?!\d)")
_SUPPLIER_MARKER = re.compile(r"(?<![\w:])WS:megaplan:deal:(\w+)(?::\w+)?")
# The CRM numbers bills of its own as well: an equal number of another month is chance.
_SAME_TIME = timedelta(days=31)


def marked_deal(invoice: LedgerInvoice) -> str | None:
    """Return the deal that the comment of an invoice to a client names; None if none is."""
    return marked_issue(invoice.comment)[0]


def marked_issue(comment: str) -> tuple[str | None, int]:
    """Return the deal that a comment names and which of our invoices for it; (None, 0) if none."""
    found = _MARKER.search(comment)
    return (None, 0) if found is None else (found[1], int(found[2]))


def marked_deal_of_supplier(invoice: LedgerInvoice) -> str | None:
    """Return the deal that the comment of a supplier's invoice names (1C contract 7.1)."""
    found = _SUPPLIER_MARKER.search(invoice.comment)
    return None if found is None else found[1]


def is_same_bill(invoice: LedgerInvoice, bill: CrmInvoice, inns: Iterable[str]) -> bool:
    """Return whether a bill of a deal is this invoice.

    Args:
        invoice: To a client, without a marker of ours.
        bill: As the CRM shows it.
        inns: ИНН of the deal's client, from his payers; empty for a private person.
    """
    if not bill.number or not number_key(bill.number).means(number_key(invoice.number)):
        return False
    known = set(inns)
    if invoice.inn and known:
        is_near = bill.issued_on is None or abs(bill.issued_on - invoice.dated) <= _SAME_TIME
        return invoice.inn in known and is_near
    return bill.issued_on == invoice.dated and bill.total == invoice.total
