"""The watch engine: what one rule wants for one object at one moment.

Pure. The same inputs give the same answer on any machine; nothing here knows a connector, a store
or the wall clock. Facts that are read per object may be missing or stale; the engine then says
which ones it would need *now*, and the caller reads them and asks again. So the daemon reads
details only when a decision hangs on them, and never acts on an old picture.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from westsync.domain.episodes import Episode, Pause, Phase
from westsync.domain.facts import DETAIL_GROUPS, Unknown
from westsync.rules.model import FIRST_SEEN, Mode, Outside
from westsync.rules.steps import Due, StepPlan, plan_steps
from westsync.rules.wishes import WishMaker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.domain.facts import Facts, Group
    from westsync.domain.intents import Intent, Key
    from westsync.domain.people import Staff
    from westsync.rules.conditions import Verdict
    from westsync.rules.model import Rule
    from westsync.rules.texts import Formatter, Template

EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTask:
    """A task that a rule made or is about to make for the object.

    Attributes:
        key: Key of the intent that made it.
        step: Step id.
        is_open: Somebody still has to do it; also while it is not sent yet.
    """

    key: Key
    rule: str
    step: str
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything besides the object's facts that a decision depends on.

    Attributes:
        now: Aware UTC.
        account: Name of the account; part of every key.
        active_from: Episodes that began earlier are not acted on.
        staff: Who is there now.
        formatter: How values are shown to people.
        task_frame, close_frame: Frames of task bodies and closing notes.
        tasks: Tasks that rules made for this object.
        fresh_since: Details read before this moment are not good enough to act on.
        changed: The object changed since its last decision.
        recheck_after: How long an open episode may rest on details before they are read again.
        inhibited: Ids of rules that have an open episode for this object.
        muted: Rule id -> until when a person silenced it for this object (or altogether).
        acked: Rule id -> until when a person acknowledged its present episode.
        stage_ids: (pipeline, stage) -> state id, for moves.
        budget: Rule id -> how many steps it may still run this hour (``limit``).
    """

    now: datetime
    account: str
    staff: Staff
    formatter: Formatter
    task_frame: Template
    close_frame: Template
    active_from: datetime = EARLIEST
    tasks: tuple[OwnTask, ...] = ()
    fresh_since: datetime = EARLIEST
    changed: bool = True
    recheck_after: timedelta = timedelta(minutes=5)
    inhibited: frozenset[str] = frozenset()
    muted: Mapping[str, datetime] = field(default_factory=dict)
    acked: Mapping[str, datetime] = field(default_factory=dict)
    budget: Mapping[str, int] = field(default_factory=dict)
    stage_ids: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one rule decided about one object.

    Attributes:
        verdict: True, False, None for unknown.
        episode: The memory to keep; None to forget.
        intents: What is wanted now.
        withdrawn: Steps of a cleared episode whose unsent intents are no longer wanted.
        next_at: When time alone may change the decision; None if never.
        wanted: Details that must be read before this decision can be made; if not empty,
            nothing else of the outcome counts.
        steps: The steps with their due moments, for `westsync explain`.
        reason: Why nothing was done although a step was due, or why the verdict is unknown.
    """

    verdict: Verdict
    episode: Episode | None
    intents: tuple[Intent, ...] = ()
    withdrawn: tuple[str, ...] = ()
    next_at: datetime | None = None
    wanted: frozenset[Group] = frozenset()
    steps: tuple[Due, ...] = ()
    reason: str = ""


def decide(rule: Rule, facts: Facts, episode: Episode | None, situation: Situation) -> Outcome:
    """Decide what one rule wants for one object now.

    Args:
        rule: A rule that watches this kind of object.
        facts: What is known; stale details are recognised by their age.
        episode: What this rule remembers of the object; None if nothing.
        situation: The rest of the world.
    """
    return _Decision(rule, facts, episode, situation).make()


class _Decision:
    """One decision in the making."""

    def __init__(
        self, rule: Rule, facts: Facts, episode: Episode | None, situation: Situation
    ) -> None:
        self.rule = rule
        self.facts = facts
        self.before = episode
        self.situation = situation
        self.now = situation.now
        self.stale = frozenset(
            group
            for group in rule.details
            if facts.as_of.get(group, EARLIEST) < situation.fresh_since
        )
        self.values = self._masked()

    def make(self) -> Outcome:
        old = self._too_old_source()
        if old is not None:
            return self._frozen(old, retry=timedelta(minutes=1))
        verdict = self.rule.when.test(self.values, self.now)
        if verdict is False:
            return self._false()
        start = self._start()
        if isinstance(start, Unknown):
            return self._unknown_start(start)
        if start is None:
            return self._no_start()
        current = self._current(start, verdict)
        return self._running(current, verdict)

    # -- what is known -------------------------------------------------------------------------

    def _masked(self) -> Mapping[str, object]:
        """Return the facts with those of stale details made unknown."""
        if not self.stale:
            return self.facts.values
        masked = dict(self.facts.values)
        for name, groups in self.rule.reads.items():
            if groups & self.stale:
                masked[name] = Unknown("not read yet", groups & self.stale)
        return masked

    def _too_old_source(self) -> str | None:
        for source, oldest in self.rule.needs.items():
            as_of = self.facts.source_as_of.get(source)
            if as_of is None:
                return f"{source} was never read"
            if self.now - as_of > oldest:
                return f"{source} was read {int((self.now - as_of).total_seconds()) // 60}m ago"
        return None

    def _start(self) -> datetime | Unknown | None:
        name = self.rule.clock.start
        if name == FIRST_SEEN:
            live = self.before is not None and self.before.phase is not Phase.CLEARED
            return self.before.started_at if live and self.before is not None else self.now
        value = self.values.get(name)
        if isinstance(value, Unknown):
            return value
        return value if isinstance(value, datetime) else None

    # -- unknown -------------------------------------------------------------------------------

    def _frozen(self, reason: str, *, retry: timedelta | None = None) -> Outcome:
        """Neither fire nor clear; the memory stays as it is."""
        again = self.now + retry if retry is not None else self._recheck_at()
        return Outcome(verdict=None, episode=self.before, next_at=again, reason=reason)

    def _unknown_start(self, start: Unknown) -> Outcome:
        if start.groups and self._may_read():
            return self._want(start.groups)
        return self._frozen(f"{self.rule.clock.start}: {start.why}")

    def _no_start(self) -> Outcome:
        if self._is_live() and not self.stale:
            return self._false()
        if self.stale and self._may_read():
            return self._want(self.stale)
        return Outcome(
            verdict=None if self.stale else False,
            episode=None if not self._is_live() else self.before,
            next_at=self._recheck_at() if self.stale else self._flip_at(),
            reason=f"{self.rule.clock.start} has no value; the clock does not start",
        )

    def _want(self, groups: frozenset[Group]) -> Outcome:
        wanted = (groups or self.stale) & DETAIL_GROUPS
        return Outcome(verdict=None, episode=self.before, wanted=wanted, reason="details wanted")

    def _may_read(self) -> bool:
        """Return whether details should be read now: the object changed, or the time has come."""
        return self.situation.changed or self._recheck_due()

    def _recheck_due(self) -> bool:
        oldest = min(
            (self.facts.as_of.get(group, EARLIEST) for group in self.rule.details),
            default=self.now,
        )
        return oldest + self._recheck_interval() <= self.now

    def _recheck_interval(self) -> timedelta:
        """Return how long details may rest: the longer an episode lasts, the less often."""
        least = self.situation.recheck_after
        if self.before is None:
            return least
        return max(least, min((self.now - self.before.started_at) / 20, timedelta(hours=1)))

    def _recheck_at(self) -> datetime | None:
        """Return when details should be looked at again: in working time, not in the night."""
        if not self.rule.details:
            return self._flip_at()
        soon = self.now + self._recheck_interval()
        calendar = self.rule.clock.calendar
        return _earliest(
            soon if calendar.is_open(soon) else calendar.next_opening(soon), self._flip_at()
        )

    def _flip_at(self) -> datetime | None:
        moments = list(self.rule.when.flips_at(self.values, self.now))
        if self.rule.clock.pause_when is not None:
            moments += self.rule.clock.pause_when.flips_at(self.values, self.now)
        return min(moments, default=None)

    # -- false ---------------------------------------------------------------------------------

    def _is_live(self) -> bool:
        return self.before is not None and self.before.phase is not Phase.CLEARED

    def _false(self) -> Outcome:
        before = self.before
        if before is None or before.phase is Phase.CLEARED:
            return Outcome(verdict=False, episode=before, next_at=self._flip_at())
        if before.phase is Phase.POSSIBLE and not before.fired:
            return Outcome(verdict=False, episode=None, next_at=self._flip_at())
        settle = self.rule.clock.settle
        since = before.false_since or self.now
        if settle and self.now - since < settle:
            kept = replace(before, false_since=since)
            next_at = _earliest(since + settle, self._flip_at())
            return Outcome(verdict=False, episode=kept, next_at=next_at, reason="settling")
        return self._cleared()

    def _cleared(self) -> Outcome:
        before = self.before
        if before is None:
            raise AssertionError("only an episode can clear")
        wishes = WishMaker(self.rule, self.facts, before, self.situation)
        cleared = replace(before, phase=Phase.CLEARED, cleared_at=self.now, false_since=None)
        return Outcome(
            verdict=False,
            episode=cleared,
            intents=wishes.on_clear(),
            withdrawn=tuple(before.fired),
            next_at=self._flip_at(),
        )

    # -- true, or possible ---------------------------------------------------------------------

    def _current(self, start: datetime, verdict: Verdict) -> Episode:
        """Return the episode that this decision belongs to, old or new."""
        phase = Phase.OPEN if verdict else Phase.POSSIBLE
        before = self.before
        fresh = Episode(rule=self.rule.id, phase=phase, started_at=start, noticed_at=self.now)
        if before is None:
            return fresh
        if before.phase is Phase.CLEARED:
            return self._reopened(before, fresh)
        if before.started_at != start:
            return fresh
        if before.phase is Phase.OPEN:
            phase = Phase.OPEN
        return replace(before, phase=phase, false_since=None)

    def _reopened(self, before: Episode, fresh: Episode) -> Episode:
        cleared_at = before.cleared_at or self.now
        within = self.rule.reopen_within
        if within is not None and self.now - cleared_at <= within:
            gap = Pause(since=cleared_at, until=self.now)
            return replace(before, phase=fresh.phase, cleared_at=None, pauses=(*before.pauses, gap))
        if fresh.started_at <= cleared_at:
            # The clock's own moment belongs to the episode that is over; this one began when the
            # condition was seen to hold again.
            return replace(fresh, started_at=self.now)
        return fresh

    def _running(self, episode: Episode, verdict: Verdict) -> Outcome:
        if episode.started_at < self.situation.active_from:
            return Outcome(
                verdict=verdict,
                episode=self.before,
                next_at=self._flip_at(),
                reason="began before active_from",
            )
        episode = self._with_pauses(episode)
        plan = plan_steps(self.rule, episode, self.values, self.now)
        due_or_rechecked = bool(plan.runnable) or (
            episode.phase is Phase.OPEN or self.rule.clock.start in self._detail_reads()
        )
        if verdict is None:
            return self._unresolved(episode, plan, needed=due_or_rechecked)
        if plan.wanted and self.stale:
            return self._want(self.stale)
        return self._resolved(episode, plan)

    def _detail_reads(self) -> frozenset[str]:
        return frozenset(n for n, groups in self.rule.reads.items() if groups & DETAIL_GROUPS)

    def _unresolved(self, episode: Episode, plan: StepPlan, *, needed: bool) -> Outcome:
        """Handle a condition that hangs on something not known."""
        if self.stale:
            if plan.has_due or (needed and self._may_read()):
                return self._want(self.stale)
            next_at = _earliest(plan.next_at, self._recheck_at() if needed else None)
            return Outcome(
                verdict=None,
                episode=episode,
                next_at=_earliest(next_at, self._flip_at()),
                steps=plan.steps,
                reason="details are read when a step is due",
            )
        kept = self.before if self.before is not None else None
        return Outcome(
            verdict=None,
            episode=kept,
            next_at=_earliest(self._recheck_at(), plan.next_at if not plan.has_due else None),
            steps=plan.steps,
            reason=self._why_unknown(),
        )

    def _why_unknown(self) -> str:
        for name in sorted(self.rule.reads):
            value = self.values.get(name)
            if isinstance(value, Unknown):
                return f"{name}: {value.why}"
        return "unknown"

    def _resolved(self, episode: Episode, plan: StepPlan) -> Outcome:
        replaced = self._replaced(episode)
        held = self._held() if plan.runnable else None
        if held is not None:
            reason, again = held
            return Outcome(
                verdict=True,
                episode=episode,
                intents=replaced,
                withdrawn=self._withdrawn_steps(episode),
                next_at=_earliest(again, plan.next_at),
                steps=plan.steps,
                reason=reason,
            )
        drop = self._drops()
        wishes = WishMaker(self.rule, self.facts, episode, self.situation)
        intents = () if drop else tuple(wishes.for_steps(plan.runnable))
        fired = {**episode.fired, **plan.passed}
        next_at = _earliest(plan.next_at, self._flip_at())
        if self.rule.details:
            next_at = _earliest(next_at, self._recheck_at())
        return Outcome(
            verdict=True,
            episode=replace(episode, fired=fired),
            intents=replaced + intents,
            withdrawn=self._withdrawn_steps(episode),
            next_at=next_at,
            steps=plan.steps,
            reason="outside the delivery hours, dropped" if drop and plan.runnable else "",
        )

    def _replaced(self, episode: Episode) -> tuple[Intent, ...]:
        """Return what closes the previous episode when another one took its place."""
        before = self.before
        if before is None or before.phase is not Phase.OPEN or not before.fired:
            return ()
        if before.started_at == episode.started_at:
            return ()
        return WishMaker(self.rule, self.facts, before, self.situation).on_clear()

    def _withdrawn_steps(self, episode: Episode) -> tuple[str, ...]:
        before = self.before
        if before is None or before.started_at == episode.started_at:
            return ()
        return tuple(before.fired)

    def _held(self) -> tuple[str, datetime | None] | None:
        """Return why due steps must wait, and until when; None if they may run."""
        deliver = self.rule.deliver
        if (
            deliver is not None
            and deliver.outside is Outside.DEFER
            and not deliver.calendar.is_open(self.now)
        ):
            return "outside the delivery hours", deliver.calendar.next_opening(self.now)
        acked = self.situation.acked.get(self.rule.id)
        if acked is not None and acked > self.now:
            return "acknowledged by a person", acked
        muted = self.situation.muted.get(self.rule.id)
        if muted is not None and muted > self.now:
            return "muted by a person", muted
        inhibitor = next((r for r in self.rule.inhibit_by if r in self.situation.inhibited), None)
        if inhibitor is not None:
            return f"inhibited by {inhibitor}", self.now + self.situation.recheck_after
        if self.rule.mode is Mode.LIVE and self.situation.budget.get(self.rule.id, 1) <= 0:
            return "the rule's limit per hour is reached", self.now + timedelta(minutes=10)
        return None

    def _drops(self) -> bool:
        deliver = self.rule.deliver
        return (
            deliver is not None
            and deliver.outside is Outside.DROP
            and not deliver.calendar.is_open(self.now)
        )

    def _with_pauses(self, episode: Episode) -> Episode:
        """Record that a pause began or ended."""
        condition = self.rule.clock.pause_when
        if condition is None:
            return episode
        paused = condition.test(self.values, self.now)
        last = episode.pauses[-1] if episode.pauses else None
        running = last is not None and last.until is None
        if paused is None or paused is running:
            return episode
        if paused:
            since = max(self._changed_at(condition.reads), episode.started_at)
            return replace(episode, pauses=(*episode.pauses, Pause(since=since)))
        if last is None:
            return episode
        until = max(self._changed_at(condition.reads), last.since)
        return replace(episode, pauses=(*episode.pauses[:-1], replace(last, until=until)))

    def _changed_at(self, reads: frozenset[str]) -> datetime:
        """Return when a pause condition turned: the stage's own moment if it is about stages."""
        entered = self.values.get("stage_entered_at")
        if reads <= {"stage", "stage_type", "pipeline"} and isinstance(entered, datetime):
            return min(entered, self.now)
        return self.now


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)
