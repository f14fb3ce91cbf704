"""Which steps of an episode are due, which of them run, and when the next one will be.

Counted time is working time since the start of the episode minus its pauses, always computed
forward. Found late, only the highest due step runs, plus those marked ``always``.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from westsync.domain.durations import Duration, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from westsync.domain.episodes import Episode
    from westsync.rules.model import Rule, Step


class Due(NamedTuple):
    """One step as it stands.

    Attributes:
        step: The step.
        at: When its newest due repetition fell due, or when its first will; None while a pause
            lasts.
        repeat: Number of the newest due repetition; -1 if none is due yet.
        next_at: When the next repetition falls due; None if there is none or a pause lasts.
        fired: Highest repetition that ran or was passed over; -1 if none.
        allowed: Whether ``when`` and ``unless`` let it run; None if they are unknown.
    """

    step: Step
    at: datetime | None
    repeat: int
    next_at: datetime | None
    fired: int
    allowed: bool | None


class StepPlan(NamedTuple):
    """What the steps of an episode come to at one moment.

    Attributes:
        steps: All steps, in the order of the rule.
        runnable: Those that run now, in the order of the rule.
        passed: Step id -> repetition that is settled by this decision (run or passed over).
        next_at: When the next repetition of any step falls due.
        has_due: Some step is due and may run, as far as its own conditions are known.
        wanted: A due step hangs on a condition that is not known.
    """

    steps: tuple[Due, ...]
    runnable: tuple[Due, ...] = ()
    passed: Mapping[str, int] = MappingProxyType({})
    next_at: datetime | None = None
    has_due: bool = False
    wanted: bool = False


def plan_steps(
    rule: Rule, episode: Episode, values: Mapping[str, object], now: datetime
) -> StepPlan:
    """Work out the steps of an episode.

    Args:
        rule: Its rule.
        episode: Start, pauses and what ran already.
        values: The object's facts, for ``when`` and ``unless``.
        now: Aware UTC.
    """
    steps = tuple([_due(rule, step, episode, values, now) for step in rule.steps])
    pending = [due for due in steps if due.repeat > due.fired]
    moments = [
        at for due in steps if (at := due.next_at if due.repeat >= 0 else due.at) is not None
    ]
    next_at = min(moments, default=None)
    if not pending:
        return StepPlan(steps=steps, next_at=next_at)
    allowed = [due for due in pending if due.allowed is True]
    return StepPlan(
        steps=steps,
        runnable=tuple(_chosen(allowed)),
        passed={due.step.id: due.repeat for due in allowed},
        next_at=next_at,
        has_due=any(due.allowed is not False for due in pending),
        wanted=any(due.allowed is None for due in pending),
    )


def _chosen(allowed: list[Due]) -> list[Due]:
    """Return the highest due step, what fell due together with it, and those marked ``always``.

    The highest is the last of the rule: a reminder that repeats does not outrun an escalation.
    """
    if not allowed:
        return []
    highest = allowed[-1]
    return [due for due in allowed if due.at == highest.at or due.step.always]


def _due(
    rule: Rule, step: Step, episode: Episode, values: Mapping[str, object], now: datetime
) -> Due:
    calendar, pauses = rule.clock.calendar, episode.pauses
    fired = episode.fired.get(step.id, -1)
    most = step.repeat.most if step.repeat is not None else 0
    newest, newest_at = -1, None
    first_at = moment = step.after.due_with_pauses(episode.started_at, calendar, pauses)
    while moment is not None and moment <= now:
        newest, newest_at = newest + 1, moment
        if newest >= most or step.repeat is None:
            moment = None
            break
        moment = _repetition(step, newest + 1).due_with_pauses(
            *_origin(step, episode, moment), calendar, pauses
        )
    return Due(
        step=step,
        at=newest_at if newest >= 0 else first_at,
        repeat=newest,
        next_at=moment if newest >= 0 else None,
        fired=fired,
        allowed=_allowed(step, values, now),
    )


def _repetition(step: Step, number: int) -> Duration:
    """Return what must pass for a repetition: since the start if it can be added up."""
    repeat = step.repeat
    if repeat is None:
        raise AssertionError("only a repeated step has repetitions")
    if step.after.is_counted and repeat.every.is_counted:
        return Duration(unit=Unit.COUNTED, amount=step.after.amount + number * repeat.every.amount)
    return repeat.every


def _origin(step: Step, episode: Episode, previous: datetime) -> tuple[datetime]:
    added_up = step.after.is_counted and step.repeat is not None and step.repeat.every.is_counted
    return (episode.started_at if added_up else previous,)


def _allowed(step: Step, values: Mapping[str, object], now: datetime) -> bool | None:
    when = True if step.when is None else step.when.test(values, now)
    unless = False if step.unless is None else step.unless.test(values, now)
    if when is False or unless is True:
        return False
    return None if when is None or unless is None else True
