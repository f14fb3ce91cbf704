"""Plans and explanations: what a cycle would do, and why; built without writers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from westsync.domain.actions import (
    AskSupplier,
    CreateInvoice,
    EnsureTask,
    Notify,
    PrintInvoice,
    SetInvoiceStatus,
)
from westsync.jobs.cycle import Cycle
from westsync.jobs.judge import Judge, Judgement
from westsync.journal.entries import Entry, IntentState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.app.account import OpenAccount
    from westsync.domain.intents import ObjectRef
    from westsync.jobs.company import Company
    from westsync.jobs.cycle import CycleReport, Desk
    from westsync.journal.port import Store
    from westsync.ports import Clock

EARLIEST = datetime.min.replace(tzinfo=UTC)
_OPEN = (
    IntentState.WAITING,
    IntentState.POSTPONED,
    IntentState.ACTING,
    IntentState.IN_DOUBT,
    IntentState.HELD,
    IntentState.SHADOWED,
    IntentState.FAILED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One intent of a plan, as design 5 shows it.

    Attributes:
        to: Logins or addresses.
        state: ``new`` (the next cycle records it), ``known`` (recorded, not done yet) or
            ``withdrawn`` (the next cycle takes it back).
        defect: Why it cannot be done; None for a sound one.
    """

    key: str
    rule: str
    step: str
    kind: str
    account: str
    obj: ObjectRef
    to: tuple[str, ...]
    title: str
    text: str
    due: datetime | None
    state: str
    defect: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a cycle would do.

    Attributes:
        report: Of the observing and deciding on the copy.
    """

    intents: tuple[Planned, ...]
    report: CycleReport


def make_plan(account: OpenAccount) -> Plan:
    """Observe and decide on a preview's copy; nothing is written but the copy.

    Args:
        account: Opened for preview, hence without writers.
    """
    account.verify_names()
    # What 1C may not be told yet is planned all the same: a plan shows what would be.
    company = replace(account.desk.company, only_planned={})
    return plan_of(replace(account.desk, company=company))


def plan_of(desk: Desk) -> Plan:
    """Run the very cycle that would come next, without writers, and tell what it recorded.

    Args:
        desk: Its store is a copy that nobody misses.
    """
    if desk.writers is not None:
        raise ValueError("a plan is made without writers")
    store = desk.store
    before = {entry.key: entry.state for entry in _open_entries(store)}
    report = Cycle(desk).run()
    company = desk.known_company()
    new = {intent.key for intent in report.decided.new}
    intents = [
        _planned(entry, "new" if entry.key in new else "known", company)
        for entry in _open_entries(store)
        if entry.key in new or entry.state is not IntentState.FAILED
    ]
    for key in before:
        entry = store.outbox.entry(key)
        if entry is not None and entry.state is IntentState.WITHDRAWN:
            intents.append(_planned(entry, "withdrawn", company))
    return Plan(intents=tuple(intents), report=report)


def _open_entries(store: Store) -> Iterator[Entry]:
    for state in _OPEN:
        after = 0
        while batch := store.outbox.in_state(state, after=after):
            yield from batch
            after = batch[-1].number


def _planned(entry: Entry, state: str, company: Company) -> Planned:
    action = entry.payload
    to: tuple[str, ...] = ()
    title = text = ""
    due = None
    match action:
        case EnsureTask():
            to = (company.staff.login_of(action.assignee),) if action.assignee else ()
            title, text, due = action.title, action.body, action.deadline
        case Notify():
            to = tuple(
                company.staff.login_of(who) if action.via == "megaplan" else who
                for who in action.to
            )
            title, text = action.subject, action.text
        case AskSupplier():
            to, title, text = (action.to,), action.subject, action.text
        case CreateInvoice(spec=spec):
            title = f"{spec.buyer.name}: {spec.total} RUB"
            text = "\n".join(f"{one.name}, {one.quantity} x {one.price}" for one in spec.lines)
        case SetInvoiceStatus(status=status):
            text = status
        case PrintInvoice(name=name):
            title = name
        case None:
            pass
        case _:
            text = getattr(action, "text", "") or getattr(action, "note", "")
    return Planned(
        key=entry.key,
        rule=entry.rule,
        step=entry.step,
        kind=entry.action,
        account=entry.account,
        obj=entry.obj,
        to=to,
        title=title,
        text=text,
        due=due,
        state=state,
        defect=entry.cause if entry.state is IntentState.FAILED else None,
    )


def explain(store: Store, company: Company, clock: Clock, obj: ObjectRef) -> Judgement:
    """Return what every rule says about an object, from what was observed so far.

    Args:
        store: Opened for reading.
        company: With the staff that was observed.
        clock: The moment of the decision.
        obj: Deal, client or task.
    """
    every = replace(
        company,
        ruleset=replace(
            company.ruleset,
            rules=tuple(replace(rule, stages=None) for rule in company.ruleset.rules),
        ),
    )
    return Judge(store, every, clock.now()).judge(obj, fresh_since=EARLIEST, changed=True)
