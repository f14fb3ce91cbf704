"""From the mirror to facts: what the rules see of an object."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from westsync.domain.actions import CloseTask
from westsync.domain.facts import Facts, Group
from westsync.domain.ledger import LedgerRef
from westsync.domain.records import Detail, Details
from westsync.domain.refusals import OutcomeUnclear, Refusal, Technical
from westsync.jobs.ledger_book import ledger_age, ledger_seen
from westsync.jobs.ledger_standing import kept_standing
from westsync.jobs.observe import CLIENTS, DEALS
from westsync.jobs.schedule_start import last_due
from westsync.jobs.stock_answers import all_asked_at, kept_answers
from westsync.jobs.stock_states import kept_states
from westsync.journal.cursors import TASKS
from westsync.journal.entries import IntentState, Target
from westsync.journal.promises import episode_of
from westsync.rules.deal_facts import deal_facts
from westsync.rules.deal_seen import Observed, Twin
from westsync.rules.ledger_standing_facts import ledger_standing_facts
from westsync.rules.other_facts import client_facts, payment_facts, schedule_facts, task_facts
from westsync.rules.refusal_texts import worded
from westsync.rules.stock_facts import stock_source_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from westsync.domain.intents import ObjectRef
    from westsync.jobs.company import Company
    from westsync.journal.details import KeptDetails
    from westsync.journal.entries import Entry
    from westsync.journal.port import Store

_GROUPS = {Detail.HISTORY: Group.HISTORY, Detail.TODOS: Group.TODOS, Detail.TASKS: Group.TASKS}
_NOTHING_READ = Details()


class FactBook:
    """Makes the facts of one account's objects, between two observations."""

    def __init__(self, store: Store, company: Company) -> None:
        """Bind the mirror and the company."""
        self._store = store
        self._company = company

    def facts(self, obj: ObjectRef, fresh_since: datetime, now: datetime) -> Facts | None:
        """Return what is known of an object; None if it is gone.

        Args:
            obj: Of a kind that rules watch, or a clock rule.
            fresh_since: Details that were read before this are not even looked up: no decision
                could rest on them.
            now: The moment of the decision (UTC).
        """
        match obj.kind:
            case "deal":
                return self._deal(obj, fresh_since)
            case "client":
                return self._client(obj, fresh_since)
            case "task":
                return self._task(obj)
            case "payment":
                return self._payment(obj)
            case "stock_source":
                return self._stock_source(obj)
            case "ledger":
                return self._ledger(obj, now)
            case "schedule":
                return self._schedule(obj, now)
            case _:
                raise AssertionError(f"nobody observes a {obj.kind}")

    def changed_at(self, obj: ObjectRef) -> datetime | None:
        """Return when the object, or for a deal one of its tasks, last changed in the CRM."""
        if obj.kind == "deal":
            deal = self._store.mirror.deal(obj.id)
            tasks = [task.active_at for task in self._store.mirror.tasks_of(obj.id)]
            return None if deal is None else max([deal.updated_at, *tasks])
        if obj.kind == "task":
            task = self._store.mirror.task(obj.id)
            return None if task is None else task.active_at
        return None

    @cached_property
    def _ages(self) -> tuple[dict[Group, datetime], dict[str, datetime]]:
        """Return (group -> age of the lists, source -> last whole observation)."""
        cursors = self._store.cursors.all()
        groups = {}
        if DEALS in cursors:
            groups[Group.DEAL] = cursors[DEALS].at
        if CLIENTS in cursors:
            groups[Group.CLIENT] = cursors[CLIENTS].at
        lists = [cursors[name].at for name in (DEALS, TASKS) if name in cursors]
        sources = {"megaplan": min(lists)} if len(lists) == 2 else {}
        onec = ledger_age(cursors)
        if onec is not None:
            groups[Group.ONEC] = sources["onec"] = onec
        stock = all_asked_at(self._store) if self._company.asks_stock else None
        if stock is not None:  # a deal that left the stage hangs on no answer, and that is known
            sources["stock"] = stock
        return groups, sources

    def _deal(self, obj: ObjectRef, fresh_since: datetime) -> Facts | None:
        mirror = self._store.mirror
        deal = mirror.deal(obj.id)
        if deal is None or deal.gone:
            return None
        groups, sources = self._ages
        kept = mirror.details_since(obj, fresh_since)
        rules, closed = (
            own_work(self._store.outbox.of_object(obj)) if kept is not None else ({}, frozenset())
        )
        client = mirror.client(deal.client_id) if deal.client_id is not None else None
        twins = mirror.twins(deal.client_id) if deal.client_id is not None else ()
        stock = kept_answers(self._store, obj.id) if self._company.asks_stock else None
        if stock is not None:
            groups = groups | {Group.STOCK: stock.asked_at}
            sources = sources | {"stock": stock.asked_at}
        return deal_facts(
            Observed(
                deal=deal,
                client=client,
                details=kept.details if kept is not None else _NOTHING_READ,
                tasks=mirror.tasks_of(obj.id) if kept is not None else (),
                task_rules=rules,
                closed_by_us=closed,
                twins=tuple(Twin(id=t.client.id, name=t.client.name, by=t.same) for t in twins),
                ledger=ledger_seen(self._store, deal) if Group.ONEC in groups else None,
                invoice_problem=self._invoice_problem(obj) if Group.ONEC in groups else None,
                stock=stock,
                as_of=groups | _read_at(kept),
                source_as_of=sources,
            ),
            self._company.setup,
        )

    def _client(self, obj: ObjectRef, fresh_since: datetime) -> Facts | None:
        mirror = self._store.mirror
        client = mirror.client(obj.id)
        if client is None or client.gone:
            return None
        groups, sources = self._ages
        kept = mirror.details_since(obj, fresh_since)
        return client_facts(
            client,
            self._company.setup,
            deals_known=len(mirror.deals_of(obj.id)),
            twins=tuple(
                Twin(id=t.client.id, name=t.client.name, by=t.same) for t in mirror.twins(obj.id)
            ),
            todos=kept.details.todos if kept is not None else None,
            as_of=groups | _read_at(kept),
            source_as_of=sources,
        )

    def _task(self, obj: ObjectRef) -> Facts | None:
        task = self._store.mirror.task(obj.id)
        if task is None or task.gone:
            return None
        groups, sources = self._ages
        entry = (
            self._store.outbox.with_marker(task.marker)  # type: ignore[arg-type]  # a Marker
            if task.marker is not None
            else None
        )
        return task_facts(
            task,
            self._company.setup,
            rule=entry.rule if entry is not None else None,
            as_of=groups,
            source_as_of=sources,
        )

    def _payment(self, obj: ObjectRef) -> Facts | None:
        """Return what is known of a payment that nobody could place, or could lately."""
        ledger = self._store.ledger
        ref = LedgerRef(obj.id)
        payment = ledger.payment(ref)
        if payment is None:
            return None
        question = ledger.question(ref)
        candidates = question.candidates if question is not None else ()
        deals = {deal for one in candidates for deal in ledger.deals_of(one.invoice)}
        groups, sources = self._ages
        return payment_facts(
            payment,
            question,
            self._company.setup.catalogue,
            deal_id=next(iter(deals)) if len(deals) == 1 else None,
            as_of=groups,
            source_as_of=sources,
        )

    def _stock_source(self, obj: ObjectRef) -> Facts | None:
        """Return how a source stood when we last looked; None if we never did."""
        kept = kept_states(self._store)
        source = kept.of(obj.id) if kept is not None else None
        if kept is None or source is None:
            return None
        return stock_source_facts(source, self._company.setup.catalogue, seen_at=kept.seen_at)

    def _ledger(self, obj: ObjectRef, now: datetime) -> Facts:
        """Return how 1C stands; that is our own knowledge, and never old."""
        return ledger_standing_facts(
            obj.id,
            kept_standing(self._store),
            self._company.setup.catalogue,
            read_at=ledger_age(self._store.cursors.all()),
            seen_at=now,
        )

    def _invoice_problem(self, obj: ObjectRef) -> str | None:
        """Return why an invoice that was asked for is not made; None if none waits for a person."""
        stuck = (IntentState.FAILED, IntentState.HELD)
        found = [
            entry
            for entry in self._store.outbox.of_object(obj)
            if entry.target is Target.LEDGER and entry.state in stuck
        ]
        if not found:
            return None
        company = self._company
        return worded(_refusal_of(found[-1]), company.ruleset.refusals, company.formatter)

    def _schedule(self, obj: ObjectRef, now: datetime) -> Facts | None:
        """Return what is known of a clock rule; None if there is no such rule any more."""
        rule = self._company.ruleset.rule(obj.id)
        if rule is None or rule.schedule is None:
            return None
        due_at = last_due(self._store, rule, now)
        sent = [
            episode_of(entry.key)
            for entry in self._store.outbox.of_object(obj)
            if entry.action == "report.send" and entry.state is IntentState.DONE
        ]
        return schedule_facts(
            obj.id,
            self._company.setup.catalogue,
            due_at=due_at,
            delivered=due_at in sent,
            last_delivered_at=max((at for at in sent if at != due_at), default=None),
            now=now,
            source_as_of=self._ages[1],
        )


