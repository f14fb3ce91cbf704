"""The mirror of 1C's documents, how they belong to deals, and how far they are paid."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from westsync.domain.intents import ObjectRef
from westsync.domain.settlement.joining import marked_deal, marked_deal_of_supplier
from westsync.journal.ledger_documents import Document, Documents, Kind
from westsync.journal.ledger_joins import Joined, Joins
from westsync.journal.ledger_lookups import CLIENT, SUPPLIER, Group, Lookups
from westsync.journal.ledger_settlements import Settlements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime

    from westsync.domain.ledger import LedgerInvoice, LedgerRef, Payment, Shipment
    from westsync.domain.records import DealRecord
    from westsync.domain.settlement.values import InvoiceState, PaymentChange, Question, Settlement
    from westsync.journal.database import Database
    from westsync.journal.mirror import Mirror

__all__ = ["CLIENT", "SUPPLIER", "Group", "Joined", "Kind", "Ledger", "PartyBook", "Pass"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """A whole walk through a window, as far as it is to be kept.

    Attributes:
        kind: What was walked through.
        changed: Documents that are new or another than kept.
        deleted: Keys of documents that 1C says it does not have.
        missing: Keys of documents of the window that were not shown; the second time they are
            taken for deleted.
    """

    kind: Kind
    changed: Sequence[Document] = ()
    deleted: Iterable[LedgerRef] = ()
    missing: Iterable[LedgerRef] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyBook:
    """Everything that a party's settlement is made of.

    Attributes:
        payments: Its own and those linked with its invoices.
        witnesses: Payments of the same sums, of anybody.
    """

    invoices: tuple[LedgerInvoice, ...]
    payments: tuple[Payment, ...]
    witnesses: tuple[Payment, ...]


class Ledger:
    """The ledger mirror of one account.

    Keeping methods open their own transaction (or join the one that is open) and mark in the
    CRM mirror's `dirty` the deals that must be decided again.
    """

    def __init__(self, database: Database, account: str, mirror: Mirror) -> None:
        """Work on one account of a state."""
        self._database = database
        self._mirror = mirror
        self._documents = Documents(database, account)
        self._lookups = Lookups(database, account)
        self._joins = Joins(database, account, self._lookups, mirror)
        self._settlements = Settlements(database, account)

    # -- keeping a pass ------------------------------------------------------------------------

    def changed(self, kind: Kind, page: Sequence[Document]) -> list[Document]:
        """Return the documents of a page that are new or another than kept."""
        return self._documents.changed(kind, page)

    def refs(self, kind: Kind, since: date, until: date) -> frozenset[LedgerRef]:
        """Return the keys that are kept of a half-open window and may vanish from it."""
        return self._documents.refs(kind, since, until)

    def keep(self, walked: Pass, seen_at: datetime) -> tuple[int, int]:
        """Store a whole pass in one transaction.

        Returns:
            How many documents are new or changed, and how many are gone by it.
        """
        kind, gone = walked.kind, 0
        with self._database.transaction():
            for document in walked.changed:
                with self._marking(kind, document.ref, seen_at):
                    self._documents.keep(kind, document)
            for ref in walked.deleted:
                with self._marking(kind, ref, seen_at):
                    self._documents.lose(kind, ref)
                    gone += 1
            for ref in walked.missing:
                with self._marking(kind, ref, seen_at):
                    gone += self._documents.miss(kind, ref)
        return len(walked.changed), gone

    @contextmanager
    def _marking(self, kind: Kind, ref: LedgerRef, seen_at: datetime) -> Iterator[None]:
        """Mark what a document concerned before a change and what it concerns after it."""
        groups, deals = self._documents.groups_of(kind, ref), self._deals(kind, ref)
        yield
        self._settlements.mark(groups | self._documents.groups_of(kind, ref))
        self._mark_deals((*deals, *self._deals(kind, ref)), seen_at)

    def _deals(self, kind: Kind, ref: LedgerRef) -> tuple[str, ...]:
        match kind:
            case Kind.PAYMENTS:
                return ()  # they reach deals through the invoices that they pay
            case Kind.SHIPMENTS:
                invoice = self._lookups.shipped_invoice(ref)
                return () if invoice is None else self.deals_of(invoice)
            case Kind.INVOICES | Kind.SUPPLIER_INVOICES:
                return self.deals_of(ref)

    def _mark_deals(self, deals: Iterable[str], now: datetime) -> None:
        objects = (ObjectRef(kind="deal", id=deal) for deal in dict.fromkeys(deals))
        known = (obj for obj in objects if self._mirror.deal(obj.id) is not None)
        self._mirror.dirty.mark(known, now)

    # -- settling ------------------------------------------------------------------------------

    def unsettle_all(self) -> None:
        """Have all money placed again: it is placed by other terms from now on."""
        with self._database.transaction():
            self._settlements.mark_all()

    def unsettled(self, limit: int = 100) -> tuple[Group, ...]:
        """Return parties whose documents changed since their money was placed."""
        return self._settlements.unsettled(limit)

    def book_of(self, group: Group) -> PartyBook:
        """Return the documents that a party's settlement is made of."""
        payments = self._lookups.payments_of_party(group)
        return PartyBook(
            invoices=self._lookups.invoices_of_party(group),
            payments=payments,
            witnesses=self._lookups.witnesses(group.side, payments),
        )

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
        numbers = {one.ref: one.incoming_number or one.number for one in invoices}
        with self._database.transaction():
            changes, touched = self._settlements.keep(group, settlement, numbers, now)
            for ref in touched:
                self._mark_deals(self.deals_of(ref), now)
        return changes

    def open_invoices(self, side: str, before: date, limit: int) -> tuple[LedgerRef, ...]:
        """Return open invoices older than a day, longest not looked at first."""
        return self._settlements.longest_unseen(side, before, limit)

    def note_looked_at(self, refs: Iterable[LedgerRef], now: datetime) -> None:
        """Note that open invoices were read by key."""
        with self._database.transaction():
            for ref in refs:
                self._settlements.looked_at(ref, now)

    # -- asking --------------------------------------------------------------------------------

    def invoice(self, ref: LedgerRef) -> LedgerInvoice | None:
        """Return an invoice; None if it is not known or gone."""
        return self._lookups.invoice(ref)

    def invoices_numbered(self, side: str, digits: int) -> tuple[LedgerInvoice, ...]:
        """Return the invoices whose number ends in these digits, newest first."""
        return self._lookups.invoices_numbered(side, digits)

    def payment(self, ref: LedgerRef) -> Payment | None:
        """Return a payment; None if it is not known or gone."""
        return self._lookups.payment(ref)

    def shipments_of(self, invoice: LedgerRef) -> tuple[Shipment, ...]:
        """Return what was shipped by an invoice, oldest first."""
        return self._lookups.shipments_of(invoice)

    def invoices_of(self, deal: DealRecord) -> tuple[Joined, ...]:
        """Return the invoices to the client of a deal, oldest first."""
        return self._joins.invoices_of(deal)

    def supplier_invoices_of(self, deal: str) -> tuple[LedgerInvoice, ...]:
        """Return the suppliers' invoices whose comment names a deal, oldest first."""
        return self._lookups.invoices_marked(deal, SUPPLIER)

    def deals_of(self, ref: LedgerRef) -> tuple[str, ...]:
        """Return the ids of the deals that an invoice of either side belongs to."""
        invoice = self._lookups.invoice(ref)
        if invoice is None:
            return ()
        if self._lookups.side_of(ref) == SUPPLIER:
            deal = marked_deal_of_supplier(invoice)
            return () if deal is None else (deal,)
        return self._joins.deals_of(invoice, marked_deal(invoice))

    def state(self, invoice: LedgerRef) -> InvoiceState | None:
        """Return how far an invoice is paid; None before it was settled."""
        return self._settlements.state(invoice)

    def questions(self, side: str, since: date, limit: int = 1000) -> tuple[Question, ...]:
        """Return money since a day that nobody could place, oldest first."""
        return self._settlements.questions(side, since, limit)

    def question(self, payment: LedgerRef) -> Question | None:
        """Return what nobody could place of a payment; None if all of it is placed."""
        return self._settlements.question(payment)

    def questions_about(self, invoice: LedgerRef) -> tuple[Question, ...]:
        """Return the questions that show an invoice as a candidate."""
        return self._settlements.questions_about(invoice)

    def changes_of(self, invoice: LedgerRef) -> tuple[PaymentChange, ...]:
        """Return all changes of what is paid of an invoice, oldest first."""
        return self._settlements.changes_of(invoice)

    def fell_at(self, invoice: LedgerRef) -> datetime | None:
        """Return when less was last found paid of an invoice than before; None if never."""
        return self._settlements.fell_at(invoice)
