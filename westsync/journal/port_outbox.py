"""The port of an account's outbox: what was decided, under permanent keys, and its sending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from westsync.journal.audit import DAEMON

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime, timedelta

    from westsync.domain.intents import Intent, Key, Marker, ObjectRef
    from westsync.domain.refusals import Refusal
    from westsync.journal.audit import AuditRow
    from westsync.journal.database import Recovery
    from westsync.journal.entries import Entry, IntentState, Target
    from westsync.journal.outbox import Recording
    from westsync.journal.promises import MadeTask
    from westsync.ports import Receipt


class Outbox(Protocol):
    """The intents of one account."""

    def record(self, intents: Iterable[Intent], now: datetime) -> Recording:
        """Promise intents durably; a key that is known already is promised already."""
        ...

    def withdraw(self, keys: Iterable[Key], now: datetime, cause: str) -> tuple[Key, ...]:
        """Take back intents that are no longer wanted and were certainly never sent."""
        ...

    def known(self, keys: Iterable[Key]) -> dict[Key, IntentState]:
        """Return the states of those keys that were ever recorded."""
        ...

    def entry(self, key: Key) -> Entry | None:
        """Return an intent by its key; None if it was never recorded."""
        ...

    def with_marker(self, marker: Marker) -> Entry | None:
        """Return the intent that a marker stands for; None if it is not of this installation."""
        ...

    def of_object(self, obj: ObjectRef) -> tuple[Entry, ...]:
        """Return everything ever wanted for an object, in order of recording."""
        ...

    def in_state(
        self, state: IntentState, *, after: int = 0, limit: int = 100
    ) -> tuple[Entry, ...]:
        """Return intents in a state in order of recording, a batch after a number."""
        ...

    def counts(self) -> dict[IntentState, int]:
        """Return how many intents are in each state, for `status`; counts all that ever were."""
        ...

    def count_recent(self, rule: str, since: datetime) -> int:
        """Return how many intents a rule decided since a moment, for the flood brake."""
        ...

    def last_effect_at(self, obj: ObjectRef) -> datetime | None:
        """Return when something was last sent for an object (UTC), to know our own echo."""
        ...

    def tasks_made(self, obj: ObjectRef) -> tuple[MadeTask, ...]:
        """Return the tasks that rules wanted for an object, withdrawn ones excepted, in order."""
        ...

    def retry(self, key: Key, *, by: str, now: datetime) -> None:
        """Send a failed, held or postponed intent again; it is looked up first if it was sent."""
        ...

    def drop(self, key: Key, *, by: str, now: datetime) -> None:
        """Give an intent up for good; the same situation will not want it again."""
        ...

    def clear_payloads(self, now: datetime) -> int:
        """Forget contents 30 days after done; keys, hashes and ids stay (reliability 7.5)."""
        ...


class Delivery(Protocol):
    """The open intents of one account, for `westsync.jobs.act`. One thread uses it at a time."""

    @property
    def recovery(self) -> Recovery | None:
        """The recovery epoch that is on: then everything is looked up before it is sent."""
        ...

    def find_interrupted(self, settle: timedelta, now: datetime) -> tuple[Key, ...]:
        """Put what a dead process was sending in doubt; called before anything is sent."""
        ...

    def due(self, now: datetime, limit: int, without: Collection[Target] = ()) -> tuple[Entry, ...]:
        """Return intents that may be sent or looked up now, longest due first."""
        ...

    def next_due(self) -> datetime | None:
        """Return when `due` will next return something; None if nothing is open."""
        ...

    def mark_acting(self, entry: Entry, now: datetime) -> Entry:
        """Make durable that the intent is being sent; only then may it be sent, once."""
        ...

    def mark_leaving(self, entry: Entry) -> None:
        """Make durable that from now on the effect may have happened, whatever follows."""
        ...

    def mark_done(self, entry: Entry, receipt: Receipt, now: datetime) -> None:
        """Record the effect, and with it what follows from it."""
        ...

    def mark_in_doubt(
        self, entry: Entry, now: datetime, *, not_before: datetime, cause: str
    ) -> None:
        """Record that the outcome of a send is unknown; it is looked up from ``not_before`` on."""
        ...

    def mark_postponed(
        self, entry: Entry, now: datetime, *, not_before: datetime, cause: str
    ) -> None:
        """Record that nothing happened this time; it is tried again from ``not_before`` on."""
        ...

    def delay_look_up(
        self, entry: Entry, now: datetime, *, not_before: datetime, cause: str
    ) -> None:
        """Record that an unknown outcome could not be looked up; it stays in doubt."""
        ...

    def mark_failed(
        self, entry: Entry, now: datetime, *, cause: str, refusal: Refusal | None = None
    ) -> None:
        """Record a definite no: a dead letter, with its cause, until a person retries or drops."""
        ...

    def mark_held(self, entry: Entry, now: datetime, *, cause: str) -> None:
        """Record that a person must find out what happened; it no longer blocks its object."""
        ...

    def mark_withdrawn(self, entry: Entry, now: datetime, *, cause: str) -> None:
        """Record that it is no longer wanted; a look-up has just shown that it did not happen."""
        ...


class Audit(Protocol):
    """The log of one account; the chain runs through all accounts of the file."""

    def append(
        self,
        *,
        at: datetime,
        what: str,
        actor: str = DAEMON,
        rule: str = "",
        rule_hash: str = "",
        key: str = "",
        target: str = "",
        ref: str = "",
        detail: str = "",
    ) -> None:
        """Add a line, in the transaction of what it tells."""
        ...

    def append_of(
        self, entry: Entry, what: str, *, at: datetime, actor: str = DAEMON, detail: str = ""
    ) -> None:
        """Add a line about an intent, in the transaction of what it tells."""
        ...

    def of_key(self, key: str) -> tuple[AuditRow, ...]:
        """Return the history of one intent, in order."""
        ...

    def verify(self) -> int | None:
        """Recompute the chain; return the number of the first row that does not fit, or None."""
        ...
