"""The documents of 1C in the mirror: what of a page is new, what vanished, what hangs together."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from westsync.domain.ledger import LedgerInvoice, LedgerRef, Payment, Shipment
from westsync.domain.settlement.joining import marked_deal, marked_deal_of_supplier
from westsync.domain.settlement.same_money import BANK_FILE
from westsync.domain.settlement.values import bill_of, is_of_clients, party_of
from westsync.journal.codec import decoder, digest, encode
from westsync.journal.ledger_lookups import CLIENT, SUPPLIER, Group, Lookups, kopecks_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from westsync.journal.database import Cell, Database

Document = LedgerInvoice | Payment | Shipment
# A row that one pass does not show may be a lapse of the server (1C contract 10.11); two are not.
_MISSES = 2

_read_payment = decoder(Payment)


class Kind(StrEnum):
    """What a pass walks through."""

    PAYMENTS = "payments"
    INVOICES = "invoices"
    SUPPLIER_INVOICES = "supplier_invoices"
    SHIPMENTS = "shipments"


_TABLES: Mapping[Kind, str] = {
    Kind.PAYMENTS: "ledger_payment",
    Kind.INVOICES: "ledger_invoice",
    Kind.SUPPLIER_INVOICES: "ledger_invoice",
    Kind.SHIPMENTS: "ledger_shipment",
}
_SIDES: Mapping[Kind, str] = {Kind.INVOICES: CLIENT, Kind.SUPPLIER_INVOICES: SUPPLIER}


class Documents:
    """The documents of one account. Writing methods need a transaction."""

    def __init__(self, database: Database, account: str) -> None:
        """Work on one account of a state."""
        self._database = database
        self._account = account
        self._lookups = Lookups(database, account)

    # -- comparing a pass with what is kept ----------------------------------------------------

    def changed(self, kind: Kind, page: Sequence[Document]) -> list[Document]:
        """Return the documents of a page that are new or another than kept, or were missed."""
        found = []
        for document in page:
            row = self._database.row(
                f"SELECT hash, missed, gone FROM {_TABLES[kind]} WHERE account = ? AND ref = ?",  # noqa: S608 - a constant name
                (self._account, document.ref),
            )
            if row != (digest(encode(document)), 0, 0):
                found.append(document)
        return found

    def refs(self, kind: Kind, since: date, until: date) -> frozenset[LedgerRef]:
        """Return what is kept of a window and was read from 1C: rows of bank files never vanish."""
        side = _SIDES.get(kind)
        where, values = ("", ()) if side is None else (" AND side = ?", (side,))
        rows = self._database.rows(
            f"SELECT ref FROM {_TABLES[kind]} WHERE account = ?{where}"  # noqa: S608 - constant names
            " AND dated >= ? AND dated < ? AND NOT gone",
            (self._account, *values, since.toordinal(), until.toordinal()),
        )
        return frozenset(LedgerRef(ref) for (ref,) in rows if not ref.startswith(BANK_FILE))

    # -- keeping -------------------------------------------------------------------------------

    def keep(self, kind: Kind, document: Document) -> None:
        """Store a document as it was just read."""
        record = encode(document)
        columns: dict[str, Cell] = {
            "account": self._account,
            "ref": document.ref,
            **_columns(kind, document),
            "missed": 0,
            "gone": 0,
            "hash": digest(record),
            "record": record,
        }
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        fresh = ", ".join(f"{name} = excluded.{name}" for name in columns)
        self._database.write(
            f"INSERT INTO {_TABLES[kind]} ({names}) VALUES ({marks})"  # noqa: S608 - constant names
            f" ON CONFLICT (account, ref) DO UPDATE SET {fresh}",
            tuple(columns.values()),
        )
        if isinstance(document, Payment):
            self._link(document)

    def miss(self, kind: Kind, ref: LedgerRef) -> bool:
        """Note that a pass did not show a document; True if it is gone by that."""
        self._database.write(
            f"UPDATE {_TABLES[kind]} SET missed = missed + 1 WHERE account = ? AND ref = ?",  # noqa: S608 - a constant name
            (self._account, ref),
        )
        row = self._database.row(
            f"SELECT missed FROM {_TABLES[kind]} WHERE account = ? AND ref = ?",  # noqa: S608 - a constant name
            (self._account, ref),
        )
        is_gone = row is not None and int(row[0]) >= _MISSES
        if is_gone:
            self.lose(kind, ref)
        return is_gone

    def lose(self, kind: Kind, ref: LedgerRef) -> None:
        """Say that a document is deleted in 1C; what was known of it stays."""
        self._database.write(
            f"UPDATE {_TABLES[kind]} SET gone = 1 WHERE account = ? AND ref = ?",  # noqa: S608 - a constant name
            (self._account, ref),
        )

    def _link(self, payment: Payment) -> None:
        self._database.write(
            "DELETE FROM ledger_link WHERE account = ? AND payment = ?",
            (self._account, payment.ref),
        )
        for invoice in {row.invoice for row in payment.rows if row.invoice is not None}:
            self._database.write(
                "INSERT INTO ledger_link VALUES (?, ?, ?)", (self._account, invoice, payment.ref)
            )

    # -- what must be settled again ------------------------------------------------------------

    def groups_of(self, kind: Kind, ref: LedgerRef) -> frozenset[Group]:
        """Return whose money a kept document concerns, as it is kept now."""
        if kind is Kind.SHIPMENTS:
            return frozenset()
        row = self._database.row(
            f"SELECT side, party, record FROM {_TABLES[kind]} WHERE account = ? AND ref = ?",  # noqa: S608 - a constant name
            (self._account, ref),
        )
        if row is None:
            return frozenset()
        found = {Group(row[0], row[1])}
        if kind is Kind.PAYMENTS:
            payment = _read_payment(row[2])
            found |= {Group(side, party) for side, party in self._linked_parties(ref)}
            found |= {Group(row[0], _party(one)) for one in self._lookups.alike(row[0], payment)}
        return frozenset(found)

    def _linked_parties(self, payment: LedgerRef) -> list[tuple[str, str]]:
        return [
            (side, party)
            for side, party in self._database.rows(
                "SELECT side, party FROM ledger_link CROSS JOIN ledger_invoice"
                " ON ledger_invoice.account = ledger_link.account AND ref = invoice"
                " WHERE ledger_link.account = ? AND payment = ?",
                (self._account, payment),
            )
        ]


def _columns(kind: Kind, document: Document) -> dict[str, Cell]:
    """Return what is asked for of a document, beside the document itself."""
    dated = document.dated.toordinal()
    match document:
        case LedgerInvoice():
            bill = bill_of(document)
            is_clients = kind is Kind.INVOICES
            return {
                "side": CLIENT if is_clients else SUPPLIER,
                "dated": dated,
                "digits": bill.key.digits,
                "party": bill.party,
                "deal": (marked_deal if is_clients else marked_deal_of_supplier)(document),
            }
        case Payment():
            return {
                "side": CLIENT if is_of_clients(document) else SUPPLIER,
                "dated": dated,
                "party": _party(document),
                "kopecks": kopecks_of(document),
            }
        case Shipment():
            return {"dated": dated, "invoice": document.invoice}


def _party(payment: Payment) -> str:
    return party_of(payment.inn, payment.counterparty)
