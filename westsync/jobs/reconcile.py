"""The daily look for what should not be: two tasks of one marker, effects nobody recorded.

It heals what the crash windows leave over (reliability 2.5). It asks the mirror only; a request is
made just for a task that is there twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from westsync.domain.actions import CloseTask, EnsureTask
from westsync.domain.intents import Key, Marker, marker_of
from westsync.jobs.setbacks import Setback, attempt
from westsync.journal.entries import IntentState
from westsync.ports import Receipt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from westsync.domain.records import TaskRecord
    from westsync.jobs.effects import Writers
    from westsync.journal.entries import Entry
    from westsync.journal.port import Store
    from westsync.ports import Clock

WINDOW = timedelta(hours=48)
# How a receipt's note begins when a person had edited the task (`CrmWriter.close_task`).
LEFT_ALONE = "left alone"
_UNRECORDED = frozenset(
    {
        IntentState.WAITING,
        IntentState.IN_DOUBT,
        IntentState.POSTPONED,
        IntentState.HELD,
    }
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What was found.

    Attributes:
        adopted: Intents that turned out to be done.
        closed: Ids of younger tasks of a marker that were closed.
        left: (task id, why) of younger tasks that were not closed.
        strangers: Markers of tasks that no intent of ours stands for: another installation, or
            effects of a time that this state has forgotten.
    """

    adopted: tuple[Key, ...]
    closed: tuple[str, ...]
    left: tuple[tuple[str, str], ...]
    strangers: tuple[Marker, ...]


def reconcile(store: Store, writers: Writers, clock: Clock, *, twin_note: str) -> Reconciliation:
    """Compare the marked tasks of the last 48 hours with the outbox and heal what differs.

    Args:
        store: One account's; its mirror should just have been read.
        writers: Closes what is there twice.
        clock: The present.
        twin_note: What people read on a task that is closed because it is there twice.
    """
    adopted: list[Key] = []
    closed: list[str] = []
    left: list[tuple[str, str]] = []
    strangers: list[Marker] = []
    for marker, tasks in _by_marker(store, clock).items():
        entry = store.outbox.with_marker(marker)
        if entry is None:
            log.warning("reconcile.stranger", marker=marker, tasks=[task.id for task in tasks])
            strangers.append(marker)
            continue
        if entry.state in _UNRECORDED:
            entry = _adopt(store, clock, entry, tasks[0])
            adopted.append(entry.key)
        for twin in _twins(entry, tasks):
            why = _close(store, writers, clock, entry=entry, twin=twin, note=twin_note)
            if why is None:
                closed.append(twin.id)
            else:
                left.append((twin.id, why))
    return Reconciliation(
        adopted=tuple(adopted),
        closed=tuple(closed),
        left=tuple(left),
        strangers=tuple(strangers),
    )


def _by_marker(store: Store, clock: Clock) -> dict[Marker, list[TaskRecord]]:
    """Group the recent tasks that carry a marker of our form, oldest first in each group."""
    groups: dict[Marker, list[TaskRecord]] = {}
    for task in store.mirror.marked_tasks(clock.now() - WINDOW):
        if task.marker is not None:
            groups.setdefault(Marker(task.marker), []).append(task)
    return groups


def _adopt(store: Store, clock: Clock, entry: Entry, task: TaskRecord) -> Entry:
    """Record as done what the mirror shows to be done."""
    linked = entry.obj.kind == "deal" and entry.obj.id in task.deal_ids
    store.delivery.mark_done(entry, Receipt(ref=task.id, linked=linked), clock.now())
    log.info("intent.adopted", key=entry.key, ref=task.id)
    return replace(entry, ref=task.id)


def _twins(entry: Entry, tasks: Sequence[TaskRecord]) -> list[TaskRecord]:
    """Return the open tasks of a marker except the recorded one (or else the oldest)."""
    kept = next((task.id for task in tasks if task.id == entry.ref), tasks[0].id)
    return [task for task in tasks if task.id != kept and task.is_open]


def _close(
    store: Store,
    writers: Writers,
    clock: Clock,
    *,
    entry: Entry,
    twin: TaskRecord,
    note: str,
) -> str | None:
    """Close a task that is there twice, and return why it was left alone; None if it was not.

    Closing reads first and writes once, so it needs no look-up of its own.
    """
    made = entry.payload
    if not isinstance(made, EnsureTask):
        return "too old to see who edited it"
    marker = marker_of(Key(f"{entry.key}:twin:{twin.id}"), store.installation)
    close = CloseTask(task=entry.key, note=note)
    result = attempt(
        lambda: writers.crm.close_task(twin.id, close, marker, made),
        key=entry.key,
    )
    if isinstance(result, Setback):
        return result.cause
    with store.transaction():
        told = f"{twin.id}: {result.note}"
        store.audit.append_of(entry, "twin_closed", at=clock.now(), detail=told)
    log.warning("reconcile.twin", key=entry.key, kept=entry.ref, twin=twin.id, note=result.note)
    return result.note if result.note.startswith(LEFT_ALONE) else None
