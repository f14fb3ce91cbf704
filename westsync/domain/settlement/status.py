"""Is the invoice paid? (1C contract 7.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.ledger import PaymentStatus
from westsync.domain.settlement.values import ZERO, InvoiceState, StatusSource

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from decimal import Decimal

    from westsync.domain.ledger import LedgerInvoice
    from westsync.domain.settlement.values import Share, Terms

NO_MONEY = "no_money_found"  # the accountant's mark says paid
UNPOSTED = "unposted"  # money for a draft
FOREIGN = "foreign_currency"


def state_of(invoice: LedgerInvoice, shares: Iterable[Share], terms: Terms) -> InvoiceState:
    """Return how far an invoice is paid.

    Args:
        invoice: The document; ``paid`` of it, where the channel adds up itself, counts as far as
            it is more than what was seen in rows.
        shares: All money for this invoice, links and matches.
        terms: How much may lack.
    """
    evidence = tuple(sorted(shares, key=lambda share: (share.at, share.payment)))
    paid = sum((share.amount for share in evidence), ZERO)
    if invoice.paid is not None:
        paid = max(paid, invoice.paid)
    remaining = invoice.total - paid
    status, source = _status(invoice, paid, remaining, terms)
    is_paid = status is PaymentStatus.PAID
    return InvoiceState(
        invoice=invoice.ref,
        status=status,
        paid=paid,
        remaining=remaining,
        overpaid=-remaining if is_paid and remaining < -terms.tolerance else ZERO,
        source=source,
        first_paid_at=next((s.at for s in evidence if s.amount > 0), None) if paid > 0 else None,
        fully_paid_at=_completed_at(invoice, evidence, terms) if is_paid else None,
        notes=tuple(_notes(invoice, paid, source)),
        shares=evidence,
    )


def _status(
    invoice: LedgerInvoice, paid: Decimal, remaining: Decimal, terms: Terms
) -> tuple[PaymentStatus | None, StatusSource]:
    if invoice.marked or invoice.status is PaymentStatus.CANCELLED:
        source = StatusSource.DOCUMENT if invoice.marked else StatusSource.REGISTER
        return PaymentStatus.CANCELLED, source
    if invoice.foreign_currency:
        return None, StatusSource.MONEY
    if paid > 0:
        is_whole = remaining <= terms.tolerance
        return PaymentStatus.PAID if is_whole else PaymentStatus.PARTLY, StatusSource.MONEY
    if invoice.status is PaymentStatus.PAID:
        return PaymentStatus.PAID, StatusSource.REGISTER
    return PaymentStatus.UNPAID, StatusSource.MONEY


def _completed_at(
    invoice: LedgerInvoice, evidence: tuple[Share, ...], terms: Terms
) -> datetime | None:
    """Return when the money last came to be enough; None if no seen payment made it so."""
    enough = invoice.total - terms.tolerance
    paid, completed = ZERO, None
    for share in evidence:
        was_enough = paid >= enough
        paid += share.amount
        if paid >= enough and not was_enough:
            completed = share.at
    return completed


def _notes(invoice: LedgerInvoice, paid: Decimal, source: StatusSource) -> Iterable[str]:
    if source is StatusSource.REGISTER and invoice.status is PaymentStatus.PAID:
        yield NO_MONEY
    if not invoice.posted and paid > 0:
        yield UNPOSTED
    if invoice.foreign_currency:
        yield FOREIGN
