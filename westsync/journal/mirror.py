"""The local copy of what the CRM shows: deals, tasks, clients, staff; and what just changed in it.

A page is kept as it comes. A row that did not change costs one probe and writes nothing; a row
that did marks the objects that must be decided again, in the same transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.journal.clients import Clients
from westsync.journal.deals import Deals
from westsync.journal.details import DetailShelf
from westsync.journal.dirty import Dirty
from westsync.journal.history import History
from westsync.journal.history_start import start_history
from westsync.journal.short_lists import ShortLists
from westsync.journal.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from westsync.domain.intents import ObjectRef
    from westsync.domain.records import (
        ClientRecord,
        DealRecord,
        Details,
        Employee,
        Page,
        Payer,
        Program,
        TaskRecord,
    )
    from westsync.journal.clients import Twin
    from westsync.journal.database import Database
    from westsync.journal.details import KeptDetails


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
        self._deals = Deals(database, account, self.history, self._clients)
        self._tasks = Tasks(database, account, self.history)
        self._lists = ShortLists(database, account)
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
                touched += self._deals.keep(deal, seen_at)
            for task in page.tasks:
                touched += self._tasks.keep(task, seen_at)
            # Clients that came nested in deals show less of themselves than in their own list.
            known = self._clients.known(client.id for client in page.clients_seen)
            unseen = [client for client in page.clients_seen if client.id not in known]
            for client in (*page.clients, *unseen):
                touched += self._clients.keep(client, seen_at)
            for gone in page.gone:
                touched += self._mark_gone(gone, seen_at)
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
                touched += self._tasks.keep(task, seen_at)
            if details.tasks is not None:
                self._tasks.link(obj.id, {task.id for task in details.tasks})
            self._details.keep(obj, details, seen_at)
            return self._mark(touched, seen_at)

    def keep_employees(self, employees: Iterable[Employee]) -> None:
        """Store all employees as they were just read."""
        with self._database.transaction():
            self._lists.keep_employees(employees)

    def keep_programs(self, programs: Iterable[Program]) -> None:
        """Store all configured programs as they were just read."""
        with self._database.transaction():
            self._lists.keep_programs(programs)

    def mark_gone(self, objects: Iterable[ObjectRef], seen_at: datetime) -> tuple[ObjectRef, ...]:
        """Say that objects were deleted or hidden from us; what was known of them stays."""
        with self._database.transaction():
            touched: list[ObjectRef] = []
            for obj in objects:
                touched += self._mark_gone(obj, seen_at)
            return self._mark(touched, seen_at)

    def deal(self, deal_id: str) -> DealRecord | None:
        """Return a deal; None if it was never seen."""
        return self._deals.deal(deal_id)

    def task(self, task_id: str) -> TaskRecord | None:
        """Return a task; None if it was never seen."""
        return self._tasks.task(task_id)

    def tasks_of(self, deal_id: str) -> tuple[TaskRecord, ...]:
        """Return the tasks of a deal that are not gone, oldest first."""
        return self._tasks.of_deal(deal_id)

    def linked_tasks(self, deal_id: str) -> tuple[str, ...]:
        """Return the ids of the tasks of a deal, also of those that are gone."""
        return self._tasks.linked_to(deal_id)

    def marked_tasks(self, created_since: datetime) -> tuple[TaskRecord, ...]:
        """Return tasks that carry a marker of ours, created since a moment, oldest first."""
        return self._tasks.marked(created_since)

    def details(self, obj: ObjectRef) -> KeptDetails:
        """Return what was read of an object beyond the lists, and when."""
        return self._details.get(obj, self._tasks.of_deal)

    def details_since(self, obj: ObjectRef, moment: datetime) -> KeptDetails | None:
        """Return the details if any of them was read since a moment; else they are not decoded."""
        return self._details.get_since(obj, self._tasks.of_deal, moment)

    def client(self, client_id: str) -> ClientRecord | None:
        """Return a client with the INN of its payer; None if it was never seen."""
        return self._clients.client(client_id)

    def payers_of(self, client_id: str) -> tuple[Payer, ...]:
        """Return the requisites of a client."""
        return self._clients.payers_of(client_id)

    def payers_with(self, inn: str) -> tuple[Payer, ...]:
        """Return all requisites with this INN."""
        return self._clients.payers_with(inn)

    def clients_lacking_inn(self, objects: Collection[ObjectRef]) -> tuple[str, ...]:
        """Return the organisations without an INN among some clients and owners of open deals."""
        return self._clients.lacking_inn(
            (obj.id for obj in objects if obj.kind == "client"),
            (obj.id for obj in objects if obj.kind == "deal"),
        )

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
        return self._deals.of_client(client_id)

    def employee(self, employee_id: str) -> Employee | None:
        """Return an employee; None if the CRM does not have him."""
        return self._lists.employee(employee_id)

    def employees(self) -> tuple[Employee, ...]:
        """Return all employees, also dismissed ones, in the order of their ids."""
        return self._lists.employees()

    def programs(self) -> tuple[Program, ...]:
        """Return the configured programs as last read, in the order of their ids."""
        return self._lists.programs()

    def open_deals_count(self) -> int:
        """Return how many deals are open; a kept tally, not a scan."""
        return self._deals.open_count()

    def open_deals(self, after: str = "", limit: int = 1000) -> tuple[str, ...]:
        """Return ids of open deals in text order, a batch after an id; for the nightly sweep."""
        return self._deals.open_ids(after, limit)

    def _mark(self, touched: Iterable[ObjectRef], seen_at: datetime) -> tuple[ObjectRef, ...]:
        once = tuple(dict.fromkeys(touched))
        self.dirty.mark(once, seen_at)
        return once

    def _mark_gone(self, obj: ObjectRef, seen_at: datetime) -> tuple[ObjectRef, ...]:
        match obj.kind:
            case "deal":
                return self._deals.mark_gone(obj.id, seen_at)
            case "task":
                return self._tasks.mark_gone(obj.id, seen_at)
            case "client":
                return self._clients.mark_gone(obj.id, seen_at)
            case _:
                return ()
