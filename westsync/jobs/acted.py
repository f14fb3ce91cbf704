"""What became of each intent of one round: in the journal, in the log, and for who asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from westsync.journal.entries import IntentState

if TYPE_CHECKING:
    from datetime import timedelta

    from westsync.domain.intents import Key, ObjectRef
    from westsync.domain.refusals import Refusal
    from westsync.journal.entries import Entry
    from westsync.journal.port_outbox import Delivery
    from westsync.ports import Clock, Receipt

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """What became of one intent.

    Attributes:
        kind: Name of the action, e.g. ``task.ensure``.
        ref: Id in the other system; empty unless done.
        cause: Why it is not done; a note of the other system if it is.
    """

    key: Key
    rule: str
    kind: str
    obj: ObjectRef
    state: IntentState
    ref: str
    cause: str


class Record:
    """The record of one round.

    Attributes:
        acted: What became of intents, in order.
    """

    def __init__(self, delivery: Delivery, clock: Clock) -> None:
        """Begin an empty one."""
        self._delivery = delivery
        self._clock = clock
        self.acted: list[Acted] = []

    def withdraw(self, entry: Entry) -> None:
        """Stop what is no longer wanted."""
        cause = "no longer wanted"
        self._delivery.mark_withdrawn(entry, self._clock.now(), cause=cause)
        log.info("intent.withdrawn", key=entry.key, rule=entry.rule, cause=cause)
        self._tell(entry, IntentState.WITHDRAWN, cause=cause)

    def done(self, entry: Entry, receipt: Receipt) -> None:
        """Say that it is done."""
        self._delivery.mark_done(entry, receipt, self._clock.now())
        log.info("intent.done", key=entry.key, rule=entry.rule, ref=receipt.ref, note=receipt.note)
        self._tell(entry, IntentState.DONE, ref=receipt.ref, cause=receipt.note)

    def in_doubt(self, entry: Entry, cause: str, settle: timedelta) -> None:
        """Say that nobody knows whether it happened; it is looked up after a while."""
        not_before = (entry.last_sent_at or self._clock.now()) + settle
        self._delivery.mark_in_doubt(entry, self._clock.now(), not_before=not_before, cause=cause)
        log.warning("intent.in_doubt", key=entry.key, rule=entry.rule, cause=cause)
        self._tell(entry, IntentState.IN_DOUBT, cause=cause)

    def postpone(self, entry: Entry, cause: str, pause: timedelta) -> None:
        """Say that it certainly did not happen, and is tried again after a pause."""
        now = self._clock.now()
        self._delivery.mark_postponed(entry, now, not_before=now + pause, cause=cause)
        log.warning("intent.postponed", key=entry.key, rule=entry.rule, cause=cause)
        self._tell(entry, IntentState.POSTPONED, cause=cause)

    def delay(self, entry: Entry, cause: str, pause: timedelta) -> None:
        """Put off a look-up; what was in doubt stays so, what was not is only postponed."""
        if not entry.doubts:
            self.postpone(entry, cause, pause)
            return
        now = self._clock.now()
        self._delivery.delay_look_up(entry, now, not_before=now + pause, cause=cause)
        log.warning("intent.look_up_postponed", key=entry.key, rule=entry.rule, cause=cause)
        self._tell(entry, IntentState.IN_DOUBT, cause=cause)

    def hold(self, entry: Entry, cause: str) -> None:
        """Leave it to a person."""
        self._delivery.mark_held(entry, self._clock.now(), cause=cause)
        log.error("intent.held", key=entry.key, rule=entry.rule, cause=cause)
        self._tell(entry, IntentState.HELD, cause=cause)

    def fail(self, entry: Entry, cause: str, refusal: Refusal | None = None) -> None:
        """Say that it cannot be done, and what people can do about it."""
        self._delivery.mark_failed(entry, self._clock.now(), cause=cause, refusal=refusal)
        log.error("intent.failed", key=entry.key, rule=entry.rule, cause=cause)
        self._tell(entry, IntentState.FAILED, cause=cause)

    def _tell(self, entry: Entry, state: IntentState, *, ref: str = "", cause: str = "") -> None:
        self.acted.append(
            Acted(
                key=entry.key,
                rule=entry.rule,
                kind=entry.action,
                obj=entry.obj,
                state=state,
                ref=ref,
                cause=cause,
            )
        )
