"""The sending side of the outbox: what is due, and each step of a send as a durable fact.

Before anything goes out the intent is marked ``acting`` in a commit of its own; whatever the other
side says is recorded afterwards. A process that dies in between leaves ``acting`` behind, which
the next one treats as "outcome unknown" (reliability 2.3).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from westsync.domain.actions import (
    AttachFile,
    CreateInvoice,
    EnsureTask,
    LinkTask,
    PostInvoice,
    PrintInvoice,
)
from westsync.domain.intents import Intent, Key
from westsync.errors import StateError
from westsync.journal.audit import Audit
from westsync.journal.codec import from_us, to_us
from westsync.journal.cursors import TASKS, Cursors
from westsync.journal.dirty import Dirty
from westsync.journal.entries import ENTRY_QUERY, Entry, IntentState, Target, read_entry
from westsync.journal.outbox import Outbox
from westsync.journal.refusal_records import refusal_record

if TYPE_CHECKING:
    from collections.abc import Collection

    from westsync.domain.actions import Action
    from westsync.domain.refusals import Refusal
    from westsync.journal.database import Cell, Database, Recovery
    from westsync.ports import Receipt

# How far before the watermark of the server's clock an effect of ours could still stand.
SEARCH_OVERLAP = timedelta(minutes=5)
_WITHOUT_WATERMARK = timedelta(hours=1)

_A_MARK_EACH = ", ".join("?" for _ in Target)
_FIRST_OF_ITS_OBJECT = (
    "state IN ('waiting', 'acting', 'in_doubt', 'postponed')"
    " AND NOT EXISTS (SELECT 1 FROM intent AS earlier WHERE"
    "   earlier.account = intent.account AND earlier.kind = intent.kind"
    "   AND earlier.object = intent.object AND earlier.target = intent.target"
    "   AND earlier.number < intent.number"
    "   AND earlier.state IN ('waiting', 'acting', 'in_doubt', 'postponed'))"
)


class Delivery:
    """The open intents of one account, for `westsync.jobs.act`. One thread uses it at a time."""

    def __init__(self, database: Database, account: str) -> None:
        """Work on one account of a state."""
        self._database = database
        self._account = account
        self._audit = Audit(database, account)
        self._cursors = Cursors(database, account)
        self._outbox = Outbox(database, account)
        self._dirty = Dirty(database, account)

    @property
    def recovery(self) -> Recovery | None:
        """The recovery epoch that is on: then everything is looked up before it is sent."""
        return self._database.recovery

    def find_interrupted(self, settle: timedelta, now: datetime) -> tuple[Key, ...]:
        """Put what a dead process was sending in doubt; called before anything is sent.

        Args:
            settle: How long the other system may still be applying a request we gave up on.
            now: The present (UTC).
        """
        rows = self._database.rows(
            f"{ENTRY_QUERY} WHERE account = ? AND state = 'acting' ORDER BY number",
            (self._account,),
        )
        entries = [read_entry(row) for row in rows]
        with self._database.transaction():
            for entry in entries:
                if entry.target is Target.MAIL and not entry.leaving:
                    cause = "the process ended before the letter left"
                    self.mark_postponed(entry, now, not_before=now, cause=cause)
                    continue
                self._open(
                    entry,
                    IntentState.IN_DOUBT,
                    now,
                    not_before=(entry.last_sent_at or now) + settle,
                    cause="the process ended while it was being sent",
                    doubts=1,
                    deaths=1,
                )
        return tuple(entry.key for entry in entries)

    def due(self, now: datetime, limit: int, without: Collection[Target] = ()) -> tuple[Entry, ...]:
        """Return intents that may be sent or looked up now, longest due first.

        An open earlier intent of the same object and target comes first: those behind it are not
        returned until it is finished or held. It never blocks another object.

        Args:
            now: The present (UTC).
            limit: At most so many.
            without: Targets that are left alone.
        """
        rows = self._database.rows(
            f"{ENTRY_QUERY} WHERE account = ? AND {_FIRST_OF_ITS_OBJECT} AND not_before <= ?"
            f" AND target NOT IN ({_A_MARK_EACH}) ORDER BY not_before, number LIMIT ?",
            (
                self._account,
                to_us(now),
                *(target if target in without else "" for target in Target),
                limit,
            ),
        )
        return tuple(read_entry(row) for row in rows)

    def next_due(self) -> datetime | None:
        """Return when `due` will next return something; None if nothing is open."""
        row = self._database.row(
            f"SELECT not_before FROM intent WHERE account = ? AND {_FIRST_OF_ITS_OBJECT}"  # noqa: S608 - constants only
            " ORDER BY not_before LIMIT 1",
            (self._account,),
        )
        return None if row is None else from_us(row[0])

    def mark_acting(self, entry: Entry, now: datetime) -> Entry:
        """Make durable that the intent is being sent; only then may it be sent, once.

        Returns:
            The entry as it stands now.
        """
        with self._database.transaction():
            self._move(
                entry,
                "UPDATE intent SET state = 'acting', attempts = attempts + 1, leaving = 0,"
                " cause = NULL,"
                " first_sent_at = coalesce(first_sent_at, ?), last_sent_at = ?,"
                " hwm = coalesce(hwm, ?) WHERE key = ?"
                " AND state IN ('waiting', 'in_doubt', 'postponed')",
                to_us(now),
                to_us(now),
                to_us(self._searched_from(now)),
            )
            self._audit.append_of(entry, IntentState.ACTING, at=now)
        self._database.remember_generation()
        marked = self._outbox.entry(entry.key)
        if marked is None:
            raise StateError(f"{entry.key} vanished from the outbox")
        return marked

    def mark_leaving(self, entry: Entry) -> None:
        """Make durable that from now on the effect may have happened, whatever follows.

        Before it a process that dies has certainly done nothing.
        """
        with self._database.transaction():
            self._move(entry, "UPDATE intent SET leaving = 1 WHERE key = ? AND state = 'acting'")

    def mark_done(self, entry: Entry, receipt: Receipt, now: datetime) -> None:
        """Record the effect, and with it what follows from it.

        A task that was not seen on its deal gets a `LinkTask`, an invoice its `PostInvoice`, a
        file its `AttachFile`.
        What becomes of an invoice also has its deal decided again.
        """
        with self._database.transaction():
            self._move(
                entry,
                "UPDATE intent SET state = 'done', ref = ?, note = ?, cause = NULL,"
                " finished_at = ? WHERE key = ?"
                " AND state IN ('waiting', 'acting', 'in_doubt', 'postponed', 'held')",
                receipt.ref,
                receipt.note,
                to_us(now),
            )
            self._audit.append_of(
                replace(entry, ref=receipt.ref), IntentState.DONE, at=now, detail=receipt.note
            )
            self._decide_again(entry, now)
            match entry.payload:
                case EnsureTask(deal=str(deal)) if not receipt.linked:
                    link = LinkTask(task=entry.key, deal=deal)
                    self._outbox.record([_following(entry, link, "link", now)], now)
                case CreateInvoice(deal=deal):
                    posting = PostInvoice(invoice=entry.key, deal=deal, version=receipt.version)
                    self._outbox.record([_following(entry, posting, "post", now)], now)
                case PrintInvoice(deal=deal):
                    attaching = AttachFile(file=entry.key, deal=deal)
                    self._outbox.record([_following(entry, attaching, "attach", now)], now)
                case _:
                    pass

    def mark_in_doubt(
        self, entry: Entry, now: datetime, *, not_before: datetime, cause: str
    ) -> None:
        """Record that the outcome of a send is unknown; it is looked up from ``not_before`` on."""
        self._open(entry, IntentState.IN_DOUBT, now, not_before=not_before, cause=cause, doubts=1)

    def mark_postponed(
        self, entry: Entry, now: datetime, *, not_before: datetime, cause: str
    ) -> None:
        """Record that nothing happened this time; it is tried again from ``not_before`` on."""
        self._open(entry, IntentState.POSTPONED, now, not_before=not_before, cause=cause)

    def delay_look_up(
        self, entry: Entry, now: datetime, *, not_before: datetime, cause: str
    ) -> None:
        """Record that an unknown outcome could not be looked up; it stays in doubt."""
        self._open(entry, IntentState.IN_DOUBT, now, not_before=not_before, cause=cause)

    def mark_failed(
        self, entry: Entry, now: datetime, *, cause: str, refusal: Refusal | None = None
    ) -> None:
        """Record a definite no: a dead letter, with its cause, until a person retries or drops."""
        self._close(entry, IntentState.FAILED, now, cause, refusal)

    def mark_held(self, entry: Entry, now: datetime, *, cause: str) -> None:
        """Record that a person must find out what happened; it no longer blocks its object."""
        self._close(entry, IntentState.HELD, now, cause)

    def mark_withdrawn(self, entry: Entry, now: datetime, *, cause: str) -> None:
        """Record that it is no longer wanted; a look-up has just shown that it did not happen."""
        self._close(entry, IntentState.WITHDRAWN, now, cause)

    def _open(
        self,
        entry: Entry,
        state: IntentState,
        now: datetime,
        *,
        not_before: datetime,
        cause: str,
        doubts: int = 0,
        deaths: int = 0,
    ) -> None:
        with self._database.transaction():
            self._move(
                entry,
                "UPDATE intent SET state = ?, not_before = ?, cause = ?, doubts = doubts + ?,"
                " deaths = deaths + ?"
                " WHERE key = ? AND state IN ('waiting', 'acting', 'in_doubt', 'postponed')",
                state,
                to_us(not_before),
                cause,
                doubts,
                deaths,
            )
            self._audit.append_of(entry, state, at=now, detail=cause)

    def _close(
        self,
        entry: Entry,
        state: IntentState,
        now: datetime,
        cause: str,
        refusal: Refusal | None = None,
    ) -> None:
        with self._database.transaction():
            self._move(
                entry,
                "UPDATE intent SET state = ?, cause = ?, refusal = ?, finished_at = ?"
                " WHERE key = ? AND state IN ('waiting', 'acting', 'in_doubt', 'postponed')",
                state,
                cause,
                None if refusal is None else refusal_record(refusal),
                to_us(now),
            )
            self._audit.append_of(entry, state, at=now, detail=cause)
            self._decide_again(entry, now)

    def _decide_again(self, entry: Entry, now: datetime) -> None:
        """Have the object of an invoice looked at: what 1C said is one of its facts."""
        if entry.target is Target.LEDGER:
            self._dirty.mark([entry.obj], now)

    def _move(self, entry: Entry, sql: str, *values: Cell) -> None:
        if self._database.write(sql, (*values, entry.key)) != 1:
            raise StateError(f"{entry.key} is no longer open; two processes share this state")

    def _searched_from(self, now: datetime) -> datetime:
        # The watermark is the server's own clock; ours may be ahead of it by any amount.
        cursor = self._cursors.get(TASKS)
        seen = None if cursor is None else cursor.position
        return min(now, seen or now - _WITHOUT_WATERMARK) - SEARCH_OVERLAP


def _following(entry: Entry, action: Action, word: str, now: datetime) -> Intent:
    return Intent(
        key=Key(f"{entry.key}:{word}"),
        account=entry.account,
        rule=entry.rule,
        rule_hash=entry.rule_hash,
        step=entry.step,
        repeat=entry.repeat,
        obj=entry.obj,
        action=action,
        decided_at=now,
        trace=entry.trace,
    )
