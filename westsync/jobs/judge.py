"""Judging: what all rules say about one object; reads the mirror, records nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

import structlog

from westsync.domain.episodes import Phase
from westsync.domain.facts import Group
from westsync.domain.records import Detail
from westsync.jobs.facts import FactBook
from westsync.journal.entries import IntentState
from westsync.rules.situation import Acked
from westsync.rules.watch import Outcome, OwnTask, Situation, decide

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from westsync.domain.episodes import Episode
    from westsync.domain.facts import Facts
    from westsync.domain.intents import Intent, ObjectRef
    from westsync.jobs.company import Company
    from westsync.journal.port import Store
    from westsync.rules.model import Rule
    from westsync.rules.ruleset import RuleSet

SCHEDULE = "schedule"
_NOTHING: Mapping[str, int] = MappingProxyType({})
_DETAIL_OF = {Group.HISTORY: Detail.HISTORY, Group.TODOS: Detail.TODOS, Group.TASKS: Detail.TASKS}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What all rules decided about one object.

    Attributes:
        facts: What they saw; None if the object is gone.
        outcomes: Rule id -> what it decided; a rule that crashed is absent and keeps its memory.
        before: Rule id -> what it remembered of the object until now.
        crashed: Ids of rules that failed.
    """

    obj: ObjectRef
    facts: Facts | None
    outcomes: Mapping[str, Outcome]
    before: Mapping[str, Episode] = field(default_factory=dict)
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


def rules_for(
    obj: ObjectRef, facts: Facts, episodes: Mapping[str, Episode], ruleset: RuleSet
) -> Sequence[Rule]:
    """Return the rules that can say something about an object.

    Args:
        obj: The object.
        facts: What is known of it.
        episodes: Rule id -> what the rule remembers of it.
        ruleset: All rules.
    """
    live = [rule for rule, e in episodes.items() if e.phase is not Phase.CLEARED]
    stage = facts.values.get("stage")
    rules = ruleset.for_object(obj.kind, stage if isinstance(stage, str) else None, live)
    return [rule for rule in rules if rule.id == obj.id] if obj.kind == SCHEDULE else rules


def judge_by(
    rules: Iterable[Rule],
    obj: ObjectRef,
    facts: Facts,
    episodes: Mapping[str, Episode],
    situation: Situation,
) -> Judgement:
    """Return what rules say about an object; the one place where rules are asked.

    A cycle, a plan, an explanation and a simulation differ only in where facts and memory come
    from.

    Args:
        rules: From `rules_for`, inhibitors before those they inhibit.
        obj: The object.
        facts: What is known of it.
        episodes: Rule id -> what the rule remembers of it.
        situation: The rest of the world.
    """
    outcomes: dict[str, Outcome] = {}
    crashed: list[str] = []
    inhibiting: set[str] = set()
    for rule in rules:
        try:
            if rule.inhibit_by:
                situation = situation._replace(inhibited=frozenset(inhibiting))
            outcome = decide(rule, facts, episodes.get(rule.id), situation)
        except Exception:
            log.exception("rule.crashed", rule=rule.id, object=str(obj))
            crashed.append(rule.id)
            continue
        outcomes[rule.id] = _with_next_time(outcome, rule, situation.now)
        if outcome.verdict is True and outcome.episode is not None:
            inhibiting.add(rule.id)
    return Judgement(
        obj=obj, facts=facts, outcomes=outcomes, before=episodes, crashed=tuple(crashed)
    )


def bare_situation(company: Company, kind: str, now: datetime) -> Situation:
    """Return the situation of a company at a moment without tasks, silences and limits.

    Args:
        company: With the staff that was observed.
        kind: Of the object.
        now: Aware UTC.
    """
    return Situation(
        now=now,
        account=company.account,
        staff=company.staff,
        formatter=company.formatter,
        task_frame=company.ruleset.task_frames[kind],
        close_frame=company.ruleset.close_frames[kind],
        active_from=company.active_from,
        stage_ids=company.stage_ids,
        billing=company.billing,
        only_planned=company.only_planned,
    )


class Judge:
    """Has the rules of one account look at objects, all at one moment."""

    def __init__(self, store: Store, company: Company, now: datetime) -> None:
        """Bind the memory, the rules, and the moment of the decisions (UTC)."""
        self._store = store
        self._company = company
        self._now = now
        self._book = FactBook(store, company)
        self._quiet = store.silences.quiet(now)
        self._bare: dict[str, Situation] = {}  # of each kind of object

    def changed_at(self, obj: ObjectRef) -> datetime | None:
        """Return when an object, or for a deal one of its tasks, last changed in the CRM."""
        return self._book.changed_at(obj)

    def judge(
        self,
        obj: ObjectRef,
        *,
        fresh_since: datetime,
        changed: bool,
        spent: Mapping[str, int] = _NOTHING,
    ) -> Judgement:
        """Return what the rules say about one object.

        Args:
            obj: The object.
            fresh_since: Details older than this are not good enough to act on.
            changed: The object changed since its last decision.
            spent: Rule id -> steps it wants for other objects that are not recorded yet.
        """
        episodes = self._store.episodes.of(obj)
        facts = self._book.facts(obj, fresh_since, self._now)
        if facts is None:
            return Judgement(obj=obj, facts=None, outcomes={})
        rules = rules_for(obj, facts, episodes, self._company.ruleset)
        situation = self._situation(
            obj, rules, fresh_since=fresh_since, changed=changed, spent=spent
        )
        return judge_by(rules, obj, facts, episodes, situation)

    def _situation(
        self,
        obj: ObjectRef,
        rules: Iterable[Rule],
        *,
        fresh_since: datetime,
        changed: bool,
        spent: Mapping[str, int],
    ) -> Situation:
        quiet = self._quiet
        muted = {
            rule.id: until
            for rule in rules
            if (until := quiet.muted_until(rule.id, obj)) is not None
        }
        acked = {
            rule.id: Acked(at=ack.at, until=ack.until)
            for rule in rules
            if (ack := quiet.ack(rule.id, obj)) is not None
        }
        bare = self._bare.get(obj.kind)
        if bare is None:
            bare = self._bare[obj.kind] = bare_situation(self._company, obj.kind, self._now)
        hour_ago = self._now - timedelta(hours=1)
        return bare._replace(
            tasks=tuple(self._own_tasks(obj)),
            fresh_since=fresh_since,
            changed=changed,
            recheck_after=self._company.pace.recheck,
            muted=muted,
            acked=acked,
            budget={
                rule.id: rule.per_hour
                - self._store.outbox.count_recent(rule.id, hour_ago)
                - spent.get(rule.id, 0)
                for rule in rules
                if rule.per_hour is not None
            },
            invoices_made=self._invoices_made(obj, rules),
        )

    def _invoices_made(self, obj: ObjectRef, rules: Iterable[Rule]) -> int:
        """Return how many invoices were asked for, if any rule may ask for one."""
        if not any(rule.action_names for rule in rules):
            return 0
        never = {IntentState.WITHDRAWN, IntentState.SHADOWED}
        return sum(
            entry.action == "invoice.issue" and entry.state not in never
            for entry in self._store.outbox.of_object(obj)
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


def _with_next_time(outcome: Outcome, rule: Rule, now: datetime) -> Outcome:
    """Return the outcome of a clock rule with its next falling due as a reason to look again."""
    if rule.schedule is None:
        return outcome
    following = rule.schedule.next_after(now)
    moments = [at for at in (outcome.next_at, following) if at is not None]
    return outcome._replace(next_at=min(moments, default=None))
