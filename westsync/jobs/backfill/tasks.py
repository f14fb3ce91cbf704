"""Tasks: the markers on Megaplan's tasks beside the journal that made them.

A task that a person deleted is told of and never made again: it was somebody's decision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.actions import ACTION_NAMES, EnsureTask
from westsync.domain.backfill import Category, Finding, Remedy, Span, Subject
from westsync.domain.intents import Marker, ObjectRef
from westsync.domain.records import Detail
from westsync.journal.entries import IntentState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from westsync.jobs.backfill.reading import Sources
    from westsync.journal.backfill import Workbook
    from westsync.journal.entries import Entry
    from westsync.ports import Clock

_TASK = ACTION_NAMES[EnsureTask]
_DEALS_AT_ONCE = 100


class TaskComparison:
    """Compares the tasks of one working file with the journal of the account."""

    def __init__(
        self,
        workbook: Workbook,
        sources: Sources,
        span: Span,
        clock: Clock,
        progress: Callable[[], None],
    ) -> None:
        """Bind the ends; ``progress`` is called for each deal whose tasks are looked at."""
        self._workbook = workbook
        self._mirror = workbook.store.mirror
        self._sources = sources
        self._memory = sources.memory
        self._clock = clock
        self._progress = progress
        self._since = sources.moment(span.since)
        self._until = sources.moment(span.until)

    def findings(self) -> Iterator[Finding]:
        """Yield every finding: what Megaplan shows, then what the journal lacks there.

        Raises:
            ConnectorError: The tasks of a deal could not be read.
        """
        for marker, ids in self._workbook.marked_tasks(self._since, self._until):
            yield self._of_marker(Marker(marker), ids)
        for state in (IntentState.FAILED, IntentState.HELD):
            for entry in self._made(state):
                yield _of_entry(Category.MISSING_IN_MEGAPLAN, "dead_letter", entry, Remedy.RETRY)
        yield from self._of_lost()

    def _of_marker(self, marker: Marker, ids: list[str]) -> Finding:
        entry = self._memory.outbox.with_marker(marker)
        task = self._mirror.task(ids[0])
        deal = task.deal_ids[0] if task is not None and task.deal_ids else ""
        if len(ids) > 1:
            category, reason = Category.AMBIGUOUS, "task_doubled"
        elif entry is None:
            category, reason = Category.AMBIGUOUS, "marker_unknown"
        else:
            category, reason = Category.MATCH, "same"
        return Finding(
            subject=Subject.TASKS,
            category=category,
            reason=reason,
            deal=deal,
            task=ids[0],
            ref=marker if entry is None else entry.key,
            dated=None if task is None else task.created_at.astimezone(self._sources.zone).date(),
            name="" if task is None else task.name,
            candidates=tuple(f"#{task_id}" for task_id in ids) if len(ids) > 1 else (),
        )

    # -- what the journal made and Megaplan does not show --------------------------------------

    def _of_lost(self) -> Iterator[Finding]:
        waiting: list[Entry] = []
        for entry in self._made(IntentState.DONE):
            if entry.ref and not self._is_shown(entry.ref) and entry.payload is not None:
                waiting.append(entry)
            if len(waiting) >= _DEALS_AT_ONCE:
                yield from self._looked_at(waiting)
                waiting = []
        yield from self._looked_at(waiting)

    def _looked_at(self, entries: list[Entry]) -> Iterator[Finding]:
        """Look at the deals' own tasks first: a list may leave out what is finished."""
        deals = {ObjectRef(kind="deal", id=deal) for deal in map(_deal_of, entries) if deal}
        unreadable: set[str] = set()
        if deals:
            wanted = dict.fromkeys(deals, frozenset({Detail.TASKS}))
            for obj, details in self._sources.crm.details(wanted):
                if details.failed or details.gone:
                    unreadable.add(obj.id)
                self._mirror.keep_details(obj, details, self._clock.now())
                self._progress()
        for entry in entries:
            if self._is_shown(entry.ref or "") or _deal_of(entry) in unreadable:
                continue
            yield _of_entry(Category.MISSING_IN_MEGAPLAN, "task_deleted", entry, Remedy.NONE)

    def _is_shown(self, task_id: str) -> bool:
        task = self._mirror.task(task_id)
        return task is not None and not task.gone

    def _made(self, state: IntentState) -> Iterator[Entry]:
        after = 0
        while batch := self._memory.outbox.in_state(state, after=after):
            for entry in batch:
                if entry.action == _TASK and self._is_asked(entry.decided_at):
                    yield entry
            after = batch[-1].number

    def _is_asked(self, at: datetime) -> bool:
        return self._since <= at < self._until


def _deal_of(entry: Entry) -> str:
    made = entry.payload
    return (made.deal or "") if isinstance(made, EnsureTask) else ""


def _of_entry(category: Category, reason: str, entry: Entry, remedy: Remedy) -> Finding:
    made = entry.payload
    return Finding(
        subject=Subject.TASKS,
        category=category,
        reason=reason,
        deal=_deal_of(entry),
        task=entry.ref or "",
        ref=entry.key,
        dated=entry.decided_at.date(),
        name=made.title if isinstance(made, EnsureTask) else "",
        candidates=(entry.cause,) if entry.cause else (),
        remedy=remedy,
    )
