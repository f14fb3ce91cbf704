"""Acting: what the outbox owes is sent, each thing once (reliability 2.3).

Mark durably, send once, record what came back. What may have happened already is looked up before
it is sent again, and a thing that cannot be found out is left to a person.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

import structlog

from westsync.domain.episodes import Phase
from westsync.failpoints import failpoint
from westsync.jobs.acted import Acted, Record
from westsync.jobs.effects import Moot, Ready, Wait, Writers, look_up, looks_first, perform, prepare
from westsync.jobs.patience import Patience
from westsync.jobs.setbacks import Denied, Later, Refused, Setback, Unknown, attempt
from westsync.journal.entries import Entry, IntentState, Policy, Target
from westsync.journal.promises import episode_of
from westsync.ports import Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from westsync.domain.actions import Action
    from westsync.domain.intents import ObjectRef
    from westsync.journal.port import Store
    from westsync.ports import Clock

_OBJECT_IS_GONE = frozenset({403, 404})

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How patient acting is.

    Attributes:
        settle_s: Seconds after a send with unknown outcome before the look-up: the longest time
            the other system can still be applying it, and the lag of its lists (180 for Megaplan).
        ledger_settle_s: The same for 1C, where our own key tells (1C contract 8.2: 5, 15, 60).
        max_sends: After so many unknown outcomes a person decides.
        max_deaths: After our process ended so often while sending it, a person decides: it may be
            what ends it.
        retry_s: Seconds before something that certainly did not happen is tried again; doubles
            with each attempt.
        retry_cap_s: Longest such pause.
        denied_s: Seconds before a system that refused our credentials is tried again.
        wait_s: Seconds before an action is looked at again that waits for another one.
        give_up_after: After so many failures of one system in a row it is left alone this time.
        batch: Entries that are read at once.
    """

    settle_s: float = 180.0
    ledger_settle_s: float = 60.0
    max_sends: int = 3
    max_deaths: int = 10
    retry_s: float = 60.0
    retry_cap_s: float = 900.0
    denied_s: float = 300.0
    wait_s: float = 60.0
    give_up_after: int = 3
    batch: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ActSummary:
    """One round of acting.

    Attributes:
        acted: In order; an intent may occur twice (postponed, then done).
        blocked: Systems that were left alone after failures, and why.
        recheck: Objects that the CRM says are gone or hidden (403, 404): read them again.
    """

    acted: tuple[Acted, ...]
    blocked: dict[Target, str]
    recheck: tuple[ObjectRef, ...]


def never() -> bool:
    """Return False: acting goes on until nothing is due."""
    return False


def act(
    store: Store,
    writers: Writers,
    clock: Clock,
    limits: Limits,
    *,
    stopping: Callable[[], bool] = never,
    chance: Callable[[], float] = random.random,
) -> ActSummary:
    """Send what is due until nothing is.

    Args:
        store: One account's.
        writers: Whom to send through.
        clock: Never waited on: what is not due now stays for the next time.
        limits: Patience.
        stopping: Asked before each intent; True ends the round without starting another send.
        chance: Uniform in [0, 1), spreads repetitions.

    Raises:
        StateError: The state cannot be written any more; nothing unrecorded was sent.
        Unavailable: The disk is full or fails; as above.
    """
    round_ = _Round(store, writers, clock, limits, chance)
    store.delivery.find_interrupted(timedelta(seconds=limits.settle_s), clock.now())
    while not stopping():
        batch = store.delivery.due(clock.now(), limits.batch, without=round_.blocked)
        if not batch:
            break
        for entry in batch:
            if stopping():
                break
            if entry.target not in round_.blocked:
                round_.handle(entry)
    return round_.summary()


