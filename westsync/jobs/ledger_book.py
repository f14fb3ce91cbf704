"""From the ledger mirror to what the facts of a deal are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.jobs.ledger_walk import source_of
from westsync.journal.ledger import Kind
from westsync.rules.ledger_picture import LedgerSeen, SettledInvoice

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from westsync.domain.ledger import LedgerInvoice
    from westsync.domain.records import CrmInvoice, DealRecord
    from westsync.journal.cursors import Cursor
    from westsync.journal.port import Store
    from westsync.journal.port_ledger import Ledger


def ledger_age(cursors: Mapping[str, Cursor]) -> datetime | None:
    """Return since when 1C's money is not known any better: the older of its two whole reads.

    None means that 1C was never read, and nothing that only it tells is known.
    """
    reads = [cursors.get(source_of(kind)) for kind in (Kind.PAYMENTS, Kind.INVOICES)]
    known = [cursor.at for cursor in reads if cursor is not None]
    return min(known) if len(known) == len(reads) else None


def ledger_seen(store: Store, deal: DealRecord) -> LedgerSeen:
    """Return what the ledger mirror holds of a deal."""
    ledger = store.ledger
    invoices = tuple(_settled(ledger, one.invoice, one.bill) for one in ledger.invoices_of(deal))
    states = [one.state for one in invoices if one.state is not None]
    shares = {share.payment for state in states for share in state.shares}
    payments = ((ref, ledger.payment(ref)) for ref in shares)
    return LedgerSeen(
        invoices=invoices,
        suppliers=tuple(
            SettledInvoice(invoice=one, state=ledger.state(one.ref))
            for one in ledger.supplier_invoices_of(deal.id)
        ),
        payments={ref: payment for ref, payment in payments if payment is not None},
        shipments_read=store.cursors.get(source_of(Kind.SHIPMENTS)) is not None,
    )


def _settled(ledger: Ledger, invoice: LedgerInvoice, bill: CrmInvoice | None) -> SettledInvoice:
    return SettledInvoice(
        invoice=invoice,
        bill=bill,
        state=ledger.state(invoice.ref),
        shipments=ledger.shipments_of(invoice.ref),
        questions=ledger.questions_about(invoice.ref),
        fell_at=ledger.fell_at(invoice.ref),
    )
