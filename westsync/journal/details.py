"""What was read of single objects beyond the lists: history, todos, linked tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from westsync.domain.records import Detail, Details, TodoRecord, Touch
from westsync.journal.codec import decoder, digest, encode, from_us, to_us

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from westsync.domain.intents import ObjectRef
    from westsync.domain.records import TaskRecord
    from westsync.journal.database import Database, Row
    from westsync.journal.history import History

    TasksOf = Callable[[str], tuple[TaskRecord, ...]]

_read_touches = decoder(tuple[Touch, ...])
_read_todos = decoder(tuple[TodoRecord, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDetails:
    """Details of an object and how fresh each of them is.

    Attributes:
        details: As read; ``tasks`` come from the mirror's tasks of the deal.
        read_at: When each detail was last asked for (UTC), also if it failed then; absent: never.
    """

    details: Details
    read_at: Mapping[Detail, datetime]


class DetailShelf:
    """The details of one account. Writing methods need a transaction."""

    def __init__(self, database: Database, account: str, history: History) -> None:
        """Work on one account of a state; what changes goes into its history as well."""
        self._database = database
        self._account = account
        self._history = history

    def keep(self, obj: ObjectRef, details: Details, read_at: datetime) -> bool:
        """Store what was read and return whether it says anything new.

        A history is only ever added to: the CRM may show the newest entries alone, and an entry
        that was seen once has happened. Todos are replaced. A detail that failed keeps its old
        content for the next union, but is shown as failed.
        """
        changed = False
        if details.touches is not None:
            changed |= self._keep_touches(obj, details.touches, read_at)
        if details.todos is not None and self._put(
            obj, Detail.TODOS, encode(details.todos), read_at
        ):
            self._history.keep_todos(obj, details.todos, read_at)
            changed = True
        if details.tasks is not None:
            links = sorted(task.id for task in details.tasks)
            if self._put(obj, Detail.TASKS, encode(links), read_at):
                self._history.keep_links(obj, links, read_at)
                changed = True
        for part, why in details.failed.items():
            changed |= self._fail(obj, Detail(part), why, read_at)
        return changed

    def get(self, obj: ObjectRef, tasks_of: TasksOf) -> KeptDetails:
        """Return the details of an object; a part that is None was never read or failed.

        Args:
            obj: The object.
            tasks_of: Deal id -> its tasks in the mirror, shown if the linked ones have been read.
        """
        return _decoded(obj, self._rows(obj), tasks_of)

    def get_since(self, obj: ObjectRef, tasks_of: TasksOf, moment: datetime) -> KeptDetails | None:
        """Return `get` if any part was read since a moment; None if all are older."""
        rows, since = self._rows(obj), to_us(moment)
        fresh = any(read_at >= since for _, read_at, _, _ in rows)
        return _decoded(obj, rows, tasks_of) if fresh else None

    def _rows(self, obj: ObjectRef) -> list[Row]:
        return self._database.rows(
            "SELECT part, read_at, failed, record FROM detail"
            " WHERE account = ? AND kind = ? AND id = ?",
            (self._account, obj.kind, obj.id),
        )

    def _keep_touches(self, obj: ObjectRef, read: tuple[Touch, ...], read_at: datetime) -> bool:
        before = self._touches(obj)
        known = {touch.id: touch for touch in before or ()}
        new = [touch for touch in read if known.get(touch.id) != touch]
        known |= {touch.id: touch for touch in new}
        in_order = sorted(known.values(), key=lambda touch: (touch.at, touch.id))
        if new or before is None:
            self._history.keep_touches(obj, new, read_at)
        return self._put(obj, Detail.HISTORY, encode(in_order), read_at)

    def _touches(self, obj: ObjectRef) -> tuple[Touch, ...] | None:
        row = self._database.row(
            "SELECT record FROM detail WHERE account = ? AND kind = ? AND id = ? AND part = ?",
            (self._account, obj.kind, obj.id, Detail.HISTORY),
        )
        return None if row is None or row[0] is None else _read_touches(row[0])

    def _put(self, obj: ObjectRef, part: Detail, record: bytes, read_at: datetime) -> bool:
        identity = (self._account, obj.kind, obj.id, part)
        before = self._database.row(
            "SELECT hash, failed FROM detail"
            " WHERE account = ? AND kind = ? AND id = ? AND part = ?",
            identity,
        )
        self._database.write(
            "INSERT INTO detail (account, kind, id, part, read_at, failed, hash, record)"
            " VALUES (?, ?, ?, ?, ?, NULL, ?, ?) ON CONFLICT DO UPDATE SET"
            " read_at = excluded.read_at, failed = NULL, hash = excluded.hash,"
            " record = excluded.record",
            (*identity, to_us(read_at), digest(record), record),
        )
        return before != (digest(record), None)

    def _fail(self, obj: ObjectRef, part: Detail, why: str, read_at: datetime) -> bool:
        identity = (self._account, obj.kind, obj.id, part)
        before = self._database.row(
            "SELECT failed FROM detail WHERE account = ? AND kind = ? AND id = ? AND part = ?",
            identity,
        )
        self._database.write(
            "INSERT INTO detail (account, kind, id, part, read_at, failed)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " read_at = excluded.read_at, failed = excluded.failed",
            (*identity, to_us(read_at), why),
        )
        return before != (why,)


def _decoded(obj: ObjectRef, rows: list[Row], tasks_of: TasksOf) -> KeptDetails:
    sound = {part: record for part, _, failed, record in rows if failed is None}
    history, todos = sound.get(Detail.HISTORY), sound.get(Detail.TODOS)
    linked = Detail.TASKS in sound
    return KeptDetails(
        details=Details(
            touches=None if history is None else _read_touches(history),
            todos=None if todos is None else _read_todos(todos),
            tasks=_of_deal(obj, tasks_of) if linked else None,
            failed={part: failed for part, _, failed, _ in rows if failed is not None},
        ),
        read_at={Detail(part): from_us(read_at) for part, read_at, _, _ in rows},
    )


def _of_deal(obj: ObjectRef, tasks_of: TasksOf) -> tuple[TaskRecord, ...]:
    return tasks_of(obj.id) if obj.kind == "deal" else ()