class _Round:
    """One call of `act`: its tools, and what it has done so far."""

    def __init__(
        self,
        store: Store,
        writers: Writers,
        clock: Clock,
        limits: Limits,
        chance: Callable[[], float],
    ) -> None:
        self._store = store
        self._writers = writers
        self._clock = clock
        self._limits = limits
        self._patience = Patience(
            retry_s=limits.retry_s,
            retry_cap_s=limits.retry_cap_s,
            give_up_after=limits.give_up_after,
            chance=chance,
        )
        self._record = Record(store.delivery, clock)
        self._recheck: list[ObjectRef] = []

    @property
    def blocked(self) -> Mapping[Target, str]:
        """Systems that are left alone for the rest of the round, and why."""
        return self._patience.blocked

    def summary(self) -> ActSummary:
        return ActSummary(
            acted=tuple(self._record.acted),
            blocked=dict(self.blocked),
            recheck=tuple(dict.fromkeys(self._recheck)),
        )

    def handle(self, entry: Entry) -> None:
        """Bring one due intent a step further."""
        action, now = entry.payload, self._clock.now()
        if action is None:
            self._record.fail(entry, f"its content cannot be read as {entry.action}")
            return
        ready = prepare(action, self._store.outbox, now)
        match ready:
            case Moot(note=note):
                self._record.done(entry, Receipt(ref="", note=note))
            case Wait(cause=cause):
                self._record.postpone(entry, cause, timedelta(seconds=self._limits.wait_s))
            case Ready():
                if self._settled_by_look_up(entry, action, ready):
                    return
                if self._is_over(entry):
                    self._record.withdraw(entry)
                else:
                    self._send(entry, action, ready)
            case _:
                assert_never(ready)

    def _is_over(self, entry: Entry) -> bool:
        """Return whether what asked for an invoice has ended while it was on its way.

        What waits is withdrawn with its episode; what was in doubt then, or followed from it
        since, is stopped here. A person who sends it again knows what he does.
        """
        is_by_hand = entry.state is IntentState.POSTPONED and entry.cause is None
        if entry.target is not Target.LEDGER or is_by_hand:
            return False
        deal = self._store.mirror.deal(entry.obj.id)
        if deal is not None and deal.gone:
            return True
        episode = self._store.episodes.of(entry.obj).get(entry.rule)
        if episode is None:  # of a reconciliation, which has no episodes
            return False
        began = episode.started_at.replace(microsecond=0)
        return episode.phase is Phase.CLEARED or began != episode_of(entry.key)

    def _settled_by_look_up(self, entry: Entry, action: Action, ready: Ready) -> bool:
        """Look for an effect that may exist already; True if nothing is to be sent now."""
        now = self._clock.now()
        forgotten_since = self._forgotten_since(entry, now)
        if not (entry.attempts or forgotten_since or looks_first(action)):
            return False
        since = min(entry.searched_from or now, forgotten_since or now)
        failpoint("act.look_up.before")
        found = attempt(
            lambda: look_up(action, ready, entry.marker, since, self._writers), key=entry.key
        )
        failpoint("act.look_up.after")
        if isinstance(found, Setback):
            self._not_looked_up(entry, found)
            return True
        self._patience.answered(entry.target)
        if found:
            self._adopt(entry, found)
            return True
        return self._left_to_a_person(entry)

    def _forgotten_since(self, entry: Entry, now: datetime) -> datetime | None:
        """Return since when the effect may exist without our knowing; None if it cannot."""
        recovery, lapse = self._store.recovery, self._store.lapse
        if recovery is not None:
            return recovery.since
        return None if lapse is None else lapse.forgotten_since(episode_of(entry.key), now)

    def _adopt(self, entry: Entry, found: Sequence[Receipt]) -> None:
        if len(found) > 1:
            # Reconciliation closes the younger ones; the oldest is what people have seen first.
            log.warning("intent.doubled", key=entry.key, refs=[one.ref for one in found])
        log.info("intent.adopted", key=entry.key, ref=found[0].ref)
        self._record.done(entry, found[0])

    def _left_to_a_person(self, entry: Entry) -> bool:
        """Decide what follows when an effect in doubt was not found; False: it is sent again."""
        if not entry.doubts:
            return False
        cause = f"sent {entry.attempts} times, not found afterwards: {entry.cause or 'no reply'}"
        match entry.policy:
            case Policy.RESEND if self._may_be_sent_again(entry):
                return False
            case Policy.RESEND | Policy.HOLD:
                self._record.hold(entry, cause)
            case Policy.SKIP:
                self._record.fail(entry, f"{cause}; not worth a repetition")
            case _:
                assert_never(entry.policy)
        return True

    def _may_be_sent_again(self, entry: Entry) -> bool:
        """Return whether what was looked up and not found is worth another send.

        A process that was killed did not hear an answer, and often had not even asked: that
        counts less than a system whose answers stay away.
        """
        unheard = entry.doubts - entry.deaths
        return unheard < self._limits.max_sends and entry.deaths < self._limits.max_deaths

    def _send(self, entry: Entry, action: Action, ready: Ready) -> None:
        marked = self._store.delivery.mark_acting(entry, self._clock.now())
        failpoint("act.send.before")
        result = attempt(
            lambda: perform(
                action,
                ready,
                marked.marker,
                self._writers,
                lambda: self._store.delivery.mark_leaving(marked),
            ),
            key=entry.key,
        )
        failpoint("act.send.after")
        match result:
            case Receipt():
                self._patience.answered(marked.target)
                self._record.done(marked, result)
            case Unknown(cause=cause, at_once=at_once):
                usual = self._limits.settle_s
                settle = self._limits.ledger_settle_s if marked.target is Target.LEDGER else usual
                settle = 0.0 if at_once else settle
                self._record.in_doubt(marked, cause, timedelta(seconds=settle))
            case Later(cause=cause, retry_after_s=wish):
                self._patience.failed(marked.target, result)
                self._record.postpone(marked, cause, self._patience.pause(marked.attempts, wish))
            case Denied(cause=cause):
                self._patience.block(marked.target, cause)
                self._record.postpone(marked, cause, timedelta(seconds=self._limits.denied_s))
            case Refused(cause=cause, status=status, refusal=refusal):
                if status in _OBJECT_IS_GONE:
                    self._recheck.append(marked.obj)
                self._record.fail(marked, cause, refusal)
            case _:
                assert_never(result)

    def _not_looked_up(self, entry: Entry, setback: Setback) -> None:
        match setback:
            case Later(cause=cause, retry_after_s=wish):
                self._patience.failed(entry.target, setback)
                self._record.delay(entry, cause, self._patience.pause(entry.attempts, wish))
            case Unknown(cause=cause):
                self._record.delay(entry, cause, self._patience.pause(entry.attempts, None))
            case Denied(cause=cause):
                self._patience.block(entry.target, cause)
                self._record.delay(entry, cause, timedelta(seconds=self._limits.denied_s))
            case Refused(cause=cause, status=status, refusal=refusal):
                if status in _OBJECT_IS_GONE:
                    self._recheck.append(entry.obj)
                self._record.fail(entry, cause, refusal)
            case _:
                assert_never(setback)
