"""What was ever decided, asked by key, marker, object and state; nothing here changes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from westsync.journal.codec import from_us, to_us
from westsync.journal.entries import ENTRY_QUERY, Entry, IntentState, read_entry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from westsync.domain.intents import Key, Marker, ObjectRef
    from westsync.journal.database import Database


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


class Promises:
    """The intents of one account, as they are recorded."""

    def __init__(self, database: Database, account: str) -> None:
        """Look into one account of a state."""
        self._database = database
        self._account = account

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

        What follows from something else, and lines of digests, which are told together, are not
        counted.
        """
        row = self._database.row(
            "SELECT count(*) FROM intent WHERE account = ? AND rule = ? AND decided_at >= ?"
            " AND action NOT IN ('task.link', 'invoice.post', 'file.attach', 'digest.join')",
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


def episode_of(key: Key) -> datetime:
    """Return the start of the episode that a key names (`westsync.domain.intents.intent_key`)."""
    return datetime.strptime(f"{key.split(':')[3]}+0000", "%Y%m%dT%H%M%SZ%z")