def own_work(entries: Iterable[Entry]) -> tuple[Mapping[str, str], frozenset[str]]:
    """Return (task id -> rule that made it, ids of tasks that we closed ourselves).

    Args:
        entries: What was ever wanted for one object, in order of recording.
    """
    made: dict[str, str] = {}
    closed: set[str] = set()
    by_key: dict[str, str] = {}
    for entry in entries:
        if entry.action == "task.ensure" and entry.ref:
            made[entry.ref] = entry.rule
            by_key[entry.key] = entry.ref
        elif (
            entry.action == "task.close"
            and entry.state is IntentState.DONE
            and isinstance(entry.payload, CloseTask)
            and entry.payload.task in by_key
            and _we_closed(entry)
        ):
            closed.add(by_key[entry.payload.task])
    return made, frozenset(closed)


def _refusal_of(stuck: Entry) -> Refusal:
    """Return why an entry waits for a person, also where nobody said it in so many words."""
    cause = stuck.cause or "no reply"
    if stuck.state is IntentState.HELD:
        return OutcomeUnclear(cause=cause)
    return stuck.refusal or Technical(cause=cause)


def _we_closed(entry: Entry) -> bool:
    """Return whether a closing closed the task, or found what a person had done before."""
    return (entry.note or "").startswith("closed") or entry.doubts > 0


def _read_at(kept: KeptDetails | None) -> dict[Group, datetime]:
    if kept is None:
        return {}
    return {_GROUPS[detail]: at for detail, at in kept.read_at.items()}
