"""Deciding: the rules look at every object that changed or whose time has come.

Reading comes in two rounds. In the first the rules see what the lists showed; those that cannot
decide without an object's history, calls or linked tasks say so, and exactly these are read, many
objects in one request. In the second round they decide. So nothing is acted on that was not looked
at just now, and nothing is read that no decision hangs on.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from westsync.domain.episodes import Phase
from westsync.domain.facts import Facts, Group
from westsync.domain.records import Detail
from westsync.errors import ConnectorError, GuardTripped
from westsync.jobs.facts import FactBook
from westsync.journal.entries import IntentState
from westsync.rules.watch import Outcome, OwnTask, Situation, decide

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from westsync.domain.intents import Intent, Key, ObjectRef
    from westsync.jobs.company import Company
    from westsync.journal.store import Store
    from westsync.ports import Clock, CrmReader
    from westsync.rules.model import Rule

BATCH = 500
_ECHO = timedelta(seconds=5)
_DETAIL_OF = {Group.HISTORY: Detail.HISTORY, Group.TODOS: Detail.TODOS, Group.TASKS: Detail.TASKS}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What all rules decided about one object.

    Attributes:
        facts: What they saw; None if the object is gone.
        outcomes: Rule id -> what it decided; a rule that crashed is absent and keeps its memory.
        crashed: Ids of rules that failed.
    """

    obj: ObjectRef
    facts: Facts | None
    outcomes: Mapping[str, Outcome]
    crashed: tuple[str, ...] = ()

    @property
    def intents(self) -> tuple[Intent, ...]:
        """Everything that is wanted."""
        return tuple(intent for outcome in self.outcomes.values() for intent in outcome.intents)

    @property
    def wanted(self) -> frozenset[Detail]:
        """Details that must be read before the rules can decide."""
        groups = {group for outcome in self.outcomes.values() for group in outcome.wanted}
        return frozenset(_DETAIL_OF[group] for group in groups)

    @property
    def next_at(self) -> datetime | None:
        """When the object must be decided again by itself."""
        moments = [o.next_at for o in self.outcomes.values() if o.next_at is not None]
        return min(moments, default=None)


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

    def __init__(self, store: Store, reader: CrmReader, clock: Clock, company: Company) -> None:
        """Bind the ends."""
        self._store = store
        self._reader = reader
        self._clock = clock
        self._company = company
        self._book = FactBook(store, company)

    def decide_due(self) -> Deliberation:
        """Decide every object that changed or whose timer has come, and record what is wanted.

        Raises:
            GuardTripped: More is wanted at once than is plausible; nothing was recorded.
        """
        now = self._clock.now()
        result = Deliberation()
        tried: set[ObjectRef] = set()
        while waiting := [pair for pair in self._waiting(now) if pair[0] not in tried]:
            tried |= {obj for obj, _ in waiting}
            judgements = list(self._judge_all(waiting, now, result))
            self._must_be_plausible(judgements, len(result.new), now)
            self._commit(judgements, now, result)
        return result

    def judge(self, obj: ObjectRef, now: datetime, *, fresh_since: datetime) -> Judgement:
        """Return what the rules say about one object, reading nothing and recording nothing.

        Args:
            obj: The object.
            now: The moment of the decision.
            fresh_since: Details older than this are not good enough to act on.
        """
        return self._judge(obj, now, fresh_since=fresh_since, changed=True)

    # -- which objects -------------------------------------------------------------------------

    def _waiting(self, now: datetime) -> Sequence[tuple[ObjectRef, bool]]:
        """Return (object, whether it changed): timers first, they may be owed a person."""
        due = self._store.episodes.due_objects(now, BATCH)
        dirty = self._store.mirror.dirty.objects(BATCH)
        changed = frozenset(dirty)
        found = {obj: obj in changed and not self._is_echo(obj) for obj in due}
        for obj in dirty:
            found.setdefault(obj, not self._is_echo(obj))
        return tuple(found.items())

    def _is_echo(self, obj: ObjectRef) -> bool:
        """Return whether a change is nothing but our own effect coming back."""
        last = self._store.outbox.last_effect_at(obj)
        if last is None:
            return False
        newest = self._book.changed_at(obj)
        return newest is not None and newest <= last + _ECHO

    # -- judging -------------------------------------------------------------------------------

    def _judge_all(
        self, waiting: Sequence[tuple[ObjectRef, bool]], now: datetime, result: Deliberation
    ) -> Iterator[Judgement]:
        unsure: dict[ObjectRef, frozenset[Detail]] = {}
        most = self._company.pace.details_per_cycle
        for obj, changed in waiting:
            judgement = self._judge(obj, now, fresh_since=now, changed=changed)
            if not judgement.wanted:
                yield judgement
            elif len(unsure) < most:
                unsure[obj] = judgement.wanted
            # the rest keeps its mark or timer and comes with the next cycle
        if not unsure:
            return
        self._read_details(unsure)
        for obj in unsure:
            judgement = self._judge(obj, now, fresh_since=now, changed=True)
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
        except ConnectorError as exc:
            log.warning("details.unavailable", error=str(exc), objects=len(wanted))

    def _judge(
        self, obj: ObjectRef, now: datetime, *, fresh_since: datetime, changed: bool
    ) -> Judgement:
        episodes = self._store.episodes.of(obj)
        live = [rule for rule, e in episodes.items() if e.phase is not Phase.CLEARED]
        facts = self._book.facts(obj, fresh_since)
        if facts is None:
            return Judgement(obj=obj, facts=None, outcomes={})
        stage = facts.values.get("stage")
        rules = self._company.ruleset.for_object(
            obj.kind, stage if isinstance(stage, str) else None, live
        )
        situation = self._situation(obj, rules, now, fresh_since=fresh_since, changed=changed)
        outcomes: dict[str, Outcome] = {}
        crashed: list[str] = []
        inhibiting: set[str] = set()
        for rule in rules:
            try:
                world = replace(situation, inhibited=frozenset(inhibiting))
                outcome = decide(rule, facts, episodes.get(rule.id), world)
            except Exception:
                log.exception("rule.crashed", rule=rule.id, object=str(obj))
                crashed.append(rule.id)
                continue
            outcomes[rule.id] = outcome
            if outcome.verdict is True and outcome.episode is not None:
                inhibiting.add(rule.id)
        return Judgement(obj=obj, facts=facts, outcomes=outcomes, crashed=tuple(crashed))

    def _situation(
        self,
        obj: ObjectRef,
        rules: Iterable[Rule],
        now: datetime,
        *,
        fresh_since: datetime,
        changed: bool,
    ) -> Situation:
        company, silences = self._company, self._store.silences
        muted = {
            rule.id: until
            for rule in rules
            if (until := silences.muted_until(rule.id, obj, now)) is not None
        }
        acked = {
            rule.id: until
            for rule in rules
            if (until := silences.acked_until(rule.id, obj, now)) is not None
        }
        hour_ago = now - timedelta(hours=1)
        return Situation(
            now=now,
            account=company.account,
            staff=company.staff,
            formatter=company.formatter,
            task_frame=company.ruleset.task_frames[obj.kind],
            close_frame=company.ruleset.close_frames[obj.kind],
            active_from=company.active_from,
            tasks=tuple(self._own_tasks(obj)),
            fresh_since=fresh_since,
            changed=changed,
            recheck_after=company.pace.recheck,
            muted=muted,
            acked=acked,
            budget={
                rule.id: rule.per_hour - self._store.outbox.count_recent(rule.id, hour_ago)
                for rule in rules
                if rule.per_hour is not None
            },
            stage_ids=company.stage_ids,
        )

    def _own_tasks(self, obj: ObjectRef) -> Iterator[OwnTask]:
        for made in self._store.outbox.tasks_made(obj):
            match made.state:
                case IntentState.DONE:
                    task = self._store.mirror.task(made.ref) if made.ref else None
                    is_open = task is None or task.is_open
                case IntentState.FAILED | IntentState.WITHDRAWN | IntentState.SHADOWED:
                    is_open = False
                case _:
                    is_open = True
            yield OwnTask(key=made.key, rule=made.rule, step=made.step, is_open=is_open)

    # -- guards and recording ------------------------------------------------------------------

    def _must_be_plausible(
        self, judgements: Sequence[Judgement], already: int, now: datetime
    ) -> None:
        most = self._company.guards.new_intents_per_cycle
        if self._store.silences.released_until("*", now) is not None:
            return
        keys = [intent.key for judgement in judgements for intent in judgement.intents]
        new = len(set(keys) - self._store.outbox.known(keys).keys())
        if new + already > most:
            raise GuardTripped(
                f"{new + already} new intents in one cycle are more than new_intents_per_cycle "
                f"({most}); they were not recorded. Look at `westsync plan`; if it is right, run "
                "`westsync release`"
            )

    def _commit(self, judgements: Sequence[Judgement], now: datetime, result: Deliberation) -> None:
        spent: dict[str, int] = {}
        for judgement in judgements:
            rule = self._over_the_limit(judgement, spent, now)
            if rule is not None:
                result.held[rule] = result.held.get(rule, 0) + 1
                continue
            with self._store.transaction():
                self._record(judgement, now, result)
            result.objects += 1
            result.crashed += [(judgement.obj, rule) for rule in judgement.crashed]
        for rule, count in result.held.items():
            log.error("guard.tripped", rule=rule, objects=count, guard="per_rule_per_hour")

    def _over_the_limit(
        self, judgement: Judgement, spent: dict[str, int], now: datetime
    ) -> str | None:
        """Return the rule whose brake holds this object back; None if none does."""
        most = self._company.guards.per_rule_per_hour
        for rule, outcome in judgement.outcomes.items():
            fresh = sum(intent.step != "clear" for intent in outcome.intents)
            if not fresh:
                continue
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
            if outcome.episode is not None:
                kept.append(outcome.episode)
            else:
                forgotten.append(rule)
            if outcome.withdrawn:
                withdrawn += self._unsent(judgement.obj, rule, outcome)
        recording = self._store.outbox.record(judgement.intents, now)
        new = set(recording.new)
        result.new += [intent for intent in judgement.intents if intent.key in new]
        result.known += len(judgement.intents) - len(new)
        result.withdrawn += len(self._store.outbox.withdraw(withdrawn, now, "no longer wanted"))
        self._store.episodes.forget(judgement.obj, forgotten)
        self._store.episodes.save_decision(judgement.obj, kept, judgement.next_at)
        for intent in judgement.intents:
            if intent.key in new:
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
