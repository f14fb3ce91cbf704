"""The outbox: what was decided, each under its permanent key, and what people do about it.

Sending is `westsync.journal.delivery`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from westsync.domain.intents import (
    ACTION_NAMES,
    CloseTask,
    Key,
    Marker,
    ObjectRef,
    marker_of,
)
from westsync.errors import WestsyncError
from westsync.journal.audit import Audit
from westsync.journal.codec import digest, encode, from_us, to_us
from westsync.journal.entries import (
    ENTRY_QUERY,
    Entry,
    IntentState,
    policy_of,
    read_entry,
    target_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

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


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeTask:
    """A task of ours for an object.

    Attributes:
        key: Of the intent that made it.
        rule, step, repeat: Where it comes from.
        episode: Start of the episode (UTC) as it stands in the key.
        state: How far the intent is.
        ref: Task id in the CRM; None unless done.
    """

    key: Key
    rule: str
    step: str
    repeat: int
    episode: datetime
    state: IntentState
    ref: str | None


class Outbox:
    """The intents of one account.

    Writing methods open their own transaction or join the one that is open, so that a decision,
    its cursor and its intents are recorded together.
    """

    def __init__(self, database: Database, account: str) -> None:
        """Work on one account of a state."""
        self._database = database
        self._account = account
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

    def known(self, keys: Iterable[Key]) -> dict[Key, IntentState]:
        """Return the states of those keys that were ever recorded."""
        found: dict[Key, IntentState] = {}
        for key in keys:
            row = self._database.row("SELECT state FROM intent WHERE key = ?", (key,))
            if row is not None:
                found[key] = IntentState(row[0])
        return found

    def entry(self, key: Key) -> Entry | None:
        """Return an intent by its key; None if it was never recorded."""
        row = self._database.row(
            f"{ENTRY_QUERY} WHERE key = ? AND account = ?", (key, self._account)
        )
        return None if row is None else read_entry(row)

    def with_marker(self, marker: Marker) -> Entry | None:
        """Return the intent that a marker stands for; None if it is not of this installation."""
        row = self._database.row(
            f"{ENTRY_QUERY} WHERE account = ? AND marker = ?", (self._account, marker)
        )
        return None if row is None else read_entry(row)

    def of_object(self, obj: ObjectRef) -> tuple[Entry, ...]:
        """Return everything ever wanted for an object, in order of recording."""
        rows = self._database.rows(
            f"{ENTRY_QUERY} WHERE account = ? AND kind = ? AND object = ? ORDER BY number",
            (self._account, obj.kind, obj.id),
        )
        return tuple(read_entry(row) for row in rows)

    def in_state(
        self, state: IntentState, *, after: int = 0, limit: int = 100
    ) -> tuple[Entry, ...]:
        """Return intents in a state in order of recording, a batch after a number."""
        rows = self._database.rows(
            f"{ENTRY_QUERY} WHERE account = ? AND state = ? AND number > ? ORDER BY number LIMIT ?",
            (self._account, state, after, limit),
        )
        return tuple(read_entry(row) for row in rows)

    def counts(self) -> dict[IntentState, int]:
        """Return how many intents are in each state, for `status`; counts all that ever were."""
        rows = self._database.rows(
            "SELECT state, count(*) FROM intent WHERE account = ? GROUP BY state",
            (self._account,),
        )
        return {IntentState(state): count for state, count in rows}

    def count_recent(self, rule: str, since: datetime) -> int:
        """Return how many intents a rule decided since a moment, for the flood brake.

        Links follow from tasks, and lines of digests are told together: they are not counted.
        """
        row = self._database.row(
            "SELECT count(*) FROM intent WHERE account = ? AND rule = ? AND decided_at >= ?"
            " AND action NOT IN ('task.link', 'invoice.post', 'digest.join')",
            (self._account, rule, to_us(since)),
        )
        return 0 if row is None else int(row[0])

    def last_effect_at(self, obj: ObjectRef) -> datetime | None:
        """Return when something was last sent for an object (UTC), to know our own echo."""
        row = self._database.row(
            "SELECT max(last_sent_at) FROM intent WHERE account = ? AND kind = ? AND object = ?",
            (self._account, obj.kind, obj.id),
        )
        return None if row is None or row[0] is None else from_us(row[0])

    def tasks_made(self, obj: ObjectRef) -> tuple[MadeTask, ...]:
        """Return the tasks that rules wanted for an object, withdrawn ones excepted, in order."""
        rows = self._database.rows(
            "SELECT key, rule, step, repeat, state, ref FROM intent"
            " WHERE account = ? AND kind = ? AND object = ? AND action = 'task.ensure'"
            " AND state <> 'withdrawn' ORDER BY number",
            (self._account, obj.kind, obj.id),
        )
        return tuple(
            MadeTask(
                key=key,
                rule=rule,
                step=step,
                repeat=repeat,
                episode=episode_of(key),
                state=IntentState(state),
                ref=ref,
            )
            for key, rule, step, repeat, state, ref in rows
        )

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


def episode_of(key: Key) -> datetime:
    """Return the start of the episode that a key names (`westsync.domain.intents.intent_key`)."""
    return datetime.strptime(f"{key.split(':')[3]}+0000", "%Y%m%dT%H%M%SZ%z")


def _first_state(intent: Intent) -> IntentState:
    if intent.defect is not None:
        return IntentState.FAILED
    return IntentState.SHADOWED if intent.shadow else IntentState.WAITING
