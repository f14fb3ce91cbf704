"""How far invoices are paid, as last settled: states, open questions, and every change of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.intents import ObjectRef
from westsync.domain.ledger import LedgerRef, PaymentStatus
from westsync.domain.settlement.values import (
    ZERO,
    InvoiceState,
    PaymentChange,
    Question,
    Settlement,
)
from westsync.journal.codec import decoder, digest, encode, from_us, to_us
from westsync.journal.dirty import Dirty
from westsync.journal.ledger_lookups import Group

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from westsync.journal.database import Database

_read_state = decoder(InvoiceState)
_read_question = decoder(Question)
_read_change = decoder(PaymentChange)
_CLOSED = frozenset({PaymentStatus.PAID, PaymentStatus.CANCELLED})


class Settlements:
    """The settlements of one account. Writing methods need a transaction."""

    def __init__(self, database: Database, account: str) -> None:
        """Work on one account of a state."""
        self._database = database
        self._account = account
        self._dirty = Dirty(database, account)

    # -- what is to be settled -----------------------------------------------------------------

    def mark(self, groups: Iterable[Group]) -> None:
        """Have the money of parties placed again."""
        for group in groups:
            self._database.write(
                "INSERT INTO ledger_unsettled VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (self._account, group.side, group.party),
            )

    def mark_all(self) -> None:
        """Have all money placed again: it is placed by other terms from now on."""
        for table in ("ledger_invoice", "ledger_payment"):
            self._database.write(
                "INSERT INTO ledger_unsettled SELECT DISTINCT account, side, party"  # noqa: S608 - constant names
                f" FROM {table} WHERE account = ? ON CONFLICT DO NOTHING",
                (self._account,),
            )

    def unsettled(self, limit: int) -> tuple[Group, ...]:
        """Return up to ``limit`` parties whose documents changed since they were settled."""
        rows = self._database.rows(
            "SELECT side, party FROM ledger_unsettled WHERE account = ? LIMIT ?",
            (self._account, limit),
        )
        return tuple(Group(side, party) for side, party in rows)

    def keep(
        self,
        group: Group,
        settlement: Settlement,
        numbers: Mapping[LedgerRef, str],
        now: datetime,
    ) -> tuple[tuple[PaymentChange, ...], frozenset[LedgerRef]]:
        """Store what a party's settlement came to.

        Args:
            group: The party.
            settlement: As settled, with candidates in its questions.
            numbers: Invoice -> number as printed.
            now: When (UTC).

        Returns:
            What is paid otherwise than before, and the invoices of which anything is said anew.
        """
        touched = set(self._drop_gone(group))
        changes = []
        for ref, state in settlement.states.items():
            change = self._keep_state(group, state, numbers.get(ref, ""), now)
            if change is not None:
                touched.add(ref)
                changes += [change] if _is_event(change) else []
        for change in changes:
            self._database.write(
                "INSERT INTO ledger_change (account, invoice, at, fell, record)"
                " VALUES (?, ?, ?, ?, ?)",
                (self._account, change.invoice, to_us(now), int(change.fell), encode(change)),
            )
        touched |= self._keep_questions(group, settlement.questions, now)
        self._database.write(
            "DELETE FROM ledger_unsettled WHERE account = ? AND side = ? AND party = ?",
            (self._account, group.side, group.party),
        )
        return tuple(changes), frozenset(touched)

    def _drop_gone(self, group: Group) -> list[LedgerRef]:
        """Forget the state of invoices that are gone; one of another party now is kept there."""
        rows = self._database.rows(
            "SELECT invoice FROM ledger_state s WHERE account = ? AND side = ? AND party = ?"
            " AND NOT EXISTS (SELECT 1 FROM ledger_invoice i"
            "   WHERE i.account = s.account AND i.ref = s.invoice AND NOT i.gone)",
            (self._account, group.side, group.party),
        )
        gone = [LedgerRef(ref) for (ref,) in rows]
        for ref in gone:
            self._database.write(
                "DELETE FROM ledger_state WHERE account = ? AND invoice = ?", (self._account, ref)
            )
        return gone

    def _keep_state(
        self, group: Group, state: InvoiceState, number: str, now: datetime
    ) -> PaymentChange | None:
        """Store a state; None if nothing of it is new."""
        before = self.state(state.invoice)
        record = encode(state)
        changed = self._database.write(
            "INSERT INTO ledger_state (account, invoice, side, party, open, looked_at, hash,"
            " record) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, invoice) DO UPDATE SET"
            " side = excluded.side, party = excluded.party, open = excluded.open,"
            " hash = excluded.hash, record = excluded.record"
            " WHERE excluded.hash <> ledger_state.hash OR excluded.party <> ledger_state.party",
            (
                self._account,
                state.invoice,
                group.side,
                group.party,
                int(state.status not in _CLOSED),
                to_us(now),
                digest(record),
                record,
            ),
        )
        if not changed:
            return None
        return PaymentChange(
            invoice=state.invoice,
            number=number,
            at=now,
            old=before.status if before is not None else None,
            new=state.status,
            old_paid=before.paid if before is not None else ZERO,
            paid=state.paid,
            remaining=state.remaining,
            overpaid=state.overpaid,
            shares=state.shares,
        )

    def _keep_questions(
        self, group: Group, questions: Iterable[Question], now: datetime
    ) -> frozenset[LedgerRef]:
        """Replace a party's questions; returns the candidates of what is new or gone.

        Payments that became a question, or are none any more, are decided again.
        """
        rows = self._database.rows(
            "SELECT payment, hash FROM ledger_question"
            " WHERE account = ? AND side = ? AND party = ?",
            (self._account, group.side, group.party),
        )
        before = {ref: kept for ref, kept in rows}  # noqa: C416 - a row is a pair by its query
        touched: set[LedgerRef] = set()
        asked: list[str] = []
        for question in questions:
            ref, record = question.payment.ref, encode(question)
            if before.pop(ref, None) == digest(record):
                continue
            touched |= self._forget_question(ref)
            touched |= self._ask(group, question, record)
            asked.append(ref)
        for ref in before:
            touched |= self._forget_question(LedgerRef(ref))
        payments = (ObjectRef(kind="payment", id=ref) for ref in (*asked, *before))
        self._dirty.mark(payments, now)
        return frozenset(touched)

    def question(self, payment: LedgerRef) -> Question | None:
        """Return what nobody could place of a payment; None if all of it is placed."""
        row = self._database.row(
            "SELECT record FROM ledger_question WHERE account = ? AND payment = ?",
            (self._account, payment),
        )
        return None if row is None else _read_question(row[0])

    def _ask(self, group: Group, question: Question, record: bytes) -> set[LedgerRef]:
        ref = question.payment.ref
        dated = question.payment.dated.toordinal()
        self._database.write(
            "INSERT INTO ledger_question VALUES (?, ?, ?, ?, ?, ?, ?)",
            (self._account, ref, group.side, group.party, dated, digest(record), record),
        )
        shown = {candidate.invoice for candidate in question.candidates}
        for invoice in shown:
            self._database.write(
                "INSERT INTO ledger_candidate VALUES (?, ?, ?)", (self._account, invoice, ref)
            )
        return shown

    def _forget_question(self, payment: LedgerRef) -> set[LedgerRef]:
        rows = self._database.rows(
            "SELECT invoice FROM ledger_candidate WHERE account = ? AND payment = ?",
            (self._account, payment),
        )
        for table in ("ledger_candidate", "ledger_question"):
            self._database.write(
                f"DELETE FROM {table} WHERE account = ? AND payment = ?",  # noqa: S608 - constant names
                (self._account, payment),
            )
        return {LedgerRef(invoice) for (invoice,) in rows}

    # -- asking --------------------------------------------------------------------------------

    def state(self, invoice: LedgerRef) -> InvoiceState | None:
        """Return how far an invoice is paid; None before it was settled."""
        row = self._database.row(
            "SELECT record FROM ledger_state WHERE account = ? AND invoice = ?",
            (self._account, invoice),
        )
        return None if row is None else _read_state(row[0])

    def questions(self, side: str, since: date, limit: int) -> tuple[Question, ...]:
        """Return money since a day that nobody could place, oldest first."""
        rows = self._database.rows(
            "SELECT record FROM ledger_question WHERE account = ? AND side = ? AND dated >= ?"
            " ORDER BY dated, payment LIMIT ?",
            (self._account, side, since.toordinal(), limit),
        )
        return tuple(_read_question(record) for (record,) in rows)

    def questions_about(self, invoice: LedgerRef) -> tuple[Question, ...]:
        """Return the questions that show an invoice as a candidate."""
        rows = self._database.rows(
            "SELECT record FROM ledger_candidate c CROSS JOIN ledger_question q"
            " ON q.account = c.account AND q.payment = c.payment"
            " WHERE c.account = ? AND c.invoice = ? ORDER BY q.dated, q.payment",
            (self._account, invoice),
        )
        return tuple(_read_question(record) for (record,) in rows)

    def changes_of(self, invoice: LedgerRef) -> tuple[PaymentChange, ...]:
        """Return all changes of what is paid of an invoice, oldest first."""
        rows = self._database.rows(
            "SELECT record FROM ledger_change WHERE account = ? AND invoice = ? ORDER BY number",
            (self._account, invoice),
        )
        return tuple(_read_change(record) for (record,) in rows)

    def fell_at(self, invoice: LedgerRef) -> datetime | None:
        """Return when less was last found paid than before; None if it never was."""
        row = self._database.row(
            "SELECT max(at) FROM ledger_change WHERE account = ? AND invoice = ? AND fell",
            (self._account, invoice),
        )
        return None if row is None or row[0] is None else from_us(row[0])

    def longest_unseen(self, side: str, before: date, limit: int) -> tuple[LedgerRef, ...]:
        """Return open invoices older than a day, those first that were not looked at longest."""
        rows = self._database.rows(
            "SELECT s.invoice FROM ledger_state s CROSS JOIN ledger_invoice i"
            " ON i.account = s.account AND i.ref = s.invoice"
            " WHERE s.account = ? AND s.side = ? AND s.open AND i.dated < ? AND NOT i.gone"
            " ORDER BY s.looked_at LIMIT ?",
            (self._account, side, before.toordinal(), limit),
        )
        return tuple(LedgerRef(ref) for (ref,) in rows)

    def looked_at(self, invoice: LedgerRef, now: datetime) -> None:
        """Note that an open invoice was read by its key."""
        self._database.write(
            "UPDATE ledger_state SET looked_at = ? WHERE account = ? AND invoice = ?",
            (to_us(now), self._account, invoice),
        )


def _is_event(change: PaymentChange) -> bool:
    """Return whether status or paid sum changed; an unpaid invoice seen first is no event."""
    if change.old is None and change.old_paid == change.paid == 0:
        return False
    return (change.old, change.old_paid) != (change.new, change.paid)
