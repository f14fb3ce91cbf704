"""Tasks of the mirror, and which deals they hang on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from westsync.domain.intents import ObjectRef
from westsync.domain.records import TaskRecord
from westsync.journal.codec import decoder, digest, encode, to_us

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from westsync.journal.database import Database
    from westsync.journal.history import History

_read_task = decoder(TaskRecord)

# Where a link was seen.
_BY_TASK = "task"
_BY_DEAL = "deal"


class Tasks:
    """Tasks of one account. Writing methods need a transaction."""

    def __init__(self, database: Database, account: str, history: History) -> None:
        """Work on one account of a state; what changes goes into its history as well."""
        self._database = database
        self._account = account
        self._history = history

    def keep(self, task: TaskRecord, seen_at: datetime) -> tuple[ObjectRef, ...]:
        """Store a task as it was just read; returns what must be decided again."""
        ref = ObjectRef(kind="task", id=task.id)
        if task.gone and self.task(task.id) is not None:
            return self.mark_gone(task.id, seen_at)
        record = encode(task)
        changed = self._database.write(
            "INSERT INTO task (account, id, responsible, status, marker, created_at, active_at,"
            " open, gone, hash, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (account, id) DO UPDATE SET responsible = excluded.responsible,"
            " status = excluded.status, marker = excluded.marker,"
            " created_at = excluded.created_at, active_at = excluded.active_at,"
            " open = excluded.open, gone = excluded.gone, hash = excluded.hash,"
            " record = excluded.record WHERE excluded.hash <> task.hash",
            (
                self._account,
                task.id,
                task.responsible_id,
                task.status,
                task.marker,
                to_us(task.created_at),
                to_us(task.active_at),
                int(task.is_open),
                int(task.gone),
                digest(record),
                record,
            ),
        )
        if not changed:
            return ()
        self._history.keep_task(task, seen_at)
        before = self._deals_of(task.id)
        self._database.write(
            "DELETE FROM task_deal WHERE account = ? AND task = ? AND seen_on = ?",
            (self._account, task.id, _BY_TASK),
        )
        for deal in task.deal_ids:
            self._add_link(deal, task.id, _BY_TASK)
        # Also the deals it was taken from: they may now be without a future task.
        return (ref, *before, *self._deals_of(task.id))

    def link(self, deal_id: str, tasks: AbstractSet[str]) -> None:
        """Keep the links that the deal itself shows, whether or not the tasks show them too."""
        rows = self._database.rows(
            "SELECT task FROM task_deal WHERE account = ? AND deal = ? AND seen_on = ?",
            (self._account, deal_id, _BY_DEAL),
        )
        shown = {task for (task,) in rows}
        for task in sorted(shown - tasks):
            self._database.write(
                "DELETE FROM task_deal WHERE account = ? AND deal = ? AND task = ? AND seen_on = ?",
                (self._account, deal_id, task, _BY_DEAL),
            )
        for task in sorted(tasks - shown):
            self._add_link(deal_id, task, _BY_DEAL)

    def mark_gone(self, task_id: str, seen_at: datetime) -> tuple[ObjectRef, ...]:
        """Keep what is known of a deleted or hidden task and say that it is gone."""
        # The hash is emptied: an object that comes back differs and is stored again.
        changed = self._database.write(
            "UPDATE task SET gone = 1, open = 0, hash = x''"
            " WHERE account = ? AND id = ? AND NOT gone",
            (self._account, task_id),
        )
        if not changed:
            return ()
        self._history.keep_gone("task", task_id, seen_at)
        return (ObjectRef(kind="task", id=task_id), *self._deals_of(task_id))

    def task(self, task_id: str) -> TaskRecord | None:
        """Return a task; None if it was never seen."""
        row = self._database.row(
            "SELECT record, gone FROM task WHERE account = ? AND id = ?", (self._account, task_id)
        )
        if row is None:
            return None
        task, gone = _read_task(row[0]), bool(row[1])
        return task if task.gone is gone else replace(task, gone=gone)

    def of_deal(self, deal_id: str) -> tuple[TaskRecord, ...]:
        """Return the tasks of a deal that are not gone, oldest first."""
        found = (self.task(task) for task in self.linked_to(deal_id))
        tasks = (task for task in found if task is not None and not task.gone)
        return tuple(sorted(tasks, key=lambda task: (task.created_at, task.id)))

    def linked_to(self, deal_id: str) -> tuple[str, ...]:
        """Return the ids of the tasks of a deal, also of those that are gone."""
        rows = self._database.rows(
            "SELECT DISTINCT task FROM task_deal WHERE account = ? AND deal = ?",
            (self._account, deal_id),
        )
        return tuple(task for (task,) in rows)

    def marked(self, created_since: datetime) -> tuple[TaskRecord, ...]:
        """Return tasks that carry a marker of ours, created since a moment, oldest first."""
        rows = self._database.rows(
            "SELECT id FROM task"
            " WHERE account = ? AND marker IS NOT NULL AND created_at >= ? ORDER BY created_at, id",
            (self._account, to_us(created_since)),
        )
        found = (self.task(task) for (task,) in rows)
        return tuple(task for task in found if task is not None and not task.gone)

    def _add_link(self, deal_id: str, task_id: str, seen_on: str) -> None:
        self._database.write(
            "INSERT INTO task_deal VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (self._account, deal_id, task_id, seen_on),
        )

    def _deals_of(self, task_id: str) -> tuple[ObjectRef, ...]:
        rows = self._database.rows(
            "SELECT DISTINCT deal FROM task_deal WHERE account = ? AND task = ?",
            (self._account, task_id),
        )
        return tuple(ObjectRef(kind="deal", id=deal) for (deal,) in rows)
