"""Simulating: what rules would have done in a stretch of the past, counted.

Objects are replayed one after the other, each from its first recorded moment, so that an episode
that began before the stretch is known as it would have been; what fires within the stretch is
counted. Objects do not wait for each other: limits per hour and the flood brake are not applied,
the hours in which they would have bitten are counted instead.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from westsync.jobs.replay import Fired, for_replay, replay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date
    from zoneinfo import ZoneInfo

    from westsync.domain.intents import ObjectRef
    from westsync.jobs.company import Company
    from westsync.jobs.past import Past

CLEAR = "clear"
_FOLLOWS = "task.link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A half-open stretch of time (UTC)."""

    since: datetime
    until: datetime


@dataclass(slots=True, kw_only=True)
class Simulated:
    """What a simulation came to, or a part of it.

    Attributes:
        fired: Within the stretch.
        unknown: Rule id -> decisions that nobody could have made, with one of the reasons.
        crashed: Rule id -> how often it failed.
        objects: How many objects were replayed.
        decisions: How often they were decided, also before the stretch.
    """

    fired: list[Fired] = field(default_factory=list)
    unknown: dict[str, tuple[int, str]] = field(default_factory=dict)
    crashed: Counter[str] = field(default_factory=Counter)
    objects: int = 0
    decisions: int = 0

    def add(self, other: Simulated) -> None:
        """Take in another part."""
        self.fired += other.fired
        for rule, (count, why) in other.unknown.items():
            known, reason = self.unknown.get(rule, (0, why))
            self.unknown[rule] = (known + count, reason)
        self.crashed += other.crashed
        self.objects += other.objects
        self.decisions += other.decisions


def simulate(
    past: Past,
    company: Company,
    objects: Iterable[ObjectRef],
    span: Span,
    progress: Callable[[], None],
) -> Simulated:
    """Replay objects and keep what fires within a stretch.

    Args:
        past: Of the account.
        company: The rules to try, with the staff that was observed.
        objects: Of `Past.objects`, all or a part.
        span: The stretch.
        progress: Called for each object.
    """
    result, company = Simulated(), for_replay(company)
    for obj in objects:
        progress()
        seen = past.of(obj)
        if seen is None:
            continue
        done = replay(obj, seen, company, span.until)
        result.add(
            Simulated(
                fired=[one for one in done.fired if span.since <= one.at < span.until],
                unknown=done.unknown,
                crashed=Counter(done.crashed),
                objects=1,
                decisions=done.decisions,
            )
        )
    return result


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much of something there was, and when.

    Attributes:
        count: How often in all.
        first, last: The first and the last time (UTC); None if there was none.
        by_day: Office date -> how often; days without any are absent.
        by_hour: Hour of the office day, 0 to 23 -> how often.
        peak_day: The busiest date and how often; None if there was none.
        peak_hour: When the busiest single hour began (office zone) and how often.
    """

    count: int
    first: datetime | None
    last: datetime | None
    by_day: Mapping[date, int]
    by_hour: Mapping[int, int]
    peak_day: tuple[date, int] | None
    peak_hour: tuple[datetime, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLoad:
    """What one rule would have done.

    Attributes:
        fires: Steps that ran; the end of an episode is none.
        objects: About how many objects.
        actions: ``task.ensure``, ``notify``, ``task.close``, ... -> how many.
        defects: How many of them could not have been sent, and one of the reasons.
        hours_over_limit: Hours with more actions than the flood brake or the rule's own limit lets
            through.
        unknown: Decisions that could not be made because something was not known, and why.
        crashed: How often the rule failed.
    """

    rule: str
    fires: Load
    objects: int
    actions: Mapping[str, int]
    defects: tuple[int, str]
    hours_over_limit: int
    unknown: tuple[int, str]
    crashed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A simulation, counted.

    Attributes:
        rules: Every rule of the set, in its order, also those that never fired.
        people: Login -> what he would have got.
        everything: All steps that ran.
    """

    rules: tuple[RuleLoad, ...]
    people: Mapping[str, Load]
    everything: Load


def summarise(done: Simulated, company: Company) -> Summary:
    """Count a simulation by rule, person, day and hour of the office."""
    zone = company.setup.zone
    by_rule: dict[str, list[Fired]] = {rule.id: [] for rule in company.ruleset.rules}
    by_person: dict[str, list[datetime]] = {}
    for one in done.fired:
        by_rule[one.rule].append(one)
        for person in one.to:
            by_person.setdefault(person, []).append(one.at)
    return Summary(
        rules=tuple(_rule_load(rule, fired, done, company) for rule, fired in by_rule.items()),
        people={person: load(by_person[person], zone) for person in sorted(by_person)},
        everything=load([at for fired in by_rule.values() for at in _runs(fired)], zone),
    )


def _rule_load(rule: str, fired: list[Fired], done: Simulated, company: Company) -> RuleLoad:
    zone = company.setup.zone
    found = company.ruleset.rule(rule)
    limits = [company.guards.per_rule_per_hour, *([found.per_hour] if found else [])]
    most = min(limit for limit in limits if limit is not None)
    acted = [one for one in fired if one.action != _FOLLOWS and one.step != CLEAR]
    per_hour = Counter(_hour(one.at, zone) for one in acted)
    defects = [one.defect for one in fired if one.defect is not None]
    return RuleLoad(
        rule=rule,
        fires=load(_runs(fired), zone),
        objects=len({one.obj for one in fired}),
        actions=Counter(one.action for one in fired if one.action != _FOLLOWS),
        defects=(len(defects), defects[0] if defects else ""),
        hours_over_limit=sum(count > most for count in per_hour.values()),
        unknown=done.unknown.get(rule, (0, "")),
        crashed=done.crashed[rule],
    )


def _runs(fired: Iterable[Fired]) -> list[datetime]:
    """Return when steps ran; several actions of one step are one run."""
    runs = {(one.obj, one.step, one.repeat, one.at) for one in fired if one.step != CLEAR}
    return [at for _, _, _, at in runs]


def load(moments: Iterable[datetime], zone: ZoneInfo) -> Load:
    """Count moments by day and hour of a zone."""
    found = sorted(moments)
    local = [at.astimezone(zone) for at in found]
    by_day = Counter(at.date() for at in local)
    hours = Counter(_hour(at, zone) for at in found)
    return Load(
        count=len(found),
        first=found[0] if found else None,
        last=found[-1] if found else None,
        by_day=dict(sorted(by_day.items())),
        by_hour=dict(sorted(Counter(at.hour for at in local).items())),
        peak_day=max(by_day.items(), key=lambda pair: pair[1], default=None),
        peak_hour=max(hours.items(), key=lambda pair: pair[1], default=None),
    )


def _hour(at: datetime, zone: ZoneInfo) -> datetime:
    """Return the beginning of the office hour in which a moment lies."""
    local = at.astimezone(zone)
    return local - timedelta(
        minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )
