"""The outbox: what was decided, each under its permanent key, and what people do about it.

Looking into it is `westsync.journal.promises`, sending is `westsync.journal.delivery`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from westsync.domain.actions import ACTION_NAMES, CloseTask
from westsync.domain.intents import Key, marker_of
from westsync.errors import WestsyncError
from westsync.journal.audit import Audit
from westsync.journal.codec import digest, encode, to_us
from westsync.journal.entries import Entry, IntentState, policy_of, target_of
from westsync.journal.promises import Promises

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from westsync.domain.intents import Intent
    from westsync.journal.database import Database

PAYLOADS_KEPT = timedelta(days=30)
NEVER_MADE = "the task was never made"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What became of the intents of a decision.

    Attributes:
        new: Keys recorded now (also those withdrawn before and wanted again).
        differing: Keys recorded earlier with another content: a rule whose text depends on the
            moment, or a mistake. The first content stays.
    """

    new: tuple[Key, ...]
    differing: tuple[Key, ...]


class Outbox(Promises):
    """The intents of one account, and what is done to them.

    Writing methods open their own transaction or join the one that is open, so that a decision,
    its cursor and its intents are recorded together.
    """

    def __init__(self, database: Database, account: str) -> None:
        """Work on one account of a state."""
        super().__init__(database, account)
        self._audit = Audit(database, account)

    def record(self, intents: Iterable[Intent], now: datetime) -> Recording:
        """Promise intents durably; a key that is known already is promised already.

        A sound intent waits, one of a shadow rule is only kept, a defective one is a dead letter
        at once. A `CloseTask` whose task was never sent withdraws the task and is done.

        Args:
            intents: Of this account.
            now: The moment of the decision (UTC); they may be sent from now on.
        """
        new: list[Key] = []
        differing: list[Key] = []
        with self._database.transaction():
            for intent in intents:
                if self._insert(intent, now):
                    new.append(intent.key)
                    self._settle_at_once(intent, now)
                elif self._differs(intent):
                    differing.append(intent.key)
                    log.error("intent.content_differs", key=intent.key, rule=intent.rule)
        return Recording(new=tuple(new), differing=tuple(differing))

    def withdraw(self, keys: Iterable[Key], now: datetime, cause: str) -> tuple[Key, ...]:
        """Take back intents that are no longer wanted and were certainly never sent.

        Returns:
            The keys that were withdrawn; the others have happened, may have, or are unknown.
        """
        with self._database.transaction():
            return tuple(key for key in keys if self._withdraw(key, now, cause))

    def retry(self, key: Key, *, by: str, now: datetime) -> None:
        """Send a failed, held or postponed intent again; it is looked up first if it was sent.

        Raises:
            WestsyncError: There is no such intent, or it is not one that can be sent again.
        """
        entry = self._must(key)
        if entry.payload is None:
            raise WestsyncError(f"{key}: its content is no longer kept, it cannot be sent again")
        with self._database.transaction():
            if not self._database.write(
                "UPDATE intent SET state = 'postponed', doubts = 0, deaths = 0, not_before = ?,"
                " cause = NULL"
                " WHERE key = ? AND state IN ('failed', 'held', 'postponed')",
                (to_us(now), key),
            ):
                raise WestsyncError(
                    f"{key} is {entry.state}; only failed and held ones are retried"
                )
            self._audit.append_of(entry, "retry", at=now, actor=by)

    def drop(self, key: Key, *, by: str, now: datetime) -> None:
        """Give an intent up for good; the same situation will not want it again.

        Raises:
            WestsyncError: There is no such intent, it is done, or it is just being sent.
        """
        entry = self._must(key)
        with self._database.transaction():
            if not self._database.write(
                "UPDATE intent SET state = 'withdrawn', dropped_by = ?, finished_at = ?"
                " WHERE key = ? AND state IN ('failed', 'held', 'postponed', 'waiting')",
                (by, to_us(now), key),
            ):
                raise WestsyncError(f"{key} is {entry.state}; it can no longer be dropped")
            self._audit.append_of(entry, "drop", at=now, actor=by)

    def clear_payloads(self, now: datetime) -> int:
        """Forget contents 30 days after done; keys, hashes and ids stay (reliability 7.5).

        A task that is still open in the mirror keeps its content: without it nobody could see
        whether a person edited the task.
        """
        with self._database.transaction():
            return self._database.write(
                "UPDATE intent SET payload = NULL, trace = ''"
                " WHERE account = ? AND state = 'done' AND payload IS NOT NULL"
                " AND finished_at < ? AND NOT (action = 'task.ensure' AND EXISTS"
                "   (SELECT 1 FROM task WHERE task.account = intent.account"
                "    AND task.id = intent.ref AND task.open))",
                (self._account, to_us(now - PAYLOADS_KEPT)),
            )

    def _insert(self, intent: Intent, now: datetime) -> bool:
        if intent.account != self._account:
            raise ValueError(f"{intent.key} is of account {intent.account}, not {self._account}")
        payload = encode(intent.action)
        # Withdrawn by a rule means never sent: wanted again, it simply waits again.
        recorded = self._database.write(
            "INSERT INTO intent (key, account, rule, rule_hash, step, repeat, kind, object,"
            " action, target, marker, payload, payload_hash, policy, state, cause, decided_at,"
            " not_before, trace, epoch)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (key) DO UPDATE SET state = excluded.state, cause = excluded.cause,"
            " payload = excluded.payload, payload_hash = excluded.payload_hash,"
            " rule_hash = excluded.rule_hash, decided_at = excluded.decided_at,"
            " not_before = excluded.not_before, trace = excluded.trace, epoch = excluded.epoch,"
            " finished_at = NULL"
            " WHERE intent.state = 'withdrawn' AND intent.dropped_by IS NULL",
            (
                intent.key,
                self._account,
                intent.rule,
                intent.rule_hash,
                intent.step,
                intent.repeat,
                intent.obj.kind,
                intent.obj.id,
                ACTION_NAMES[type(intent.action)],
                target_of(intent.action),
                marker_of(intent.key, self._database.installation),
                payload,
                digest(payload),
                policy_of(intent.action),
                _first_state(intent),
                intent.defect,
                to_us(intent.decided_at),
                to_us(now),
                intent.trace,
                self._database.epoch,
            ),
        )
        return bool(recorded)

    def _settle_at_once(self, intent: Intent, now: datetime) -> None:
        entry = self._must(intent.key)
        self._audit.append_of(entry, "recorded", at=now, detail=intent.trace)
        if intent.defect is not None:
            self._audit.append_of(entry, IntentState.FAILED, at=now, detail=intent.defect)
            log.error("intent.failed", key=intent.key, rule=intent.rule, cause=intent.defect)
        elif (
            isinstance(intent.action, CloseTask)
            and entry.state is IntentState.WAITING
            and self._withdraw(intent.action.task, now, "its end came first")
        ):
            self._database.write(
                "UPDATE intent SET state = 'done', ref = '', note = ?, finished_at = ?"
                " WHERE key = ?",
                (NEVER_MADE, to_us(now), intent.key),
            )
            self._audit.append_of(entry, IntentState.DONE, at=now, detail=NEVER_MADE)

    def _differs(self, intent: Intent) -> bool:
        row = self._database.row("SELECT payload_hash FROM intent WHERE key = ?", (intent.key,))
        return row is not None and row[0] != digest(encode(intent.action))

    def _withdraw(self, key: Key, now: datetime, cause: str) -> bool:
        # After amnesia nobody knows that a task was never made; it must be found to be closed.
        amnesia = self._database.recovery is not None
        if not self._database.write(
            "UPDATE intent SET state = 'withdrawn', cause = ?, finished_at = ?"
            " WHERE key = ? AND account = ? AND doubts = 0 AND state IN ('waiting', 'postponed')"
            " AND NOT (? AND action = 'task.ensure')",
            (cause, to_us(now), key, self._account, int(amnesia)),
        ):
            return False
        self._audit.append_of(self._must(key), IntentState.WITHDRAWN, at=now, detail=cause)
        return True

    def _must(self, key: Key) -> Entry:
        entry = self.entry(key)
        if entry is None:
            raise WestsyncError(f"{key}: no such intent; `westsync journal list` shows them")
        return entry


def _first_state(intent: Intent) -> IntentState:
    if intent.defect is not None:
        return IntentState.FAILED
    return IntentState.SHADOWED if intent.shadow else IntentState.WAITING
