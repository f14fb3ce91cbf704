"""Which deal an invoice of 1C belongs to, asked from either end (`westsync.domain.settlement`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from westsync.domain.records import StageType
from westsync.domain.requisites import number_key
from westsync.domain.settlement.joining import is_same_bill
from westsync.journal.ledger_lookups import CLIENT, Lookups

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.domain.ledger import LedgerInvoice
    from westsync.domain.records import CrmInvoice, DealRecord
    from westsync.journal.database import Database
    from westsync.journal.mirror import Mirror


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """An invoice of 1C that belongs to a deal.

    Attributes:
        bill: The deal's own record of it; None if the manager made none.
    """

    invoice: LedgerInvoice
    bill: CrmInvoice | None = None


class Joins:
    """The joins of one account; nothing is stored, a join follows from both ends as they are."""

    def __init__(self, database: Database, account: str, lookups: Lookups, mirror: Mirror) -> None:
        """Work on one account of a state."""
        self._database = database
        self._account = account
        self._lookups = lookups
        self._mirror = mirror

    def invoices_of(self, deal: DealRecord) -> tuple[Joined, ...]:
        """Return the invoices of a deal that are not gone, oldest first."""
        marked = {one.ref: one for one in self._lookups.invoices_marked(deal.id, CLIENT)}
        found = {ref: Joined(invoice=one) for ref, one in marked.items()}
        for bill in deal.invoices:
            invoice = self._invoice_of(deal, bill, tuple(marked.values()))
            if invoice is not None:
                found[invoice.ref] = Joined(invoice=invoice, bill=bill)
        return tuple(sorted(found.values(), key=lambda one: (one.invoice.at, one.invoice.ref)))

    def deals_of(self, invoice: LedgerInvoice, marked: str | None) -> tuple[str, ...]:
        """Return the ids of the deals that an invoice to a client belongs to.

        Args:
            invoice: As it is kept.
            marked: The deal that its comment names.
        """
        if marked is not None:
            return (marked,)
        digits = number_key(invoice.number).digits
        rows = self._database.rows(
            "SELECT deal FROM ledger_bill WHERE account = ? AND digits = ? ORDER BY deal",
            (self._account, digits),
        )
        deals = (self._mirror.deal(deal) for (deal,) in rows)
        return tuple(
            deal.id
            for deal in deals
            if deal is not None and any(one.invoice == invoice for one in self.invoices_of(deal))
        )

    def _invoice_of(
        self, deal: DealRecord, bill: CrmInvoice, marked: tuple[LedgerInvoice, ...]
    ) -> LedgerInvoice | None:
        """Return the one invoice that a bill of a deal is; None if none or several may be."""
        key = number_key(bill.number)
        own = [one for one in marked if key.means(number_key(one.number))]
        if own:
            return own[0] if len(own) == 1 else None
        digits = key.digits
        if digits is None:
            return None
        inns = self._inns(deal)
        fits = [
            one
            for one in self._lookups.invoices_numbered(CLIENT, digits)
            if is_same_bill(one, bill, inns) and not self._is_marked(one)
        ]
        exact = [one for one in fits if one.dated == bill.issued_on]
        chosen = exact if len(exact) == 1 else fits
        if len(chosen) != 1 or self._is_claimed_twice(deal, digits, chosen[0]):
            return None
        return chosen[0]

    def _is_claimed_twice(self, deal: DealRecord, digits: int, invoice: LedgerInvoice) -> bool:
        """Return whether another deal that is not lost has this very bill: a person decides."""
        rows = self._database.rows(
            "SELECT deal FROM ledger_bill WHERE account = ? AND digits = ? AND deal <> ?",
            (self._account, digits, deal.id),
        )
        for other in self._living(tuple(id_ for (id_,) in rows)):
            inns = self._inns(other)
            if any(is_same_bill(invoice, bill, inns) for bill in other.invoices):
                return deal.stage_type is not StageType.NEGATIVE
        return False

    def _living(self, deals: tuple[str, ...]) -> Iterator[DealRecord]:
        for id_ in deals:
            deal = self._mirror.deal(id_)
            if deal is not None and not deal.gone and deal.stage_type is not StageType.NEGATIVE:
                yield deal

    def _inns(self, deal: DealRecord) -> frozenset[str]:
        if deal.client_id is None:
            return frozenset()
        payers = self._mirror.payers_of(deal.client_id)
        client = self._mirror.client(deal.client_id)
        known = [payer.inn for payer in payers] + [client.inn if client is not None else None]
        return frozenset(inn for inn in known if inn)

    def _is_marked(self, invoice: LedgerInvoice) -> bool:
        row = self._database.row(
            "SELECT deal FROM ledger_invoice WHERE account = ? AND ref = ?",
            (self._account, invoice.ref),
        )
        return row is not None and row[0] is not None


class Bills:
    """The numbers of the bills in deals. Writing methods need a transaction."""

    def __init__(self, database: Database, account: str) -> None:
        """Work on one account of a state."""
        self._database = database
        self._account = account

    def keep(self, deal: DealRecord) -> None:
        """Note the bills of a deal as it was just read."""
        self._database.write(
            "DELETE FROM ledger_bill WHERE account = ? AND deal = ?", (self._account, deal.id)
        )
        digits = {number_key(bill.number).digits for bill in deal.invoices}
        for number in digits - {None}:
            self._database.write(
                "INSERT INTO ledger_bill VALUES (?, ?, ?)", (self._account, number, deal.id)
            )
