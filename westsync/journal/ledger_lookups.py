"""Questions to the kept documents of 1C, each answered by an index."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.domain.ledger import LedgerInvoice, LedgerRef, Payment, Shipment
from westsync.journal.codec import decoder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from westsync.journal.database import Database

CLIENT, SUPPLIER = "client", "supplier"
# How far apart the dates of one payment may be in 1C and in the bank's file.
_NEAR = timedelta(days=10)

_read_invoice = decoder(LedgerInvoice)
_read_payment = decoder(Payment)
_read_shipment = decoder(Shipment)


@dataclass(frozen=True, slots=True)
class Group:
    """A side and a party, whose money is settled together."""

    side: str
    party: str


class Lookups:
    """The kept documents of one account, for reading. What is gone is not shown."""

    def __init__(self, database: Database, account: str) -> None:
        """Work on one account of a state."""
        self._database = database
        self._account = account

    def invoice(self, ref: LedgerRef) -> LedgerInvoice | None:
        """Return an invoice of either side; None if it is not known or gone."""
        record = self._record("ledger_invoice", ref)
        return None if record is None else _read_invoice(record)

    def side_of(self, ref: LedgerRef) -> str | None:
        """Return whether an invoice is to a client or from a supplier; None if it is unknown."""
        row = self._database.row(
            "SELECT side FROM ledger_invoice WHERE account = ? AND ref = ?", (self._account, ref)
        )
        return None if row is None else str(row[0])

    def payment(self, ref: LedgerRef) -> Payment | None:
        """Return a payment; None if it is not known or gone."""
        record = self._record("ledger_payment", ref)
        return None if record is None else _read_payment(record)

    def invoices_numbered(self, side: str, digits: int) -> tuple[LedgerInvoice, ...]:
        """Return the invoices whose number ends in these digits, newest first."""
        rows = self._database.rows(
            "SELECT record FROM ledger_invoice WHERE account = ? AND side = ? AND digits = ?"
            " AND NOT gone ORDER BY dated DESC, ref DESC",
            (self._account, side, digits),
        )
        return tuple(_read_invoice(record) for (record,) in rows)

    def invoices_of_party(self, group: Group) -> tuple[LedgerInvoice, ...]:
        """Return all invoices of a party."""
        rows = self._database.rows(
            "SELECT record FROM ledger_invoice WHERE account = ? AND side = ? AND party = ?"
            " AND NOT gone ORDER BY dated, ref",
            (self._account, group.side, group.party),
        )
        return tuple(_read_invoice(record) for (record,) in rows)

    def invoices_marked(self, deal: str, side: str) -> tuple[LedgerInvoice, ...]:
        """Return the invoices whose comment names a deal, oldest first."""
        rows = self._database.rows(
            "SELECT record FROM ledger_invoice WHERE account = ? AND deal = ? AND side = ?"
            " AND NOT gone ORDER BY dated, ref",
            (self._account, deal, side),
        )
        return tuple(_read_invoice(record) for (record,) in rows)

    def payments_of_party(self, group: Group) -> tuple[Payment, ...]:
        """Return a party's payments and all that are linked with its invoices."""
        # CROSS JOIN keeps the order: from the few invoices of a party, not from all links.
        rows = self._database.rows(
            "SELECT record FROM ledger_payment WHERE account = ?1 AND side = ?2 AND party = ?3"
            " AND NOT gone UNION"
            " SELECT p.record FROM ledger_invoice i CROSS JOIN ledger_link l"
            " ON l.account = i.account AND l.invoice = i.ref"
            " CROSS JOIN ledger_payment p ON p.account = l.account AND p.ref = l.payment"
            " WHERE i.account = ?1 AND i.side = ?2 AND i.party = ?3 AND p.side = ?2 AND NOT p.gone",
            (self._account, group.side, group.party),
        )
        return tuple(_read_payment(record) for (record,) in rows)

    def witnesses(self, side: str, payments: Iterable[Payment]) -> tuple[Payment, ...]:
        """Return all payments of the same sums and days: one may be the other, seen elsewhere."""
        found = {one.ref: one for payment in payments for one in self.alike(side, payment)}
        return tuple(found.values())

    def shipments_of(self, invoice: LedgerRef) -> tuple[Shipment, ...]:
        """Return what was shipped by an invoice, oldest first."""
        rows = self._database.rows(
            "SELECT record FROM ledger_shipment WHERE account = ? AND invoice = ? AND NOT gone"
            " ORDER BY dated, ref",
            (self._account, invoice),
        )
        return tuple(_read_shipment(record) for (record,) in rows)

    def shipped_invoice(self, shipment: LedgerRef) -> LedgerRef | None:
        """Return the invoice of a kept shipment."""
        row = self._database.row(
            "SELECT invoice FROM ledger_shipment WHERE account = ? AND ref = ?",
            (self._account, shipment),
        )
        return None if row is None or row[0] is None else LedgerRef(row[0])

    def alike(self, side: str, payment: Payment) -> tuple[Payment, ...]:
        """Return all payments of the same sum within a few days, itself among them."""
        day = payment.dated.toordinal()
        rows = self._database.rows(
            "SELECT record FROM ledger_payment WHERE account = ? AND side = ? AND kopecks = ?"
            " AND dated BETWEEN ? AND ? AND NOT gone",
            (self._account, side, kopecks_of(payment), day - _NEAR.days, day + _NEAR.days),
        )
        return tuple(_read_payment(record) for (record,) in rows)

    def _record(self, table: str, ref: LedgerRef) -> bytes | None:
        row = self._database.row(
            f"SELECT record FROM {table} WHERE account = ? AND ref = ? AND NOT gone",  # noqa: S608 - a constant name
            (self._account, ref),
        )
        return None if row is None else row[0]


def kopecks_of(payment: Payment) -> int:
    """Return a payment's sum without its sign, as the index holds it."""
    return int(abs(payment.amount) * 100)
