"""Why steps that are due must wait: delivery hours, silences, other rules, limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.rules.model import Mode, Outside

if TYPE_CHECKING:
    from datetime import datetime

    from westsync.domain.episodes import Episode
    from westsync.rules.model import Rule
    from westsync.rules.situation import Acked, Situation

_LIMIT_RETRY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Why due steps wait, and when to look again (UTC)."""

    reason: str
    until: datetime


def held(rule: Rule, episode: Episode, situation: Situation) -> Hold | None:
    """Return what keeps a rule's due steps back; None if they may run.

    Args:
        rule: The rule.
        episode: The present one; an acknowledgement of an earlier one does not count.
        situation: Silences, inhibiting rules, what is left of the limit per hour.
    """
    now = situation.now
    deliver = rule.deliver
    if deliver is not None and deliver.outside is Outside.DEFER:
        opening = deliver.calendar.next_opening(now)
        if opening > now:
            return Hold(reason="outside the delivery hours", until=opening)
    ack = ack_of(rule, episode, situation)
    if ack is not None and ack.until > now:
        return Hold(reason="acknowledged by a person", until=ack.until)
    muted = situation.muted.get(rule.id)
    if muted is not None and muted > now:
        return Hold(reason="muted by a person", until=muted)
    for name, why in situation.only_planned.items():
        if name in rule.action_names and rule.mode is Mode.LIVE:
            return Hold(reason=f"only planned: {why}", until=now + situation.recheck_after)
    inhibitor = next((name for name in rule.inhibit_by if name in situation.inhibited), None)
    if inhibitor is not None:
        return Hold(reason=f"inhibited by {inhibitor}", until=now + situation.recheck_after)
    if rule.mode is Mode.LIVE and situation.budget.get(rule.id, 1) <= 0:
        return Hold(reason="the rule's limit per hour is reached", until=now + _LIMIT_RETRY)
    return None


def ack_of(rule: Rule, episode: Episode, situation: Situation) -> Acked | None:
    """Return the acknowledgement of the present episode, also one that is over; None if none."""
    ack = situation.acked.get(rule.id)
    return ack if ack is not None and ack.at >= episode.noticed_at else None


def drops(rule: Rule, now: datetime) -> bool:
    """Return whether what falls due now is left out: outside of hours that drop it."""
    deliver = rule.deliver
    if deliver is None or deliver.outside is not Outside.DROP:
        return False
    return not deliver.calendar.is_open(now)
