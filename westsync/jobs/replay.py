"""Replaying: what rules would have said about an object in the past, decision by decision.

As if a cycle ran at every full minute, an object is decided when something about it changed and
when the decision before asked for it, by the very function of a cycle
(`westsync.jobs.judge.judge_by`), on a memory of its own. Its tasks are those the replayed rules
would have made: of a task that was really made the history tells until when it was open; any other
counts as open until its rule closes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from westsync.domain.actions import (
    ACTION_NAMES,
    AskSupplier,
    CloseTask,
    EnsureTask,
    Notify,
    SendReport,
)
from westsync.domain.facts import DETAIL_GROUPS
from westsync.jobs.judge import SCHEDULE, bare_situation, judge_by, rules_for
from westsync.rules.situation import OwnTask
from westsync.rules.texts import Formatter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from westsync.domain.actions import Action
    from westsync.domain.episodes import Episode
    from westsync.domain.facts import Facts
    from westsync.domain.intents import Intent, Key, ObjectRef
    from westsync.domain.people import Staff
    from westsync.jobs.company import Company
    from westsync.jobs.judge import Judgement
    from westsync.jobs.past_objects import ObjectPast
    from westsync.rules.conditions import Condition, LeafTrace
    from westsync.rules.situation import Situation
    from westsync.rules.texts import Template

PACE = timedelta(minutes=1)
"""From one cycle to the next: a replay decides at full minutes, so it sees what a cycle sees."""

_EVERYTHING = None
_NOTHING: frozenset[str] = frozenset()
_NEVER = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """An intent that would have been recorded.

    Attributes:
        at: When it would have been decided (UTC).
        rule, step, repeat: Where it comes from.
        action: ``task.ensure``, ``notify``, ...
        to: Logins of those who would have got it.
        due: Deadline of a task (UTC); None for everything else.
        defect: Why it could not have been sent; None for a sound one.
    """

    at: datetime
    rule: str
    step: str
    repeat: int
    action: str
    obj: ObjectRef
    to: tuple[str, ...] = ()
    due: datetime | None = None
    defect: str | None = None


@dataclass(slots=True, kw_only=True)
class Replayed:
    """What a replay of one object came to.

    Attributes:
        fired: In order of time.
        unknown: Rule id -> decisions that nobody could have made, with the last reason.
        crashed: Rule id -> how often it failed.
        decisions: How often the object was decided.
        last: The last decision; None if the object was never there, or gone at the end.
    """

    fired: list[Fired] = field(default_factory=list)
    unknown: dict[str, tuple[int, str]] = field(default_factory=dict)
    crashed: dict[str, int] = field(default_factory=dict)
    decisions: int = 0
    last: Judgement | None = None


def for_replay(company: Company) -> Company:
    """Return a company whose rules ask for nothing to be read again.

    In a replay all that was ever read of an object is known, so a rule that waits for details
    would only look at the same ones every few minutes. And nobody reads the traces of its intents.
    """
    rules = tuple(
        replace(
            rule,
            reads={name: groups - DETAIL_GROUPS for name, groups in rule.reads.items()},
            details=frozenset(),
            step_details={step: frozenset() for step in rule.step_details},
            clear_details=frozenset(),
            when=_Untraced(rule.when),
        )
        for rule in company.ruleset.rules
    )
    return replace(company, ruleset=replace(company.ruleset, rules=rules))


def replay(obj: ObjectRef, past: ObjectPast, company: Company, until: datetime) -> Replayed:
    """Replay one object from its first recorded moment.

    Args:
        obj: The object.
        past: The object over time.
        company: From `for_replay`, with the staff that was observed.
        until: The last moment (UTC); a decision is made at it.
    """
    return _Replay(obj, past, company).run(until)


class _Untraced:
    """A condition that is decided as ever and tells no reasons."""

    def __init__(self, condition: Condition) -> None:
        self.reads, self.place, self.turns = condition.reads, condition.place, condition.turns
        self.test, self.flips_at = condition.test, condition.flips_at

    def trace(self, values: Mapping[str, object], now: datetime, depth: int) -> Iterator[LeafTrace]:
        del values, now, depth
        return iter(())


class _Unwritten(Formatter):
    """Writes no text, only tells which cannot be written: nobody reads those of a replay."""

    def render(self, template: Template, values: Mapping[str, object]) -> str:
        template.check(values)
        return ""


class _Replay:
    """The replay of one object."""

    def __init__(self, obj: ObjectRef, past: ObjectPast, company: Company) -> None:
        self._obj = obj
        self._past = past
        self._company = company
        self._bare = bare_situation(company, obj.kind, company.active_from)._replace(
            formatter=_Unwritten(company.setup.zone, company.ruleset.words, company.staff.names),
        )
        self._episodes: dict[str, Episode] = {}
        self._made: dict[Key, OwnTask] = {}
        self._known: set[Key] = set()
        self._timers: dict[str, datetime] = {}
        self._result = Replayed()

    def run(self, until: datetime) -> Replayed:
        seen_at = {_cycle_at(at) for at in self._past.moments if at <= until}
        facts, now = None, until
        for change in sorted(at for at in seen_at if at < until):
            self._let_pass(facts, now, change)
            now, before, facts = change, facts, self._past.facts(change)
            if facts is None:
                self._forget()
            else:
                self._decide(facts, now, _changed(before, facts))
        self._let_pass(facts, now, until)
        facts = self._past.facts(until)
        if facts is None:
            self._forget()
        else:
            self._decide(facts, until, _EVERYTHING)
        return self._result

    def _let_pass(self, facts: Facts | None, since: datetime, until: datetime) -> None:
        """Decide what falls due while the facts stay as they are."""
        while facts is not None and (due_at := self._next_at(since)) < until:
            since = due_at
            self._decide(facts, since, _NOTHING)

    def _next_at(self, now: datetime) -> datetime:
        """Return the next cycle in which the object is decided by itself."""
        return max(_cycle_at(min(self._timers.values(), default=_NEVER)), now + PACE)

    def _decide(self, facts: Facts, now: datetime, changed: frozenset[str] | None) -> None:
        """Decide the object at a moment.

        Only a rule that reads what changed, or whose own time has come, can say anything new; and
        one that others inhibit.

        Args:
            facts: What is known now.
            now: The moment.
            changed: Names of the facts that are new; None has every rule decided.
        """
        if self._obj.kind == SCHEDULE:
            facts = self._past.facts(now) or facts  # time itself is what changes
        rules = rules_for(self._obj, facts, self._episodes, self._company.ruleset)
        timers = {rule.id: self._timers.get(rule.id, now) for rule in rules}
        if changed is not None:
            asked = {
                rule.id
                for rule in rules
                if rule.inhibit_by
                or timers[rule.id] <= now
                or (changed and not changed.isdisjoint(rule.reads))
            }
            asked.update(name for rule in rules for name in rule.inhibit_by)
            rules = [rule for rule in rules if rule.id in asked]
        self._timers = timers
        situation = self._situation(now)
        self._take_in(judge_by(rules, self._obj, facts, self._episodes, situation), now)

    def _situation(self, now: datetime) -> Situation:
        return self._bare._replace(now=now, fresh_since=now, tasks=tuple(self._tasks(now)))

    def _tasks(self, now: datetime) -> Iterator[OwnTask]:
        for task in self._made.values():
            if not task.is_open:
                continue
            really = self._past.is_task_open(task.key, now)
            yield task if really is None else replace(task, is_open=really)

    def _take_in(self, judgement: Judgement, now: datetime) -> None:
        result = self._result
        result.decisions += 1
        result.last = judgement
        for rule in judgement.crashed:
            self._timers[rule] = _NEVER
            result.crashed[rule] = result.crashed.get(rule, 0) + 1
        for rule, outcome in judgement.outcomes.items():
            if outcome.episode is None:
                self._episodes.pop(rule, None)
            else:
                self._episodes[rule] = outcome.episode
            self._timers[rule] = outcome.next_at or _NEVER
            if outcome.verdict is None:
                count, _ = result.unknown.get(rule, (0, ""))
                result.unknown[rule] = (count + 1, outcome.reason)
            for intent in outcome.intents:
                self._record(intent, now)

    def _record(self, intent: Intent, now: datetime) -> None:
        if intent.key in self._known:
            return
        self._known.add(intent.key)
        match intent.action:
            case EnsureTask():
                self._made[intent.key] = OwnTask(
                    key=intent.key, rule=intent.rule, step=intent.step, is_open=True
                )
            case CloseTask(task=key) if key in self._made:
                self._made[key] = replace(self._made[key], is_open=False)
        self._result.fired.append(_fired(intent, now, self._company.staff))

    def _forget(self) -> None:
        self._episodes.clear()
        self._timers.clear()
        self._made.clear()
        self._result.last = None


def _changed(before: Facts | None, after: Facts) -> frozenset[str] | None:
    """Return the names of the facts that are not as they were; None if nothing was known."""
    if before is None:
        return _EVERYTHING
    old, new = before.values, after.values
    return frozenset([name for name in new if old.get(name) is not new[name] != old.get(name)])


def _cycle_at(moment: datetime) -> datetime:
    """Return the first full minute that is not before a moment."""
    minute = moment.replace(second=0, microsecond=0)
    return minute if minute == moment else minute + PACE


def _fired(intent: Intent, now: datetime, staff: Staff) -> Fired:
    action = intent.action
    return Fired(
        at=now,
        rule=intent.rule,
        step=intent.step,
        repeat=intent.repeat,
        action=ACTION_NAMES[type(action)],
        obj=intent.obj,
        to=receivers(action, staff),
        due=action.deadline if isinstance(action, EnsureTask) else None,
        defect=intent.defect,
    )


def receivers(action: Action, staff: Staff) -> tuple[str, ...]:
    """Return the logins of those who get an action; a mail address that is nobody's stays."""
    match action:
        case EnsureTask(assignee=person):
            return (staff.login_of(person),) if person else ()
        case Notify(via="megaplan", to=people):
            return tuple(staff.login_of(person) for person in people)
        case Notify(to=addresses) | SendReport(to=addresses):
            return tuple(staff.login_of_email(one) or one for one in addresses)
        case AskSupplier(to=address):
            return (address,)
        case _:
            return ()
