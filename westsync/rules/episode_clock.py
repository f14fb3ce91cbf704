"""The clock of an episode: whether it stands still, since when, and where its steps stand by it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from westsync.domain.episodes import Episode, Phase
from westsync.domain.facts import DETAIL_GROUPS
from westsync.rules.memory import with_pause
from westsync.rules.steps import StepPlan, plan_steps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.rules.conditions import Verdict
    from westsync.rules.model import Rule

_ABOUT_STAGES = frozenset({"stage", "stage_type", "pipeline"})


class EpisodeClock(NamedTuple):
    """The clock of one rule for one object at one moment.

    Attributes:
        values: Facts of the object.
        before: What the rule remembered of the object before this decision.
        now: UTC.
    """

    rule: Rule
    values: Mapping[str, object]
    before: Episode | None
    now: datetime

    def stands_still(self) -> Verdict:
        """Return whether the clock is stopped now; None if that is unknown."""
        condition = self.rule.clock.pause_when
        return False if condition is None else condition.test(self.values, self.now)

    def counted(self, episode: Episode, paused: Verdict) -> tuple[Episode, StepPlan]:
        """Return the episode with its pauses up to date, and where its steps stand."""
        if paused is None or not (paused or episode.pauses):  # nothing stands still, nor did
            return episode, plan_steps(self.rule, episode, self.values, self.now)
        counted = with_pause(episode, paused=paused, turned_at=self._turned_at())
        plan = plan_steps(self.rule, counted, self.values, self.now)
        if paused and plan.has_due and not self._was_seen(episode):
            # It stands still, and nobody can tell since when: what is not known escalates nothing.
            counted = with_pause(episode, paused=True, turned_at=episode.started_at)
            plan = plan_steps(self.rule, counted, self.values, self.now)
        return counted, plan

    def _turned_at(self) -> datetime:
        """Return when the clock stopped or went on, if it did so now: for stages their entry."""
        entered = self.values.get("stage_entered_at")
        if pause_reads(self.rule) <= _ABOUT_STAGES and isinstance(entered, datetime):
            return min(entered, self.now)
        return self.now

    def _was_seen(self, episode: Episode) -> bool:
        """Return whether it was seen before, or stands in the facts, when the clock stopped."""
        reads = pause_reads(self.rule)
        if reads <= _ABOUT_STAGES:
            return True
        before = self.before
        if before is None or before.started_at != episode.started_at:
            return False
        on_details = any(self.rule.reads[name] & DETAIL_GROUPS for name in reads)
        return before.phase is not Phase.POSSIBLE or not on_details


def pause_reads(rule: Rule) -> frozenset[str]:
    """Return the facts that decide whether a rule's clock stands still."""
    condition = rule.clock.pause_when
    return frozenset() if condition is None else condition.reads
