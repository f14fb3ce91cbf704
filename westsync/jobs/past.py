"""The past of one account: every object that rules watch, as it was from time to time."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property, partial
from typing import TYPE_CHECKING

from westsync.domain.intents import ObjectRef
from westsync.jobs.facts import own_work
from westsync.jobs.judge import SCHEDULE
from westsync.jobs.ledger_book import ledger_age, ledger_seen
from westsync.jobs.past_ledger import PastLedger
from westsync.jobs.past_objects import ClientPast, DealPast, SchedulePast, TaskPast
from westsync.jobs.past_twins import PastTwins
from westsync.journal.history_masking import unmasked_deal
from westsync.journal.history_tracks import (
    detail_tracks,
    read_client,
    read_deal,
    read_task,
    record_track,
)
from westsync.rules.fact_setup import FactSetup

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from westsync.domain.records import DealRecord
    from westsync.jobs.company import Company
    from westsync.jobs.past_objects import ObjectPast
    from westsync.journal.port import Store

_DUPLICATES = "duplicates"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Remembering(FactSetup):
    """Reads each comment once: in a replay the same ones are looked at again and again."""

    known: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False)

    def senses(self, text: str) -> tuple[str, ...]:
        found = self.known.get(text)
        if found is None:
            found = self.known[text] = FactSetup.senses(self, text)
        return found


class Past:
    """Reads the past of objects, one after the other."""

    def __init__(self, store: Store, company: Company, words: Iterable[str] = ()) -> None:
        """Bind the history.

        Args:
            store: Opened for reading.
            company: The rules to try, with the staff that was observed.
            words: Words that the rules compare custom fields with; see `unmasked_deal`.
        """
        self._store = store
        self._company = company
        self._history = store.mirror.history
        self._known = {self._history.masker.text(word): word for word in words}
        parts = {part.name: getattr(company.setup, part.name) for part in fields(FactSetup)}
        self._setup = _Remembering(**parts)

    @property
    def begins_at(self) -> datetime | None:
        """Since when everything was recorded (UTC); None if nothing was."""
        return self._history.begins_at()

    def objects(self) -> tuple[ObjectRef, ...]:
        """Return every object that some rule watches."""
        kinds = sorted({rule.kind for rule in self._company.ruleset.rules} - {SCHEDULE})
        clock_rules = [rule.id for rule in self._company.ruleset.rules if rule.schedule]
        return (
            *(ObjectRef(kind=kind, id=id_) for kind in kinds for id_ in self._history.ids(kind)),
            *(ObjectRef(kind=SCHEDULE, id=id_) for id_ in clock_rules),
        )

    def of(self, obj: ObjectRef) -> ObjectPast | None:
        """Return an object over time; None if nothing of it is recorded."""
        match obj.kind:
            case "deal":
                return self._deal(obj)
            case "client":
                return self._client(obj)
            case "task":
                return self._task(obj)
            case "schedule":
                return self._schedule(obj)
            case _:
                return None

    @cached_property
    def _twins(self) -> PastTwins | None:
        """All clients; None if no rule asks who looks like another."""
        asked = any(_DUPLICATES in rule.reads for rule in self._company.ruleset.rules)
        return PastTwins(self._store) if asked else None

    def _deal(self, obj: ObjectRef) -> DealPast | None:
        rows = self._history.rows("deal", obj.id)
        deal = record_track(rows, read_deal, partial(_unmasked, self._known))
        if not deal.moments:
            return None
        details = detail_tracks(rows)
        owners = {one.client_id for one in deal.versions if one is not None and one.client_id}
        tasks = {*self._store.mirror.linked_tasks(obj.id)}
        tasks.update(id_ for shown in details.links.versions for id_ in shown or ())
        entries = self._store.outbox.of_object(obj)
        task_rules, closed = own_work(entries)
        return DealPast(
            setup=self._setup,
            deal=deal,
            clients={
                id_: record_track(self._history.rows("client", id_), read_client) for id_ in owners
            },
            tasks={id_: record_track(self._history.rows("task", id_), read_task) for id_ in tasks},
            details=details,
            made={one.key: one.ref for one in entries if one.ref and one.action == "task.ensure"},
            task_rules=task_rules,
            closed_by_us=closed,
            twins=self._twins,
            ledger=self._ledger(obj),
        )

    def _ledger(self, obj: ObjectRef) -> PastLedger | None:
        """Return what 1C shows of a deal; None if no 1C was ever read."""
        deal = self._store.mirror.deal(obj.id) if self._has_ledger else None
        return None if deal is None else PastLedger(ledger_seen(self._store, deal))

    @cached_property
    def _has_ledger(self) -> bool:
        return ledger_age(self._store.cursors.all()) is not None

    def _client(self, obj: ObjectRef) -> ClientPast | None:
        rows = self._history.rows("client", obj.id)
        client = record_track(rows, read_client)
        if not client.moments:
            return None
        deals = self._store.mirror.deals_of(obj.id)
        return ClientPast(
            setup=self._setup,
            id=obj.id,
            client=client,
            details=detail_tracks(rows),
            deals_created=tuple(sorted(deal.created_at for deal in deals)),
            twins=self._twins,
        )

    def _task(self, obj: ObjectRef) -> TaskPast | None:
        task = record_track(self._history.rows("task", obj.id), read_task)
        if not task.moments:
            return None
        marker = next((one.marker for one in task.versions if one is not None and one.marker), None)
        entry = (
            self._store.outbox.with_marker(marker)  # type: ignore[arg-type]  # a Marker
            if marker is not None
            else None
        )
        return TaskPast(
            setup=self._setup, task=task, rule=entry.rule if entry is not None else None
        )

    def _schedule(self, obj: ObjectRef) -> SchedulePast | None:
        rule = self._company.ruleset.rule(obj.id)
        begins_at = self.begins_at
        if rule is None or rule.schedule is None or begins_at is None:
            return None
        return SchedulePast(setup=self._setup, rule=rule, begins_at=begins_at)


def _unmasked(known: dict[str, str], deal: DealRecord) -> DealRecord:
    return unmasked_deal(deal, known) if known else deal
