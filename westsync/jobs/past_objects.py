"""What one object was like over time, and the facts that follow from it at any moment.

The lists are as they were seen. What tells itself when it happened (entries of a CRM history,
calls) is taken from when it happened, also if it was read later or only for another rule: so a
draft rule sees more of the past than was known then, and what a cycle came too late for is seen as
it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from westsync.domain.facts import SOURCES, Facts, Group
from westsync.domain.records import Detail, Details
from westsync.journal.history_tracks import DetailTracks, Track
from westsync.rules.deal_facts import deal_facts
from westsync.rules.deal_seen import Observed
from westsync.rules.other_facts import client_facts, schedule_facts, task_facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from westsync.domain.intents import Key
    from westsync.domain.records import ClientRecord, DealRecord, TaskRecord, TodoRecord
    from westsync.jobs.past_ledger import PastLedger
    from westsync.jobs.past_twins import PastTwins
    from westsync.rules.deal_seen import Twin
    from westsync.rules.fact_setup import FactSetup
    from westsync.rules.model import Rule

_NEVER_READ = "was never read"
_SCHEDULED = "scheduled"
# In a replay nothing is ever too old: what a source showed later is recorded when it changed.
_ALWAYS = datetime(9000, 1, 1, tzinfo=UTC)
_AS_OF: Mapping[Group, datetime] = dict.fromkeys(Group, _ALWAYS)
_SOURCES_AS_OF: Mapping[str, datetime] = dict.fromkeys(SOURCES, _ALWAYS)


class ObjectPast(Protocol):
    """An object over time."""

    @property
    def moments(self) -> tuple[datetime, ...]:
        """When anything about it changed (UTC), in order."""
        ...

    def facts(self, at: datetime) -> Facts | None:
        """Return what is known of a moment; None if the object was not there, or gone."""
        ...

    def is_task_open(self, key: Key, at: datetime) -> bool | None:
        """Return whether the task that an intent made was open; None if none was made."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DealPast:
    """A deal, its client and its tasks over time.

    Attributes:
        deal: As the list showed it.
        clients: Id -> client, for each client it ever had.
        tasks: Id -> task, for each task that was ever linked with it.
        details: What was read of it besides.
        made: Key of an intent -> id of the task that came of it.
        task_rules, closed_by_us: As `westsync.jobs.facts.own_work` returns them.
        twins: Who looked like its client when; None if no rule asks.
        ledger: What 1C showed when; None if no 1C was ever read.
    """

    setup: FactSetup
    deal: Track[DealRecord]
    clients: Mapping[str, Track[ClientRecord]]
    tasks: Mapping[str, Track[TaskRecord]]
    details: DetailTracks
    made: Mapping[Key, str] = field(default_factory=dict)
    task_rules: Mapping[str, str] = field(default_factory=dict)
    closed_by_us: frozenset[str] = frozenset()
    twins: PastTwins | None = None
    ledger: PastLedger | None = None

    @property
    def moments(self) -> tuple[datetime, ...]:
        """When anything about it changed, in order."""
        found = {*self.deal.moments, *_detail_moments(self.details)}
        found.update(at for client in self.clients.values() for at in client.moments)
        found.update(at for task in self.tasks.values() for at in task.moments)
        if self.twins is not None:
            found.update(at for id_ in self.clients for at in self.twins.moments(id_))
        if self.ledger is not None:
            found.update(self.ledger.moments)
        first = self.deal.moments[0]
        return tuple(sorted(at for at in found if at >= first))

    def facts(self, at: datetime) -> Facts | None:
        """Return what is known of a moment; None if the deal was not there, or gone."""
        deal = self.deal.at(at)
        if deal is None or deal.gone:
            return None
        client = self.clients.get(deal.client_id or "", _NOBODY).at(at)
        tasks = tuple(self._tasks(deal.id, at))
        twins = self._twins_of(client, at)
        return deal_facts(
            Observed(
                deal=deal,
                client=client,
                details=_details(self.details, tasks, at),
                tasks=tasks,
                task_rules=self.task_rules,
                closed_by_us=self.closed_by_us,
                twins=twins,
                ledger=None if self.ledger is None else self.ledger.at(at, deal),
                as_of=_AS_OF,
                source_as_of=_SOURCES_AS_OF,
            ),
            self.setup,
        )

    def is_task_open(self, key: Key, at: datetime) -> bool | None:
        """Return whether the task that an intent made was open; None if none was made."""
        task = self.tasks.get(self.made.get(key, ""))
        record = None if task is None else task.at(at)
        return None if record is None else record.is_open

    def _twins_of(self, client: ClientRecord | None, at: datetime) -> tuple[Twin, ...]:
        if client is None or self.twins is None:
            return ()
        return self.twins.of(client.id, at)

    def _tasks(self, deal_id: str, at: datetime) -> Iterator[TaskRecord]:
        shown = self.details.links.seen_since(at) or ()
        for id_, task in self.tasks.items():
            record = task.at(at)
            if record is not None and (deal_id in record.deal_ids or id_ in shown):
                yield record


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientPast:
    """A client over time.

    Attributes:
        client: As the list showed it.
        details: What was read of it besides.
        deals_created: When its deals were made, in order.
        twins: Who looked like it when; None if no rule asks.
    """

    setup: FactSetup
    id: str
    client: Track[ClientRecord]
    details: DetailTracks
    deals_created: tuple[datetime, ...]
    twins: PastTwins | None = None

    @property
    def moments(self) -> tuple[datetime, ...]:
        """When anything about it changed, in order."""
        found = {*self.client.moments, *self.deals_created, *_detail_moments(self.details)}
        if self.twins is not None:
            found.update(self.twins.moments(self.id))
        first = self.client.moments[0]
        return tuple(sorted(at for at in found if at >= first))

    def facts(self, at: datetime) -> Facts | None:
        """Return what is known of a moment; None if the client was not there, or gone."""
        client = self.client.at(at)
        if client is None or client.gone:
            return None
        todos = self.details.todos.seen_since(at)
        return client_facts(
            client,
            self.setup,
            deals_known=sum(created <= at for created in self.deals_created),
            twins=self.twins.of(client.id, at) if self.twins is not None else (),
            todos=None if todos is None else tuple(_todos(todos, at)),
            as_of=_AS_OF,
            source_as_of=_SOURCES_AS_OF,
        )

    def is_task_open(self, key: Key, at: datetime) -> bool | None:
        """Return None: the tasks of clients without deals are not followed."""
        del key, at
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPast:
    """A task over time; ``rule`` made it, if a rule did."""

    setup: FactSetup
    task: Track[TaskRecord]
    rule: str | None

    @property
    def moments(self) -> tuple[datetime, ...]:
        """When it changed, in order."""
        return self.task.moments

    def facts(self, at: datetime) -> Facts | None:
        """Return what is known of a moment; None if the task was not there, or gone."""
        task = self.task.at(at)
        if task is None or task.gone:
            return None
        return task_facts(
            task, self.setup, rule=self.rule, as_of=_AS_OF, source_as_of=_SOURCES_AS_OF
        )

    def is_task_open(self, key: Key, at: datetime) -> bool | None:
        """Return None: tasks about tasks are not followed."""
        del key, at
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulePast:
    """A clock rule over time: it falls due, and its reports are taken as delivered at once."""

    setup: FactSetup
    rule: Rule
    begins_at: datetime

    @property
    def moments(self) -> tuple[datetime, ...]:
        """When it is looked at first; from then on it says itself when to look."""
        return (self.begins_at,)

    def facts(self, at: datetime) -> Facts | None:
        """Return when it last fell due."""
        schedule = self.rule.schedule
        if schedule is None:
            return None
        return schedule_facts(
            self.rule.id,
            self.setup.catalogue,
            due_at=schedule.latest(at),
            delivered=True,
            last_delivered_at=None,
            now=at,
            source_as_of=_SOURCES_AS_OF,
        )

    def is_task_open(self, key: Key, at: datetime) -> bool | None:
        """Return None: the tasks of clock rules are not followed."""
        del key, at
        return None


