"""Two rule sets on the present state: what the next cycle would do by either, and what comes later.

Megaplan is looked at once; then each set decides on a private copy of what was seen. What falls due
later is compared as well, so that a rule which only became slower or faster shows its moved times.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from westsync.app.planning import EARLIEST, plan_of
from westsync.domain.episodes import Phase
from westsync.domain.intents import ObjectRef
from westsync.jobs.judge import SCHEDULE, Judge
from westsync.jobs.observe import Observer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from westsync.app.account import OpenAccount
    from westsync.app.planning import Plan
    from westsync.jobs.company import Company
    from westsync.jobs.cycle import Desk
    from westsync.jobs.judge import Judgement

_DRAFT = "+draft"
_ALL = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """A step that is not due yet.

    Attributes:
        due: When it will be, if nothing changes (UTC).
    """

    account: str
    obj: ObjectRef
    rule: str
    step: str
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What one rule set would do now and later."""

    plan: Plan
    ahead: tuple[Ahead, ...]


def compare_rules(account: OpenAccount, draft: Company) -> tuple[Prospect, Prospect]:
    """Return what the present rules would do, and what the draft rules would.

    Args:
        account: Opened for preview, hence without writers.
        draft: The same account with the draft rules.
    """
    account.verify_names()
    desk = account.desk
    Observer(desk.store, desk.reader, desk.clock, desk.company, desk.progress).observe()
    if desk.books is not None:
        desk.books.run(desk.clock.now())
    guards = desk.company.guards
    changed = replace(draft, guards=guards, version=f"{draft.version}{_DRAFT}")
    return _prospect(desk, desk.company), _prospect(desk, changed)


def _prospect(desk: Desk, company: Company) -> Prospect:
    # Every object is decided, however many must be read for it, and all that is wanted is shown.
    pace = replace(company.pace, details_per_cycle=_ALL)
    company = replace(company, pace=pace, only_planned={})
    with desk.store.copied(desk.clock) as store:
        trial = replace(desk, store=store, company=company, books=None)
        plan = plan_of(trial)
        return Prospect(plan=plan, ahead=tuple(_ahead(trial)))


def _ahead(desk: Desk) -> Iterator[Ahead]:
    """Yield the steps of living episodes that are not due yet."""
    judge = Judge(desk.store, desk.known_company(), desk.clock.now())
    for obj in _watched(desk):
        desk.progress()
        yield from _steps_ahead(judge.judge(obj, fresh_since=EARLIEST, changed=True), desk)


def _steps_ahead(judgement: Judgement, desk: Desk) -> Iterator[Ahead]:
    for rule, outcome in judgement.outcomes.items():
        episode = outcome.episode
        if episode is None or episode.phase is Phase.CLEARED:
            continue
        for due in outcome.steps:
            if due.repeat < 0 and due.at is not None:
                yield Ahead(
                    account=desk.company.account,
                    obj=judgement.obj,
                    rule=rule,
                    step=due.step.id,
                    due=due.at,
                )


def _watched(desk: Desk) -> Iterator[ObjectRef]:
    mirror, after = desk.store.mirror, ""
    while batch := mirror.open_deals(after):
        yield from (ObjectRef(kind="deal", id=id_) for id_ in batch)
        after = batch[-1]
    for client in mirror.clients_without_deals(desk.company.active_from):
        yield ObjectRef(kind="client", id=client.id)
    for rule in desk.company.ruleset.rules:
        if rule.schedule is not None:
            yield ObjectRef(kind=SCHEDULE, id=rule.id)
