"""What sales reports are counted from in the ledger mirror: a day's invoices, payments, shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.ledger import LedgerInvoice, LedgerRef, Payment
from westsync.domain.settlement.values import InvoiceState
from westsync.journal.codec import decoder
from westsync.journal.ledger import CLIENT

if TYPE_CHECKING:
    from datetime import date

    from westsync.domain.settlement.values import Share
    from westsync.journal.database import Database

_read_invoice = decoder(LedgerInvoice)
_read_payment = decoder(Payment)
_read_state = decoder(InvoiceState)


class ReportMoney:
    """Documents of one account's ledger mirror by their days; both ends of a stretch belong to it.

    Days are those of the 1C server's zone, as its documents have them (1C contract 2.4).
    """

    def __init__(self, database: Database, account: str) -> None:
        """Work on one account of a state."""
        self._database = database
        self._account = account

    def issued(self, first: date, last: date) -> tuple[LedgerInvoice, ...]:
        """Return invoices to clients that are not gone, drafts and marked ones too."""
        rows = self._database.rows(
            "SELECT record FROM ledger_invoice WHERE account = ? AND side = ?"
            " AND dated BETWEEN ? AND ? AND NOT gone ORDER BY dated, ref",
            (self._account, CLIENT, first.toordinal(), last.toordinal()),
        )
        return tuple(_read_invoice(record) for (record,) in rows)

    def received(self, first: date, last: date) -> tuple[Payment, ...]:
        """Return money from clients and back to them that is not gone, rows of bank files too."""
        rows = self._database.rows(
            "SELECT record FROM ledger_payment WHERE account = ? AND side = ?"
            " AND dated BETWEEN ? AND ? AND NOT gone ORDER BY dated, ref",
            (self._account, CLIENT, first.toordinal(), last.toordinal()),
        )
        return tuple(_read_payment(record) for (record,) in rows)

    def shares_of(self, payment: LedgerRef) -> tuple[Share, ...]:
        """Return what a payment counts for, as it was last settled."""
        rows = self._database.rows(
            "SELECT record FROM ledger_state WHERE account = ?1 AND side = ?2 AND ("
            " party = (SELECT party FROM ledger_payment WHERE account = ?1 AND ref = ?3)"
            " OR invoice IN (SELECT invoice FROM ledger_link WHERE account = ?1 AND payment = ?3))",
            (self._account, CLIENT, payment),
        )
        states = [_read_state(record) for (record,) in rows]
        return tuple(
            share for state in states for share in state.shares if share.payment == payment
        )