_NOBODY: Track[ClientRecord] = Track()


def _detail_moments(details: DetailTracks) -> Iterator[datetime]:
    """Yield when something happened that no list shows."""
    yield from (touch.at for touch in details.touches or ())
    for todos in details.todos.versions:
        for todo in todos or ():
            yield todo.created_at
            if todo.finished_at is not None:
                yield todo.finished_at
    yield from details.links.moments


def _details(tracks: DetailTracks, tasks: tuple[TaskRecord, ...], at: datetime) -> Details:
    """Return what there was to be read at a moment; what was never read has failed."""
    todos = tracks.todos.seen_since(at)
    failed = {}
    if tracks.touches is None:
        failed[Detail.HISTORY.value] = _NEVER_READ
    if todos is None:
        failed[Detail.TODOS.value] = _NEVER_READ
    return Details(
        touches=None
        if tracks.touches is None
        else tuple([touch for touch in tracks.touches if touch.at <= at]),
        todos=None if todos is None else tuple(_todos(todos, at)),
        tasks=tasks,
        failed=failed,
    )


def _todos(todos: tuple[TodoRecord, ...], at: datetime) -> Iterator[TodoRecord]:
    """Yield calls and meetings as they stood: those closed later were still planned."""
    for todo in todos:
        if todo.created_at <= at:
            is_later = todo.finished_at is not None and todo.finished_at > at
            yield replace(todo, status=_SCHEDULED, finished_at=None) if is_later else todo
