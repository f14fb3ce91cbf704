"""The port of an account's ledger mirror: documents of 1C, their deals, their money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from westsync.domain.ledger import LedgerInvoice, LedgerRef, Payment, Shipment
    from westsync.domain.records import DealRecord
    from westsync.domain.settlement.values import InvoiceState, PaymentChange, Question, Settlement
    from westsync.journal.ledger import Joined, PartyBook, Pass
    from westsync.journal.ledger_documents import Document, Kind
    from westsync.journal.ledger_lookups import Group


class Ledger(Protocol):
    """The ledger mirror of one account.

    Keeping methods are each one transaction, and mark the deals that must be decided again.
    """

    def changed(self, kind: Kind, page: Sequence[Document]) -> list[Document]:
        """Return the documents of a page that are new or another than kept."""
        ...

    def refs(self, kind: Kind, since: date, until: date) -> frozenset[LedgerRef]:
        """Return the keys that are kept of a half-open window and may vanish from it."""
        ...

    def keep(self, walked: Pass, seen_at: datetime) -> tuple[int, int]:
        """Store a whole pass in one transaction.

        Returns:
            How many documents are new or changed, and how many are gone by it.
        """
        ...

    def unsettle_all(self) -> None:
        """Have all money placed again: it is placed by other terms from now on."""
        ...

    def unsettled(self, limit: int = 100) -> tuple[Group, ...]:
        """Return parties whose documents changed since their money was placed."""
        ...

    def book_of(self, group: Group) -> PartyBook:
        """Return the documents that a party's settlement is made of."""
        ...

    def keep_settlement(
        self,
        group: Group,
        settlement: Settlement,
        invoices: Iterable[LedgerInvoice],
        now: datetime,
    ) -> tuple[PaymentChange, ...]:
        """Store a party's settlement and have the deals concerned decided again.

        Returns:
            What is paid otherwise than before.
        """
        ...

    def open_invoices(self, side: str, before: date, limit: int) -> tuple[LedgerRef, ...]:
        """Return open invoices older than a day, longest not looked at first."""
        ...

    def note_looked_at(self, refs: Iterable[LedgerRef], now: datetime) -> None:
        """Note that open invoices were read by key."""
        ...

    def invoice(self, ref: LedgerRef) -> LedgerInvoice | None:
        """Return an invoice; None if it is not known or gone."""
        ...

    def invoices_numbered(self, side: str, digits: int) -> tuple[LedgerInvoice, ...]:
        """Return the invoices whose number ends in these digits, newest first."""
        ...

    def payment(self, ref: LedgerRef) -> Payment | None:
        """Return a payment; None if it is not known or gone."""
        ...

    def shipments_of(self, invoice: LedgerRef) -> tuple[Shipment, ...]:
        """Return what was shipped by an invoice, oldest first."""
        ...

    def invoices_of(self, deal: DealRecord) -> tuple[Joined, ...]:
        """Return the invoices to the client of a deal, oldest first."""
        ...

    def supplier_invoices_of(self, deal: str) -> tuple[LedgerInvoice, ...]:
        """Return the suppliers' invoices whose comment names a deal, oldest first."""
        ...

    def deals_of(self, ref: LedgerRef) -> tuple[str, ...]:
        """Return the ids of the deals that an invoice of either side belongs to."""
        ...

    def state(self, invoice: LedgerRef) -> InvoiceState | None:
        """Return how far an invoice is paid; None before it was settled."""
        ...

    def questions(self, side: str, since: date, limit: int = 1000) -> tuple[Question, ...]:
        """Return money since a day that nobody could place, oldest first."""
        ...

    def question(self, payment: LedgerRef) -> Question | None:
        """Return what nobody could place of a payment; None if all of it is placed."""
        ...

    def questions_about(self, invoice: LedgerRef) -> tuple[Question, ...]:
        """Return the questions that show an invoice as a candidate."""
        ...

    def changes_of(self, invoice: LedgerRef) -> tuple[PaymentChange, ...]:
        """Return all changes of what is paid of an invoice, oldest first."""
        ...

    def fell_at(self, invoice: LedgerRef) -> datetime | None:
        """Return when less was last found paid of an invoice than before; None if never."""
        ...
