"""A rule as the engine runs it: compiled conditions, clock, steps and actions."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from westsync.domain.facts import DETAIL_GROUPS
from westsync.rules.action_specs import IssueInvoiceSpec

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from westsync.domain.durations import Duration
    from westsync.domain.facts import Group
    from westsync.domain.people import Who
    from westsync.domain.places import Place
    from westsync.domain.working_time import WorkingCalendar
    from westsync.rules.action_specs import ActionSpec
    from westsync.rules.conditions import Condition
    from westsync.rules.schedules import Schedule

FIRST_SEEN = "first_seen"


class Mode(StrEnum):
    """``off``: not looked at. ``shadow``: decided and recorded, nothing sent. ``live``."""

    OFF = "off"
    SHADOW = "shadow"
    LIVE = "live"


class Outside(StrEnum):
    """What to do with a step that falls due outside the delivery hours."""

    DEFER = "defer"
    SEND = "send"
    DROP = "drop"


_LEDGER_NAMES: Mapping[type, str] = {IssueInvoiceSpec: "invoice.issue"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """``repeat``: again every so often, at most ``most`` times after the first run."""

    every: Duration
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something to do when so much time was counted.

    Attributes:
        always: Runs also when a later step is due already (the daemon was down).
    """

    id: str
    after: Duration
    when: Condition | None
    unless: Condition | None
    repeat: Repeat | None
    always: bool
    actions: tuple[ActionSpec, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSpec:
    """Where counted time begins and when it stands still.

    Attributes:
        start: Name of a moment fact, or ``first_seen``.
        settle: How long the condition must be false before the episode is over.
    """

    start: str
    calendar_name: str
    calendar: WorkingCalendar
    pause_when: Condition | None
    settle: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """Who may silence an episode, and for how long."""

    by: tuple[Who, ...]
    mutes: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver:
    """The hours in which steps may run."""

    calendar: WorkingCalendar
    outside: Outside


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A watch rule, or a clock rule, which watches its own falling due.

    Attributes:
        version: First characters of the hash of its text, shown in traces.
        kind: What it watches: deal, client, task, ...; ``schedule`` for a clock rule.
        needs: Source -> oldest useful age.
        stages: The only stages in which its condition can hold; None if it does not say.
        reads: Facts that conditions, clock and texts read -> what must be read to know them.
        details: Groups, read per object, that conditions and clock hang on.
        step_details: Step id -> groups, read per object, that its texts need.
        clear_details: Groups, read per object, that the texts of ``on_clear`` need.
        group_by: Facts; notices about objects that agree in them become one digest. None: no
            digests.
        schedule: When a clock rule falls due; None for a watch rule.
        turning: Its conditions whose answer time alone may change.
        detail_reads: Those of ``reads`` that are read per object.
        action_names: Names of its actions that go to 1C.
        asks_details: Anything of it hangs on what is read per object.
        starts_by_detail: The moment at which its clock starts does.
        reopen_within: A condition that holds again so soon continues the same episode; None: a
            new one begins.
    """

    id: str
    title: str
    owner: str | None
    step_id: str
    mode: Mode
    kind: str
    version: str
    place: Place
    needs: Mapping[str, timedelta]
    when: Condition
    clock: ClockSpec
    steps: tuple[Step, ...]
    deliver: Deliver | None
    reads: Mapping[str, frozenset[Group]]
    step_details: Mapping[str, frozenset[Group]]
    details: frozenset[Group] = frozenset()
    clear_details: frozenset[Group] = frozenset()
    ack: Ack | None = None
    inhibit_by: tuple[str, ...] = ()
    per_hour: int | None = None
    on_clear: tuple[ActionSpec, ...] = ()
    reopen_within: timedelta | None = None
    stages: frozenset[str] | None = None
    group_by: tuple[str, ...] | None = None
    schedule: Schedule | None = None
    turning: tuple[Condition, ...] = field(init=False, repr=False, compare=False)
    detail_reads: Mapping[str, frozenset[Group]] = field(init=False, repr=False, compare=False)
    asks_details: bool = field(init=False, repr=False, compare=False)
    starts_by_detail: bool = field(init=False, repr=False, compare=False)
    action_names: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Work out once what every decision would ask again."""
        steps = [part for step in self.steps for part in (step.when, step.unless)]
        conditions = [self.when, self.clock.pause_when, *steps]
        turning = tuple(part for part in conditions if part is not None and part.turns)
        detail_reads = {
            name: groups & DETAIL_GROUPS
            for name, groups in self.reads.items()
            if groups & DETAIL_GROUPS
        }
        asks = bool(detail_reads or self.details or self.clear_details) or any(
            self.step_details.values()
        )
        names = (_LEDGER_NAMES.get(type(a)) for step in self.steps for a in step.actions)
        object.__setattr__(self, "action_names", frozenset(filter(None, names)))
        object.__setattr__(self, "turning", turning)
        object.__setattr__(self, "detail_reads", detail_reads)
        object.__setattr__(self, "asks_details", asks)
        object.__setattr__(self, "starts_by_detail", self.clock.start in detail_reads)
