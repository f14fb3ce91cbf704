"""What a decision depends on besides the object's facts, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.domain.episodes import Episode
    from westsync.domain.facts import Group
    from westsync.domain.intents import Intent, Key
    from westsync.domain.people import Staff
    from westsync.rules.billing import Billing
    from westsync.rules.conditions import Verdict
    from westsync.rules.steps import Due
    from westsync.rules.texts import Formatter, Template

EARLIEST = datetime.min.replace(tzinfo=UTC)
_NONE: Mapping[Any, Any] = MappingProxyType({})


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
class Acked:
    """A person's word that he takes care of an episode.

    Attributes:
        at: When he said so (UTC); an episode that was noticed later is another one.
        until: Then it is told again, if it lasts (UTC).
    """

    at: datetime
    until: datetime


class Situation(NamedTuple):
    """Everything besides the object's facts that a decision depends on.

    A named tuple, since one is made for each object.

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
        acked: Rule id -> a person's last acknowledgement, also one that is over.
        stage_ids: (pipeline, stage) -> state id, for moves.
        billing: How the company bills; None without 1C.
        invoices_made: How many invoices were asked for in earlier episodes of this object.
        only_planned: Names of actions that are not to be done now, and why.
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
    muted: Mapping[str, datetime] = _NONE
    acked: Mapping[str, Acked] = _NONE
    billing: Billing | None = None
    invoices_made: int = 0
    only_planned: Mapping[str, str] = _NONE
    budget: Mapping[str, int] = _NONE
    stage_ids: Mapping[tuple[str, str], str] = _NONE


class Outcome(NamedTuple):
    """What one rule decided about one object.

    A named tuple, since making one costs a third of a frozen dataclass and most come to nothing.

    Attributes:
        verdict: True, False, None for unknown.
        episode: The memory to keep; None to forget.
        intents: What is wanted now.
        withdrawn: Steps of a cleared episode whose unsent intents are no longer wanted.
        next_at: When time alone may change the decision; None if never.
        wanted: Details that must be read before this decision can be made; if not empty,
            nothing else of the outcome counts but ``next_at``, should they not be readable now.
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
