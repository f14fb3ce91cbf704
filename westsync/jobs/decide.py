"""Deciding: the rules look at every object that changed or whose time has come.

Reading comes in two rounds. In the first the rules see what the lists showed; those that cannot
decide without an object's history, calls or linked tasks say so, and exactly these are read, many
objects in one request. In the second round they decide. So nothing is acted on that was not looked
at just now, and nothing is read that no decision hangs on.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from westsync.domain.actions import JoinDigest
from westsync.errors import ConnectorError, GuardTripped
from westsync.jobs.digests import OUTAGE, Digester, Gathered
from westsync.jobs.judge import Judge, Judgement
from westsync.journal.entries import IntentState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from westsync.domain.intents import Intent, Key, ObjectRef
    from westsync.domain.records import Detail
    from westsync.jobs.company import Company
    from westsync.journal.port import Store
    from westsync.ports import Clock, CrmReader
    from westsync.rules.watch import Outcome

BATCH = 500
LAST_DECISION = "decision.last"
_EVERYTHING = 1_000_000
_ECHO = timedelta(seconds=5)

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Deliberation:
    """What one round of decisions came to.

    Attributes:
        objects: How many objects were decided.
        new: Intents recorded now.
        known: How many were wanted again.
        withdrawn: How many were taken back.
        held: Rule id -> objects whose decisions wait because the rule's brake is on.
        unknown: (object, rule, why) of decisions that nobody can make now.
        crashed: (object, rule) of rules that failed.
    """

    objects: int = 0
    new: list[Intent] = field(default_factory=list)
    known: int = 0
    withdrawn: int = 0
    held: dict[str, int] = field(default_factory=dict)
    unknown: list[tuple[ObjectRef, str, str]] = field(default_factory=list)
    crashed: list[tuple[ObjectRef, str]] = field(default_factory=list)


class Decider:
    """Decides for one account."""

    def __init__(
        self,
        store: Store,
        reader: CrmReader,
        clock: Clock,
        company: Company,
        progress: Callable[[], None],
    ) -> None:
        """Bind the ends; ``progress`` is called for each object that was read or decided."""
        self._progress = progress
        self._store = store
        self._reader = reader
        self._clock = clock
        self._company = company

    def decide_due(self) -> Deliberation:
        """Decide every object that changed or whose timer has come, and record what is wanted.

        Raises:
            GuardTripped: More is wanted at once than is plausible; nothing was recorded.
        """
        now = self._clock.now()
        judge = Judge(self._store, self._company, now)
        result = Deliberation()
        since = self._outage_since(now)
        if since is not None:
            log.warning("outage.ended", since=since.isoformat())
        tried: set[ObjectRef] = set()
        batch = BATCH if since is None else _EVERYTHING  # one digest a person needs one round
        while waiting := [one for one in self._waiting(judge, now, batch) if one[0] not in tried]:
            tried |= {obj for obj, _ in waiting}
            judgements = list(
                self._judge_all(judge, waiting, now, result, all_at_once=since is not None)
            )
            gathered = Digester(self._company, now, outage_since=since).gather(
                judgements, most=self._company.guards.new_intents_per_cycle
            )
            self._must_be_plausible(gathered, len(result.new), now)
            self._commit(gathered, now, result)
        self._store.keepsakes.put(LAST_DECISION, now.isoformat())
        return result

    def _outage_since(self, now: datetime) -> datetime | None:
        """Return when the last decision was made, if that is long ago; None if it is not."""
        last = self._store.keepsakes.get(LAST_DECISION)
        if last is None:
            return None
        decided_at = datetime.fromisoformat(last)
        return decided_at if now - decided_at > OUTAGE else None

    # -- which objects -------------------------------------------------------------------------

    def _waiting(self, judge: Judge, now: datetime, most: int) -> Sequence[tuple[ObjectRef, bool]]:
        """Return (object, whether it changed): timers first, they may be owed a person."""
        due = self._store.episodes.due_objects(now, most)
        dirty = self._store.mirror.dirty.objects(most)
        changed = frozenset(dirty)
        found = {obj: obj in changed and not self._is_echo(judge, obj) for obj in due}
        for obj in dirty:
            if obj not in found:
                found[obj] = not self._is_echo(judge, obj)
        return tuple(found.items())

    def _is_echo(self, judge: Judge, obj: ObjectRef) -> bool:
        """Return whether a change is nothing but our own effect coming back."""
        last = self._store.outbox.last_effect_at(obj)
        if last is None:
            return False
        newest = judge.changed_at(obj)
        return newest is not None and newest <= last + _ECHO

    # -- judging -------------------------------------------------------------------------------

    def _judge_all(
        self,
        judge: Judge,
        waiting: Sequence[tuple[ObjectRef, bool]],
        now: datetime,
        result: Deliberation,
        *,
        all_at_once: bool,
    ) -> Iterator[Judgement]:
        unsure: dict[ObjectRef, frozenset[Detail]] = {}
        most = _EVERYTHING if all_at_once else self._company.pace.details_per_cycle
        spent: Counter[str] = Counter()  # not recorded yet, and a rule's own limit counts it
        for obj, changed in waiting:
            judgement = judge.judge(obj, fresh_since=now, changed=changed, spent=spent)
            if not judgement.wanted:
                spent.update(_new_steps(judgement))
                yield judgement
            elif len(unsure) < most:
                unsure[obj] = judgement.wanted
            # the rest keeps its mark or timer and comes with the next cycle
        if not unsure:
            return
        self._read_details(unsure)
        for obj in unsure:
            judgement = judge.judge(obj, fresh_since=now, changed=True, spent=spent)
            spent.update(_new_steps(judgement))
            if judgement.wanted:
                log.error("decision.unsettled", object=str(obj), wanted=sorted(judgement.wanted))
            result.unknown += [
                (obj, rule, outcome.reason)
                for rule, outcome in judgement.outcomes.items()
                if outcome.verdict is None
            ]
            yield judgement

    def _read_details(self, wanted: Mapping[ObjectRef, frozenset[Detail]]) -> None:
        try:
            for obj, details in self._reader.details(wanted):
                self._store.mirror.keep_details(obj, details, self._clock.now())
                self._progress()
        except ConnectorError as exc:
            log.warning("details.unavailable", error=str(exc), objects=len(wanted))

    # -- guards and recording ------------------------------------------------------------------

    def _must_be_plausible(self, gathered: Gathered, already: int, now: datetime) -> None:
        most = self._company.guards.new_intents_per_cycle
        if self._store.silences.released_until("*", now) is not None:
            return
        keys = [
            intent.key
            for judgement in gathered.judgements
            for intent in judgement.intents
            if not isinstance(intent.action, JoinDigest)
        ]
        keys += [digest.key for digest in gathered.digests]
        new = len(set(keys) - self._store.outbox.known(keys).keys())
        if new + already > most:
            raise GuardTripped(
                f"{new + already} new intents in one cycle are more than new_intents_per_cycle "
                f"({most}); they were not recorded. Look at `westsync plan`; if it is right, run "
                "`westsync release`"
            )

    def _commit(self, gathered: Gathered, now: datetime, result: Deliberation) -> None:
        spent: dict[str, int] = {}
        with self._store.transaction():  # a batch is saved once: each save waits for the disk
            self._note_new(gathered.digests, now, result)
            for judgement in gathered.judgements:
                rule = self._over_the_limit(judgement, spent, now)
                if rule is not None:
                    result.held[rule] = result.held.get(rule, 0) + 1
                    continue
                self._record(judgement, now, result)
                self._progress()
                result.objects += 1
                result.crashed += [(judgement.obj, rule) for rule in judgement.crashed]
            self._store.keepsakes.put(LAST_DECISION, now.isoformat())
        for rule, count in result.held.items():
            log.error("guard.tripped", rule=rule, objects=count, guard="per_rule_per_hour")

    def _over_the_limit(
        self, judgement: Judgement, spent: dict[str, int], now: datetime
    ) -> str | None:
        """Return the rule whose brake holds this object back; None if none does."""
        most = self._company.guards.per_rule_per_hour
        for rule, fresh in _new_steps(judgement).items():
            if rule not in spent:
                hour_ago = now - timedelta(hours=1)
                spent[rule] = self._store.outbox.count_recent(rule, hour_ago)
            if spent[rule] + fresh > most and not self._is_released(rule, now):
                return rule
            spent[rule] += fresh
        return None

    def _is_released(self, rule: str, now: datetime) -> bool:
        return self._store.silences.released_until(rule, now) is not None

    def _record(self, judgement: Judgement, now: datetime, result: Deliberation) -> None:
        if judgement.facts is None:
            result.withdrawn += len(self._forget(judgement.obj, now))
            return
        kept, forgotten = [], []
        withdrawn: list[Key] = []
        for rule, outcome in judgement.outcomes.items():
            before = judgement.before.get(rule)
            if outcome.episode is not None and outcome.episode != before:
                kept.append(outcome.episode)
                if outcome.episode.cleared_at == now:
                    self._store.silences.forget_ack(rule, judgement.obj)
            elif outcome.episode is None and before is not None:
                forgotten.append(rule)
            if outcome.withdrawn:
                withdrawn += self._unsent(judgement.obj, rule, outcome)
        self._note_new(judgement.intents, now, result)
        if withdrawn:
            taken_back = self._store.outbox.withdraw(withdrawn, now, "no longer wanted")
            result.withdrawn += len(taken_back)
        self._store.episodes.forget(judgement.obj, forgotten)
        self._store.episodes.save_decision(judgement.obj, kept, judgement.next_at)

    def _note_new(self, intents: Sequence[Intent], now: datetime, result: Deliberation) -> None:
        if not intents:
            return
        new = set(self._store.outbox.record(intents, now).new)
        result.known += len(intents) - len(new)
        for intent in intents:
            if intent.key in new:
                result.new.append(intent)
                log.info("intent.recorded", key=intent.key, rule=intent.rule, step=intent.step)

    def _unsent(self, obj: ObjectRef, rule: str, outcome: Outcome) -> Iterator[Key]:
        """Yield what a cleared episode wanted besides its tasks, which are closed by proof."""
        wanted_now = {intent.key for intent in outcome.intents}
        for entry in self._store.outbox.of_object(obj):
            open_state = entry.state in {IntentState.WAITING, IntentState.POSTPONED}
            if entry.rule == rule and open_state and entry.key not in wanted_now:
                yield entry.key

    def _forget(self, obj: ObjectRef, now: datetime) -> tuple[Key, ...]:
        """Close the memory of an object that is gone: nothing more is wanted for it."""
        keys = [entry.key for entry in self._store.outbox.of_object(obj)]
        withdrawn = self._store.outbox.withdraw(keys, now, "object gone")
        self._store.episodes.forget(obj, self._store.episodes.of(obj))
        self._store.episodes.save_decision(obj, (), None)
        log.info("object.gone", object=str(obj))
        return withdrawn


def _new_steps(judgement: Judgement) -> dict[str, int]:
    """Return how many steps each rule wants to run; closing and lines of digests do not count."""
    counts = {
        rule: sum(
            intent.step != "clear" and not isinstance(intent.action, JoinDigest)
            for intent in outcome.intents
        )
        for rule, outcome in judgement.outcomes.items()
    }
    return {rule: count for rule, count in counts.items() if count}
