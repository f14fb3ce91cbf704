"""The working file of a reconciliation: what was read, how far it is, and what was found.

It is a state file of its own beside the daemon's, because a reconciliation looks at the whole past
and the daemon must not begin to act on it. Everything of the mirrors works in it as usual. It is a
scratch: what finished is read anew, what was killed goes on where it was.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads annotations at run time
from typing import TYPE_CHECKING

import msgspec

from westsync.domain.backfill import Category, Finding, Span, Subject
from westsync.domain.ledger import LedgerInvoice
from westsync.domain.records import DealRecord
from westsync.domain.settlement.values import Question
from westsync.journal.codec import decoder, encode, to_us
from westsync.journal.ledger import CLIENT
from westsync.journal.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from westsync.journal.database import Cell, Database, Row

_RUN, _DONE = "backfill.run", "backfill.done."
_BATCH = 500
COMPARED = "compared"
_TABLES = (
    # ``deal`` is empty for an invoice that is spoken of in an ambiguous finding.
    """CREATE TABLE IF NOT EXISTS backfill_claim (
        ref TEXT PRIMARY KEY, deal TEXT NOT NULL, bill TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS backfill_open_bill (
        deal TEXT NOT NULL, bill TEXT NOT NULL, PRIMARY KEY (deal, bill)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS backfill_finding (
        number INTEGER PRIMARY KEY, subject TEXT NOT NULL, category TEXT NOT NULL,
        record BLOB NOT NULL
    ) STRICT""",
    """CREATE INDEX IF NOT EXISTS backfill_finding_of ON backfill_finding
        (category, subject, number)""",
)

_read_deal = decoder(DealRecord)
_read_finding = decoder(Finding)
_read_invoice = decoder(LedgerInvoice)
_read_question = decoder(Question)


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What a working file was begun for; another question needs another picture.

    Attributes:
        began_at: UTC.
        version: Of the configuration.
    """

    span: Span
    only: tuple[Subject, ...]
    began_at: datetime
    version: str

    def asks_the_same(self, other: Run) -> bool:
        """Return whether two runs ask the same question of the same systems."""
        mine, theirs = (self.span, self.only, self.version), (other.span, other.only, other.version)
        return mine == theirs


class Workbook:
    """The working file of one account.

    Attributes:
        store: Mirrors of Megaplan and of 1C as this reconciliation read them.
    """

    def __init__(self, database: Database, account: str) -> None:
        """Work in an open file."""
        self._database = database
        self._account = account
        self.store = SqliteStore(database, account)
        with database.transaction():
            for statement in _TABLES:
                database.write(statement)

    # -- progress ------------------------------------------------------------------------------

    @property
    def run(self) -> Run | None:
        """What the file was begun for; None for a new one."""
        kept = self.store.keepsakes.get(_RUN)
        return None if not kept else msgspec.json.decode(kept, type=Run)

    def begin(self, run: Run) -> None:
        """Note what the file is for."""
        self.store.keepsakes.put(_RUN, encode(run).decode())

    def is_done(self, step: str) -> bool:
        """Return whether a step came to its end."""
        return bool(self.store.keepsakes.get(_DONE + step))

    def note_done(self, step: str) -> None:
        """Note durably that a step came to its end."""
        self.store.keepsakes.put(_DONE + step, "1")

    # -- what was read -------------------------------------------------------------------------

    def deals(self) -> Iterator[DealRecord]:
        """Walk the deals that are not gone, a batch in memory at a time."""
        for _, record in self._walk(
            "SELECT id, record FROM deal WHERE account = ? AND NOT gone AND id > ?"
            " ORDER BY id LIMIT ?",
            self._account,
        ):
            yield _read_deal(record)

    def client_invoices(self, span: Span) -> Iterator[LedgerInvoice]:
        """Walk the invoices to clients of a span that no deal has claimed."""
        for _, record in self._walk(
            "SELECT ref, record FROM ledger_invoice i WHERE account = ? AND side = ? AND NOT gone"
            " AND dated >= ? AND dated < ? AND NOT EXISTS (SELECT 1 FROM backfill_claim c"
            " WHERE c.ref = i.ref) AND ref > ? ORDER BY ref LIMIT ?",
            *(self._account, CLIENT, *_days(span)),
        ):
            yield _read_invoice(record)

    def buyers(self, span: Span) -> Iterator[tuple[str, tuple[LedgerInvoice, ...]]]:
        """Walk (party, its invoices of a span); the party is an ИНН or 1C's own key."""
        for (party,) in self._walk(
            "SELECT DISTINCT party FROM ledger_invoice WHERE account = ? AND side = ?"
            " AND NOT gone AND dated >= ? AND dated < ? AND party > ? ORDER BY party LIMIT ?",
            *(self._account, CLIENT, *_days(span)),
        ):
            found = self._database.rows(
                "SELECT record FROM ledger_invoice WHERE account = ? AND side = ?"
                " AND party = ? AND NOT gone AND dated >= ? AND dated < ? ORDER BY dated, ref",
                (self._account, CLIENT, party, *_days(span)),
            )
            yield party, tuple(_read_invoice(record) for (record,) in found)

    def questions(self, span: Span) -> Iterator[Question]:
        """Walk the clients' money of a span that nobody could place."""
        for _, record in self._walk(
            "SELECT payment, record FROM ledger_question WHERE account = ? AND side = ?"
            " AND dated >= ? AND dated < ? AND payment > ? ORDER BY payment LIMIT ?",
            *(self._account, CLIENT, *_days(span)),
        ):
            yield _read_question(record)

    def marked_tasks(self, since: datetime, until: datetime) -> Iterator[tuple[str, list[str]]]:
        """Walk (marker, ids of the tasks that carry it, oldest first), created in a span (UTC)."""
        for marker, ids in self._walk(
            "SELECT marker, group_concat(id) FROM (SELECT marker, id FROM task WHERE account = ?"
            " AND marker IS NOT NULL AND created_at >= ? AND created_at < ? AND marker > ?"
            " AND NOT gone ORDER BY marker, created_at, id) GROUP BY marker ORDER BY marker"
            " LIMIT ?",
            *(self._account, to_us(since), to_us(until)),
        ):
            yield marker, ids.split(",")

    def _walk(self, sql: str, *values: Cell) -> Iterator[Row]:
        """Yield rows in the order of their first column, a batch in memory at a time.

        Args:
            sql: Its last two parameters are the first column of the row before, and how many rows.
            values: The parameters before those.
        """
        after = ""
        while rows := self._database.rows(sql, (*values, after, _BATCH)):
            yield from rows
            after = rows[-1][0]

    # -- how it belongs together ---------------------------------------------------------------

    def claim(self, ref: str, deal: str, bill: str) -> None:
        """Note in a transaction that an invoice of 1C belongs to a deal, and which bill it is."""
        self._database.write(
            "INSERT INTO backfill_claim VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (ref, deal, bill)
        )

    def claimed_by(self, ref: str) -> str | None:
        """Return the deal that an invoice belongs to; empty: several may be; None: none does."""
        row = self._database.row("SELECT deal FROM backfill_claim WHERE ref = ?", (ref,))
        return None if row is None else str(row[0])

    def leave_open(self, deal: str, bill: str) -> None:
        """Note in a transaction that a bill was not found in 1C at first sight."""
        self._database.write(
            "INSERT INTO backfill_open_bill VALUES (?, ?) ON CONFLICT DO NOTHING", (deal, bill)
        )

    def open_bills(self) -> Iterator[tuple[str, str]]:
        """Walk (deal, bill) of those that are open; a batch is read before it is given out."""
        after = ("", "")
        while rows := self._database.rows(
            "SELECT deal, bill FROM backfill_open_bill WHERE (deal, bill) > (?, ?)"
            " ORDER BY deal, bill LIMIT ?",
            (*after, _BATCH),
        ):
            yield from ((deal, bill) for deal, bill in rows)
            after = rows[-1]

    # -- what was found ------------------------------------------------------------------------

    def forget_findings(self) -> None:
        """Begin comparing from the beginning; nothing that was read is lost."""
        with self._database.transaction():
            for name in ("claim", "open_bill", "finding"):
                self._database.write(f"DELETE FROM backfill_{name}")  # noqa: S608 - constant names

    def transaction(self) -> AbstractContextManager[None]:
        """Do all or nothing."""
        return self._database.transaction()

    def keep(self, findings: Iterable[Finding]) -> None:
        """Store findings in the order they come, some hundreds at a time."""
        waiting: list[Finding] = []
        for finding in findings:
            waiting.append(finding)
            if len(waiting) >= _BATCH:
                self._insert(waiting)
                waiting = []
        self._insert(waiting)

    def _insert(self, findings: Iterable[Finding]) -> None:
        with self._database.transaction():
            for one in findings:
                self._database.write(
                    "INSERT INTO backfill_finding (subject, category, record) VALUES (?, ?, ?)",
                    (one.subject, one.category, encode(one)),
                )

    def counts(self) -> Mapping[tuple[Subject, Category], int]:
        """Return how many findings there are of each kind."""
        rows = self._database.rows(
            "SELECT subject, category, count(*) FROM backfill_finding GROUP BY subject, category"
        )
        return {(Subject(subject), Category(category)): n for subject, category, n in rows}

    def findings(self, category: Category, subject: Subject) -> Iterator[Finding]:
        """Walk the findings of a kind in order."""
        after = 0
        while rows := self._database.rows(
            "SELECT number, record FROM backfill_finding WHERE category = ? AND subject = ?"
            " AND number > ? ORDER BY number LIMIT ?",
            (category, subject, after, _BATCH),
        ):
            for _, record in rows:
                yield _read_finding(record)
            after = rows[-1][0]


def _days(span: Span) -> tuple[int, int]:
    return span.since.toordinal(), span.until.toordinal()
