"""The watch engine: what one rule wants for one object at one moment.

Pure. The same inputs give the same answer on any machine; nothing here knows a connector, a store
or the wall clock. Facts that are read per object may be missing or stale; the engine then says
which ones it would need *now*, and the caller reads them and asks again. So the daemon reads
details only when a decision hangs on them, and never acts on an old picture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from westsync.domain.episodes import Phase
from westsync.domain.facts import DETAIL_GROUPS, Facts, Group, Unknown
from westsync.rules.episode_clock import EpisodeClock, pause_reads
from westsync.rules.holding import ack_of, drops, held
from westsync.rules.memory import is_live, present_episode
from westsync.rules.model import FIRST_SEEN
from westsync.rules.picture import Picture, earliest
from westsync.rules.situation import EARLIEST, Outcome, OwnTask, Situation
from westsync.rules.wishes import WishMaker

if TYPE_CHECKING:
    from westsync.domain.episodes import Episode
    from westsync.domain.intents import Intent
    from westsync.rules.conditions import Verdict
    from westsync.rules.model import Rule
    from westsync.rules.situation import Acked
    from westsync.rules.steps import Due, StepPlan

__all__ = ["EARLIEST", "Outcome", "OwnTask", "Situation", "decide"]

# How soon to look again when a source or a detail could not be read.
_RETRY = timedelta(minutes=1)


def decide(rule: Rule, facts: Facts, episode: Episode | None, situation: Situation) -> Outcome:
    """Decide what one rule wants for one object now.

    Args:
        rule: A rule that watches this kind of object.
        facts: What is known; stale details are recognised by their age.
        episode: What this rule remembers of the object; None if nothing.
        situation: The rest of the world.
    """
    return _Decision(rule, facts, episode, situation).make()


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """A step that is told again, and the mark by which the episode remembers that."""

    step: Due
    mark: str


class _Decision:
    """One decision in the making."""

    __slots__ = ("before", "now", "rule", "seen", "situation")

    def __init__(
        self, rule: Rule, facts: Facts, episode: Episode | None, situation: Situation
    ) -> None:
        self.rule = rule
        self.before = episode
        self.situation = situation
        self.now = situation.now
        self.seen = Picture(rule, facts, episode, situation)

    def make(self) -> Outcome:
        old = self.seen.too_old_source()
        if old is not None:
            return self._frozen(old, self.now + _RETRY)
        verdict = self.rule.when.test(self.seen.values, self.now)
        if verdict is False:
            return self._false()
        if self.rule.clock.start == FIRST_SEEN:
            return self._running(None, verdict)
        start = self.seen.values.get(self.rule.clock.start)
        if isinstance(start, Unknown):
            return self._unknown_start(start)
        if not isinstance(start, datetime):
            return self._no_start()
        return self._running(start, verdict)

    # -- unknown -------------------------------------------------------------------------------

    def _frozen(self, reason: str, next_at: datetime | None) -> Outcome:
        """Neither fire nor clear; the memory stays as it is."""
        return Outcome(verdict=None, episode=self.before, next_at=next_at, reason=reason)

    def _want(self, groups: frozenset[Group]) -> Outcome:
        return Outcome(
            verdict=None,
            episode=self.before,
            wanted=groups & DETAIL_GROUPS,
            next_at=self.now + _RETRY,
            reason="details wanted",
        )

    def _unknown_start(self, start: Unknown) -> Outcome:
        wanted = start.groups & DETAIL_GROUPS
        if wanted and self.seen.may_read():
            return self._want(wanted)
        return self._frozen(f"{self.rule.clock.start}: {start.why}", self.seen.recheck_at())

    def _no_start(self) -> Outcome:
        """Handle a clock whose moment is not there: nothing can begin, and what ran is over."""
        if is_live(self.before):
            return self._false()
        reason = f"{self.rule.clock.start} has no value; the clock does not start"
        return Outcome(
            verdict=False, episode=self.before, next_at=self.seen.look_again_at(), reason=reason
        )

    # -- false ---------------------------------------------------------------------------------

    def _false(self) -> Outcome:
        before = self.before
        if before is None or before.phase is Phase.CLEARED:
            return Outcome(verdict=False, episode=before, next_at=self.seen.look_again_at())
        if before.phase is Phase.POSSIBLE and not before.fired:
            return Outcome(verdict=False, episode=None, next_at=self.seen.look_again_at())
        settle = self.rule.clock.settle
        since = before.false_since or self.now
        if self.now - since < settle:
            kept = replace(before, false_since=since)
            next_at = earliest(since + settle, self.seen.flip_at())
            return Outcome(verdict=False, episode=kept, next_at=next_at, reason="settling")
        return self._cleared(before)

    def _cleared(self, before: Episode) -> Outcome:
        unread = self._unread_of_closing(before)
        if unread:
            return self._want(unread)
        return Outcome(
            verdict=False,
            episode=replace(before, phase=Phase.CLEARED, cleared_at=self.now, false_since=None),
            intents=self._closing(before),
            withdrawn=tuple(before.fired),
            next_at=self.seen.look_again_at(),
        )

    def _unread_of_closing(self, ended: Episode) -> frozenset[Group]:
        """Return the details that the texts of ``on_clear`` need and that were not read."""
        return self.seen.stale & self.rule.clear_details if ended.fired else frozenset()

    def _closing(self, ended: Episode) -> tuple[Intent, ...]:
        """Return what is wanted when an episode is over; nothing if none of its steps ran."""
        if not ended.fired:
            return ()
        return WishMaker(self.rule, self.seen.facts, ended, self.situation).on_clear()

    # -- true, or possible ---------------------------------------------------------------------

    def _running(self, start: datetime | None, verdict: Verdict) -> Outcome:
        phase = Phase.OPEN if verdict else Phase.POSSIBLE
        episode = present_episode(self.rule, phase, start, self.before, self.now)
        if episode.started_at < self.situation.active_from:
            return Outcome(
                verdict=verdict,
                episode=self.before,
                next_at=self.seen.flip_at(),
                reason="began before active_from",
            )
        clock = EpisodeClock(self.rule, self.seen.values, self.before, self.now)
        paused = clock.stands_still()
        episode, plan = clock.counted(episode, paused)
        if verdict is None or paused is None:
            return self._unresolved(episode, plan)
        return self._resolved(episode, plan)

    def _unresolved(self, episode: Episode, plan: StepPlan) -> Outcome:
        """Handle a decision that hangs on something not known."""
        if not self.seen.unread:
            next_at = None if plan.has_due else plan.next_at
            return self._frozen(self._why_unknown(), earliest(self.seen.recheck_at(), next_at))
        kept_in_view = self._is_kept_in_view(episode)
        if plan.has_due or (kept_in_view and self.seen.may_read()):
            return self._want(self.seen.unread)
        ended = self._ended(episode)
        unread = self._unread_of_closing(ended) if ended is not None else None
        if unread:
            return self._want(unread)
        look_at = self.seen.recheck_at() if kept_in_view else self.seen.flip_at()
        return Outcome(
            verdict=None,
            episode=episode,
            intents=() if ended is None else self._closing(ended),
            withdrawn=() if ended is None else tuple(ended.fired),
            next_at=earliest(plan.next_at, look_at),
            steps=plan.steps,
            reason="details are read when a step is due",
        )

    def _is_kept_in_view(self, episode: Episode) -> bool:
        """Return whether details are read before a step is due.

        An open episode is watched for its end; a clock that starts by a detail, for its start.
        """
        return episode.phase is Phase.OPEN or self.rule.starts_by_detail

    def _why_unknown(self) -> str:
        reads = self.rule.when.reads | pause_reads(self.rule)
        values = ((name, self.seen.values.get(name)) for name in sorted(reads))
        reasons = (f"{name}: {value.why}" for name, value in values if isinstance(value, Unknown))
        return next(reasons, "unknown")

    def _resolved(self, episode: Episode, plan: StepPlan) -> Outcome:
        ended = self._ended(episode)
        ack = ack_of(self.rule, episode, self.situation)
        again = self._told_again(ack, episode, plan)
        ack_ends_at = ack.until if ack is not None and ack.until > self.now else None
        look_at = earliest(plan.next_at, self.seen.recheck_at(), ack_ends_at)
        if ended is None and again is None and not plan.has_due:
            return Outcome(verdict=True, episode=episode, next_at=look_at, steps=plan.steps)
        waits = plan.has_due or again is not None
        hold = held(self.rule, episode, self.situation) if waits else None
        dropped = drops(self.rule, self.now)
        unread = self._unread_of_closing(ended) if ended is not None else frozenset()
        if hold is None:
            unread |= self._unread_of_steps(plan, again, texts=not dropped)
        if unread:
            return self._want(unread)
        outcome = Outcome(
            verdict=True,
            episode=episode,
            intents=() if ended is None else self._closing(ended),
            withdrawn=() if ended is None else tuple(ended.fired),
            next_at=look_at,
            steps=plan.steps,
        )
        if hold is not None:
            next_at = earliest(hold.until, look_at)
            return outcome._replace(next_at=next_at, reason=hold.reason)
        if not plan.passed and again is None:
            return outcome
        fired = {**episode.fired, **plan.passed}
        if again is not None:
            fired[again.mark] = 0
        outcome = outcome._replace(episode=replace(episode, fired=fired))
        if dropped:
            return outcome._replace(reason="outside the delivery hours, dropped")
        wishes = WishMaker(self.rule, self.seen.facts, episode, self._after(ended))
        if plan.passed or again is None:
            intents = wishes.for_steps(plan.runnable)
        else:
            intents = wishes.again(again.step, again.mark)
        return outcome._replace(intents=(*outcome.intents, *intents))

    def _told_again(self, ack: Acked | None, episode: Episode, plan: StepPlan) -> Again | None:
        """Return the step to be told again because an acknowledgement ended and nothing changed.

        It is the last of the steps that ran. A step that falls due now says enough by itself.
        """
        if ack is None or ack.until > self.now:
            return None
        mark = f"ack-{ack.until:%Y%m%dT%H%M%SZ}"
        told = [due for due in plan.steps if due.fired >= 0 and due.allowed is True]
        if mark in episode.fired or not told:
            return None
        return Again(step=told[-1], mark=mark)

    def _unread_of_steps(
        self, plan: StepPlan, again: Again | None, *, texts: bool
    ) -> frozenset[Group]:
        """Return the details that due steps need and that were not read."""
        unread = self.seen.unread if plan.wanted else frozenset[Group]()
        if texts and self.seen.stale:
            told = plan.runnable if again is None else (*plan.runnable, again.step)
            needed = (self.rule.step_details[due.step.id] for due in told)
            unread = unread.union(*(groups & self.seen.stale for groups in needed))
        return unread

    def _ended(self, episode: Episode) -> Episode | None:
        """Return the episode whose place another one took; None if none ended so."""
        before = self.before
        if before is None or before.phase is Phase.CLEARED:
            return None
        return None if before.started_at == episode.started_at else before

    def _after(self, ended: Episode | None) -> Situation:
        """Return the situation once an ended episode's tasks are closed."""
        if ended is None or not ended.fired:
            return self.situation
        tasks = tuple(
            replace(task, is_open=False) if task.rule == self.rule.id else task
            for task in self.situation.tasks
        )
        return self.situation._replace(tasks=tasks)
