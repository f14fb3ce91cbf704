"""The local copy of what the CRM shows: deals, tasks, clients, staff; and what just changed in it.

A page is kept as it comes. A row that did not change costs one probe and writes nothing; a row
that did marks the objects that must be decided again, in the same transaction.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from westsync.domain.intents import ObjectRef
from westsync.domain.records import (
    DealRecord,
    Details,
    Employee,
    Program,
    StageType,
    TaskRecord,
)
from westsync.journal.clients import Clients, Twin
from westsync.journal.codec import decoder, digest, encode, to_us
from westsync.journal.details import DetailShelf, KeptDetails
from westsync.journal.dirty import Dirty
from westsync.journal.history import History
from westsync.journal.history_start import start_history
from westsync.journal.ledger_joins import Bills

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from westsync.domain.records import ClientRecord, Page, Payer
    from westsync.journal.database import Database

_read_deal = decoder(DealRecord)
_read_task = decoder(TaskRecord)
_read_employee = decoder(Employee)
_read_program = decoder(Program)

_BY_TASK = "task"
_BY_DEAL = "deal"


class Mirror:
    """The mirror of one account.

    Keeping methods open their own transaction (or join the one that is open) and mark in `dirty`
    what must be decided again.

    Attributes:
        dirty: Objects that changed since they were last decided.
        history: What changed is recorded there as well.
    """

    def __init__(self, database: Database, account: str) -> None:
        """Work on one account of a state."""
        self._database = database
        self._account = account
        self.history = History(database, account)
        self._clients = Clients(database, account, self.history)
        self._details = DetailShelf(database, account, self.history)
        self._bills = Bills(database, account)
        self.dirty = Dirty(database, account)

    def start_history(self, now: datetime) -> int:
        """Record what is known and has no history yet (`westsync.journal.history_start`)."""
        return start_history(self._database, self._account, self, now)

    def keep_page(self, page: Page, seen_at: datetime) -> tuple[ObjectRef, ...]:
        """Store a page of a walk.

        A record marked gone only says so: what was known of the object stays.

        Args:
            page: As the connector read it.
            seen_at: When it was read (UTC).

        Returns:
            The objects that must be decided again because of it, each once.
        """
        with self._database.transaction():
            touched: list[ObjectRef] = []
            for deal in page.deals:
                touched += self._keep_deal(deal, seen_at)
            for task in page.tasks:
                touched += self._keep_task(task, seen_at)
            # Clients that came nested in deals show less of themselves than in their own list.
            unseen = [c for c in page.clients_seen if self._clients.client(c.id) is None]
            for client in (*page.clients, *unseen):
                gone = client.gone and self._clients.client(client.id) is not None
                touched += (
                    self._clients.mark_gone(client.id, seen_at)
                    if gone
                    else self._clients.keep(client, seen_at)
                )
            return self._mark(touched, seen_at)

    def keep_payers(self, payers: Iterable[Payer], seen_at: datetime) -> tuple[ObjectRef, ...]:
        """Store payers; a new INN concerns the client and its new twins."""
        with self._database.transaction():
            return self._mark(self._clients.keep_payers(payers, seen_at), seen_at)

    def keep_details(
        self, obj: ObjectRef, details: Details, seen_at: datetime
    ) -> tuple[ObjectRef, ...]:
        """Store what was read of one object; linked tasks become tasks of the mirror.

        Returns:
            What must be decided again: the object itself only if it is gone or a linked task
            changed; who asked for details is deciding the object already.
        """
        with self._database.transaction():
            touched: list[ObjectRef] = []
            if details.gone:
                touched += self._mark_gone(obj, seen_at)
            for task in details.tasks or ():
                touched += self._keep_task(task, seen_at)
            if details.tasks is not None:
                self._link(obj.id, {task.id for task in details.tasks})
            self._details.keep(obj, details, seen_at)
            return self._mark(touched, seen_at)

    def keep_employees(self, employees: Iterable[Employee]) -> None:
        """Store all employees as they were just read."""
        with self._database.transaction():
            for employee in employees:
                self._database.write(
                    "INSERT INTO employee VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET"
                    " record = excluded.record WHERE excluded.record <> employee.record",
                    (self._account, employee.id, encode(employee)),
                )

    def keep_programs(self, programs: Iterable[Program]) -> None:
        """Store all configured programs as they were just read."""
        with self._database.transaction():
            for program in programs:
                self._database.write(
                    "INSERT INTO program VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET"
                    " record = excluded.record WHERE excluded.record <> program.record",
                    (self._account, program.id, encode(program)),
                )

    def mark_gone(self, objects: Iterable[ObjectRef], seen_at: datetime) -> tuple[ObjectRef, ...]:
        """Say that objects were deleted or hidden from us; what was known of them stays."""
        with self._database.transaction():
            touched: list[ObjectRef] = []
            for obj in objects:
                touched += self._mark_gone(obj, seen_at)
            return self._mark(touched, seen_at)

    def deal(self, deal_id: str) -> DealRecord | None:
        """Return a deal; None if it was never seen."""
        row = self._database.row(
            "SELECT record, gone FROM deal WHERE account = ? AND id = ?", (self._account, deal_id)
        )
        return None if row is None else replace(_read_deal(row[0]), gone=bool(row[1]))

    def task(self, task_id: str) -> TaskRecord | None:
        """Return a task; None if it was never seen."""
        row = self._database.row(
            "SELECT record, gone FROM task WHERE account = ? AND id = ?", (self._account, task_id)
        )
        return None if row is None else replace(_read_task(row[0]), gone=bool(row[1]))

    def tasks_of(self, deal_id: str) -> tuple[TaskRecord, ...]:
        """Return the tasks of a deal that are not gone, oldest first."""
        found = (self.task(task) for task in self.linked_tasks(deal_id))
        tasks = (task for task in found if task is not None and not task.gone)
        return tuple(sorted(tasks, key=lambda task: (task.created_at, task.id)))

    def linked_tasks(self, deal_id: str) -> tuple[str, ...]:
        """Return the ids of the tasks of a deal, also of those that are gone."""
        rows = self._database.rows(
            "SELECT DISTINCT task FROM task_deal WHERE account = ? AND deal = ?",
            (self._account, deal_id),
        )
        return tuple(task for (task,) in rows)

    def marked_tasks(self, created_since: datetime) -> tuple[TaskRecord, ...]:
        """Return tasks that carry a marker of ours, created since a moment, oldest first."""
        rows = self._database.rows(
            "SELECT id FROM task"
            " WHERE account = ? AND marker IS NOT NULL AND created_at >= ? ORDER BY created_at, id",
            (self._account, to_us(created_since)),
        )
        found = (self.task(task) for (task,) in rows)
        return tuple(task for task in found if task is not None and not task.gone)

    def details(self, obj: ObjectRef) -> KeptDetails:
        """Return what was read of an object beyond the lists, and when."""
        tasks = self.tasks_of(obj.id) if obj.kind == "deal" else ()
        return self._details.get(obj, tasks)

    def client(self, client_id: str) -> ClientRecord | None:
        """Return a client with the INN of its payer; None if it was never seen."""
        return self._clients.client(client_id)

    def payers_of(self, client_id: str) -> tuple[Payer, ...]:
        """Return the requisites of a client."""
        return self._clients.payers_of(client_id)

    def payers_with(self, inn: str) -> tuple[Payer, ...]:
        """Return all requisites with this INN."""
        return self._clients.payers_with(inn)

    def twins(self, client_id: str) -> tuple[Twin, ...]:
        """Return clients with the same phone, e-mail, INN, or name and city."""
        return self._clients.twins(client_id)

    def clients_without_deals(
        self, created_since: datetime, limit: int = 100
    ) -> tuple[ClientRecord, ...]:
        """Return clients created since a moment for whom no deal is known, oldest first."""
        return self._clients.without_deals(created_since, limit)

    def deals_of(self, client_id: str) -> tuple[DealRecord, ...]:
        """Return all deals of a client that are not gone, oldest first."""
        rows = self._database.rows(
            "SELECT record FROM deal WHERE account = ? AND client = ? AND NOT gone",
            (self._account, client_id),
        )
        deals = (_read_deal(record) for (record,) in rows)
        return tuple(sorted(deals, key=lambda deal: (deal.created_at, deal.id)))

    def employee(self, employee_id: str) -> Employee | None:
        """Return an employee; None if the CRM does not have him."""
        row = self._database.row(
            "SELECT record FROM employee WHERE account = ? AND id = ?",
            (self._account, employee_id),
        )
        return None if row is None else _read_employee(row[0])

    def employees(self) -> tuple[Employee, ...]:
        """Return all employees, also dismissed ones, in the order of their ids."""
        rows = self._database.rows(
            "SELECT record FROM employee WHERE account = ? ORDER BY id", (self._account,)
        )
        return tuple(_read_employee(record) for (record,) in rows)

    def programs(self) -> tuple[Program, ...]:
        """Return the configured programs as last read, in the order of their ids."""
        rows = self._database.rows(
            "SELECT record FROM program WHERE account = ? ORDER BY id", (self._account,)
        )
        return tuple(_read_program(record) for (record,) in rows)

    def open_deals_count(self) -> int:
        """Return how many deals are open; a kept tally, not a scan."""
        row = self._database.row("SELECT open_deals FROM tally WHERE account = ?", (self._account,))
        return 0 if row is None else int(row[0])

    def open_deals(self, after: str = "", limit: int = 1000) -> tuple[str, ...]:
        """Return ids of open deals in text order, a batch after an id; for the nightly sweep."""
        rows = self._database.rows(
            "SELECT id FROM deal WHERE account = ? AND open AND id > ? ORDER BY id LIMIT ?",
            (self._account, after, limit),
        )
        return tuple(id_ for (id_,) in rows)

    def _mark(self, touched: Iterable[ObjectRef], seen_at: datetime) -> tuple[ObjectRef, ...]:
        once = tuple(dict.fromkeys(touched))
        self.dirty.mark(once, seen_at)
        return once

    def _mark_gone(self, obj: ObjectRef, seen_at: datetime) -> tuple[ObjectRef, ...]:
        # The hash is emptied: an object that comes back differs and is stored again.
        match obj.kind:
            case "deal":
                changed = self._database.write(
                    "UPDATE deal SET gone = 1, open = 0, hash = x''"
                    " WHERE account = ? AND id = ? AND NOT gone",
                    (self._account, obj.id),
                )
                if not changed:
                    return ()
                self.history.keep_gone(obj.kind, obj.id, seen_at)
                return (obj,)
            case "task":
                changed = self._database.write(
                    "UPDATE task SET gone = 1, open = 0, hash = x''"
                    " WHERE account = ? AND id = ? AND NOT gone",
                    (self._account, obj.id),
                )
                if not changed:
                    return ()
                self.history.keep_gone(obj.kind, obj.id, seen_at)
                return (obj, *self._deals_of_task(obj.id))
            case "client":
                return self._clients.mark_gone(obj.id, seen_at)
            case _:
                return ()

    def _keep_deal(self, deal: DealRecord, seen_at: datetime) -> tuple[ObjectRef, ...]:
        ref = ObjectRef(kind="deal", id=deal.id)
        if deal.gone and self.deal(deal.id) is not None:
            return self._mark_gone(ref, seen_at)
        row = self._database.row(
            "SELECT client, gone FROM deal WHERE account = ? AND id = ?", (self._account, deal.id)
        )
        came_to_client = row != (deal.client_id, int(deal.gone))
        record = encode(deal)
        is_open = deal.stage_type in (StageType.ACTIVE, None) and not deal.gone
        changed = self._database.write(
            "INSERT INTO deal (account, id, program, state, client, manager, updated_at, open,"
            " gone, hash, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (account, id) DO UPDATE SET program = excluded.program,"
            " state = excluded.state, client = excluded.client, manager = excluded.manager,"
            " updated_at = excluded.updated_at, open = excluded.open, gone = excluded.gone,"
            " hash = excluded.hash, record = excluded.record WHERE excluded.hash <> deal.hash",
            (
                self._account,
                deal.id,
                deal.program_id,
                deal.state_id,
                deal.client_id,
                deal.manager_id,
                to_us(deal.updated_at),
                int(is_open),
                int(deal.gone),
                digest(record),
                record,
            ),
        )
        if not changed:
            return ()
        self._bills.keep(deal)
        self.history.keep_deal(deal, seen_at)
        return (ref, *self._client_of_only(deal)) if came_to_client else (ref,)

    def _client_of_only(self, deal: DealRecord) -> tuple[ObjectRef, ...]:
        """Return the client whose only deal this is: until now he may have had none.

        The client's own record may not change by it, and what is said of him does.
        """
        client = deal.client_id
        if client is None or self._clients.client(client) is None:
            return ()
        only = len(self.deals_of(client)) == 1
        return (ObjectRef(kind="client", id=client),) if only else ()

    def _keep_task(self, task: TaskRecord, seen_at: datetime) -> tuple[ObjectRef, ...]:
        ref = ObjectRef(kind="task", id=task.id)
        if task.gone and self.task(task.id) is not None:
            return self._mark_gone(ref, seen_at)
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
        self.history.keep_task(task, seen_at)
        before = self._deals_of_task(task.id)
        self._database.write(
            "DELETE FROM task_deal WHERE account = ? AND task = ? AND seen_on = ?",
            (self._account, task.id, _BY_TASK),
        )
        for deal in task.deal_ids:
            self._add_link(deal, task.id, _BY_TASK)
        # Also the deals it was taken from: they may now be without a future task.
        return (ref, *before, *self._deals_of_task(task.id))

    def _link(self, deal_id: str, tasks: set[str]) -> None:
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

    def _add_link(self, deal_id: str, task_id: str, seen_on: str) -> None:
        self._database.write(
            "INSERT INTO task_deal VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (self._account, deal_id, task_id, seen_on),
        )

    def _deals_of_task(self, task_id: str) -> tuple[ObjectRef, ...]:
        rows = self._database.rows(
            "SELECT DISTINCT deal FROM task_deal WHERE account = ? AND task = ?",
            (self._account, task_id),
        )
        return tuple(ObjectRef(kind="deal", id=deal) for (deal,) in rows)
