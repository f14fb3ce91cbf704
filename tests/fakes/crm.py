"""A CRM in memory that behaves like the contract and can be told to break.

`FakeCrm` is both ports at once. The code under test sees `CrmReader` and `CrmWriter`; a test plays
the people with ``put_deal``, ``edit_task``, ``finish_task`` and reads ``tasks`` and ``comments``.
"""

from __future__ import annotations

from collections import Counter, deque
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Literal, TypeVar

from westsync.domain.records import (
    OPEN_TASK_STATUSES,
    Attachment,
    ClientRecord,
    DealRecord,
    Detail,
    Details,
    Employee,
    Page,
    Payer,
    Program,
    TaskRecord,
    TodoRecord,
    Touch,
)
from westsync.errors import AccessDenied, OutcomeUnknown, Rejected, Unavailable
from westsync.ports import Receipt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from westsync.domain.actions import (
        CloseTask,
        CommentDeal,
        EnsureTask,
        MoveDeal,
        Notify,
        SetDealField,
        SetInvoiceStatus,
    )
    from westsync.domain.intents import Marker, ObjectRef
    from westsync.ports import Clock

T = TypeVar("T")
Fault = Literal["before", "after", "lost", "late", "rejected", "denied"]


@dataclass(slots=True)
class FakeTask:
    """A task as the fake keeps it; ``record`` is what readers see."""

    record: TaskRecord
    made: EnsureTask | None
    visible_at: datetime
    edited_by: str | None = None
    closing_note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeComment:
    """A comment on a deal; ``to`` are the people it notifies."""

    id: str
    deal: str
    text: str
    marker: str
    at: datetime
    to: tuple[str, ...] = ()


class FakeCrm:
    """The CRM behind both ports.

    Attributes:
        calls: How often each operation was asked for, also the broken ones.
        link_at_creation: Whether ``deals`` of a new task is honoured (contract 4.3.2: UNKNOWN).
        tells_link: Whether the answer to a creation shows the link at all.
        transitions: Allowed (from, to) state pairs; None allows every move.
    """

    def __init__(self, clock: Clock, *, me: str = "1000099", page_size: int = 100) -> None:
        """Start empty, with our own account as the only employee."""
        self._clock = clock
        self._me = me
        self._page_size = page_size
        self._ids = count(1006301)
        self._faults: deque[tuple[Fault, str | None, float]] = deque()
        self.calls: Counter[str] = Counter()
        self.tasks: dict[str, FakeTask] = {}
        self.comments: dict[str, FakeComment] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.deal_records: dict[str, DealRecord] = {}
        self.client_records: dict[str, ClientRecord] = {}
        self.payer_records: list[Payer] = []
        self.program_records: list[Program] = []
        self.staff: dict[str, Employee] = {
            me: Employee(id=me, name="westsync", is_working=True),
        }
        self.touches: dict[str, list[Touch]] = {}
        self.todos: dict[str, list[TodoRecord]] = {}
        self.transitions: set[tuple[str, str]] | None = None
        self.link_at_creation = True
        self.tells_link = True

    # What a test does to the CRM.

    def break_next(
        self, fault: Fault, *, operation: str | None = None, times: int = 1, delay_s: float = 30
    ) -> None:
        """Break the next calls.

        Args:
            fault: before: nothing happens, `Unavailable`; after: it happens, `OutcomeUnknown`;
                lost: nothing happens, `OutcomeUnknown`; late: it becomes visible after
                ``delay_s``, `OutcomeUnknown`; rejected and denied: a definite no.
            operation: Name of the port's method; None breaks whatever comes next.
            times: How many calls.
            delay_s: For late: seconds until the effect can be seen.
        """
        self._faults.extend([(fault, operation, delay_s)] * times)

    def put_deal(self, deal: DealRecord) -> None:
        """Add or replace a deal as people see it."""
        self.deal_records[deal.id] = deal

    def put_client(self, client: ClientRecord) -> None:
        """Add or replace a client."""
        self.client_records[client.id] = client

    def put_employee(self, employee: Employee) -> None:
        """Add or replace a member of staff."""
        self.staff[employee.id] = employee

    def put_task(self, task: TaskRecord) -> None:
        """Add a task that a person made."""
        self.tasks[task.id] = FakeTask(record=task, made=None, visible_at=task.created_at)

    def touch(self, deal: str, touch: Touch) -> None:
        """Write an entry into the history of a deal."""
        self.touches.setdefault(deal, []).append(touch)

    def edit_task(self, task: str, *, by: str) -> None:
        """Let a person change a task of ours."""
        self.tasks[task].edited_by = by
        self._stir(task)

    def finish_task(self, task: str, status: str = "completed") -> None:
        """Let a person close a task."""
        self._stir(task, status=status)

    def drop_deal(self, deal: str) -> None:
        """Delete a deal, or hide it from our account."""
        self.deal_records.pop(deal)

    def drop_task(self, task: str) -> None:
        """Delete a task."""
        self.tasks.pop(task)

    def drop_client(self, client: str) -> None:
        """Delete a client."""
        self.client_records.pop(client)

    @property
    def open_titles(self) -> list[str]:
        """Titles of the open tasks, oldest first."""
        return [task.record.name for task in self.tasks.values() if task.record.is_open]

    # CrmReader.

    def me(self) -> Employee:
        """Return our own account."""
        with self._call("me"):
            return self.staff[self._me]

    def programs(self) -> Sequence[Program]:
        """Return the programs that the test put."""
        with self._call("programs"):
            return tuple(self.program_records)

    def employees(self) -> Sequence[Employee]:
        """Return all staff."""
        with self._call("employees"):
            return tuple(self.staff.values())

    def changed_deals(self, since: datetime | None) -> Iterator[Page]:
        """Walk deals, last change first."""
        found = sorted(
            (
                deal
                for deal in self.deal_records.values()
                if since is None or deal.updated_at >= since
            ),
            key=lambda deal: deal.updated_at,
            reverse=True,
        )
        for part, is_last in self._pages("changed_deals", found):
            newest = part[0].updated_at if part else None
            yield Page(deals=tuple(part), newest_at=newest, is_last=is_last)

    def changed_tasks(self, since: datetime | None) -> Iterator[Page]:
        """Walk tasks, last activity first."""
        found = sorted(
            (task for task in self._seen() if since is None or task.active_at >= since),
            key=lambda task: task.active_at,
            reverse=True,
        )
        for part, is_last in self._pages("changed_tasks", found):
            newest = part[0].active_at if part else None
            yield Page(tasks=tuple(part), newest_at=newest, is_last=is_last)

    def changed_clients(self, since: datetime | None) -> Iterator[Page]:
        """Walk clients, last change first."""
        found = sorted(
            (
                one
                for one in self.client_records.values()
                if since is None or one.updated_at >= since
            ),
            key=lambda client: client.updated_at,
            reverse=True,
        )
        for part, is_last in self._pages("changed_clients", found):
            newest = part[0].updated_at if part else None
            yield Page(clients=tuple(part), newest_at=newest, is_last=is_last)

    def payers(self) -> Iterator[Sequence[Payer]]:
        """Walk all payers."""
        for part, _ in self._pages("payers", self.payer_records):
            yield tuple(part)

    def payers_of(self, clients: Sequence[str]) -> Iterator[Sequence[Payer]]:
        """Read the payers of single clients."""
        with self._call("payers_of"):
            pass
        for client in clients:
            yield tuple(payer for payer in self.payer_records if payer.client_id == client)

    def details(
        self, wanted: Mapping[ObjectRef, frozenset[Detail]]
    ) -> Iterator[tuple[ObjectRef, Details]]:
        """Read what hangs on deals and clients."""
        with self._call("details"):
            pass
        for ref, asked in wanted.items():
            if ref.kind == "deal" and ref.id not in self.deal_records:
                yield ref, Details(gone=True)
                continue
            yield (
                ref,
                Details(
                    touches=tuple(self.touches.get(ref.id, ()))
                    if Detail.HISTORY in asked
                    else None,
                    todos=tuple(self.todos.get(ref.id, ())) if Detail.TODOS in asked else None,
                    tasks=self._linked(ref.id) if Detail.TASKS in asked else None,
                ),
            )

    def objects(self, refs: Sequence[ObjectRef]) -> Iterator[Page]:
        """Read single objects, one to a page."""
        with self._call("objects"):
            pass
        tasks = {task.id: task for task in self._seen()}
        for ref in refs:
            match ref.kind:
                case "deal" if ref.id in self.deal_records:
                    yield Page(deals=(self.deal_records[ref.id],))
                case "task" if ref.id in tasks:
                    yield Page(tasks=(tasks[ref.id],))
                case "client" if ref.id in self.client_records:
                    yield Page(clients=(self.client_records[ref.id],))
                case _:
                    yield Page(gone=(ref,))

    # CrmWriter.

    def create_task(self, task: EnsureTask, marker: Marker) -> Receipt:
        """Create a task, unless the assignee was dismissed."""
        with self._effect("create_task") as visible_at:
            person = self.staff.get(task.assignee)
            if person is not None and not person.is_working:
                raise Rejected("megaplan", "POST /task", f"employee {person.id} was dismissed")
            made = TaskRecord(
                id=str(next(self._ids)),
                name=task.title,
                status="assigned",
                responsible_id=task.assignee,
                owner_id=self._me,
                created_at=self._clock.now(),
                active_at=self._clock.now(),
                status_at=self._clock.now(),
                deadline=task.deadline,
                deal_ids=(task.deal,) if task.deal and self.link_at_creation else (),
                client_id=task.client,
                marker=marker,
            )
            self.tasks[made.id] = FakeTask(record=made, made=task, visible_at=visible_at)
        linked = None if task.deal is None or not self.tells_link else self.link_at_creation
        return Receipt(ref=made.id, linked=linked)

    def find_task(self, marker: Marker, since: datetime, deal: str | None) -> Sequence[Receipt]:
        """Find by marker in the newest tasks and in the deal's linked ones."""
        with self._call("find_task"):
            found = [
                task
                for task in self._seen()
                if task.marker == marker and (task.created_at >= since or deal in task.deal_ids)
            ]
        found.sort(key=lambda task: (task.created_at, int(task.id)))
        return tuple(
            Receipt(ref=task.id, linked=deal in task.deal_ids if deal else None) for task in found
        )

    def link_task(self, task: str, deal: str) -> Receipt:
        """Link a task with a deal."""
        with self._effect("link_task"):
            record = self._task(task).record
            if deal not in record.deal_ids:
                self.tasks[task].record = replace(record, deal_ids=(*record.deal_ids, deal))
        return Receipt(ref=task, linked=True)

    def is_linked(self, task: str, deal: str) -> bool:
        """Return whether the task hangs on the deal."""
        with self._call("is_linked"):
            return deal in self._task(task).record.deal_ids

    def close_task(self, task: str, close: CloseTask, marker: Marker, made: EnsureTask) -> Receipt:
        """Close a task of ours that nobody touched."""
        del marker, made
        with self._effect("close_task"):
            kept = self._task(task)
            if kept.record.status not in OPEN_TASK_STATUSES:
                return Receipt(ref=task, note="already closed")
            if kept.edited_by is not None:
                return Receipt(ref=task, note=f"left alone: edited by {kept.edited_by}")
            kept.closing_note = close.note
            self._stir(task, status="completed")
        return Receipt(ref=task, note="closed")

    def comment_deal(self, comment: CommentDeal, marker: Marker) -> Receipt:
        """Comment on a deal."""
        with self._effect("comment_deal") as visible_at:
            return self._say(comment.deal, comment.text, marker, visible_at)

    def notify(self, notice: Notify, marker: Marker) -> Receipt:
        """Comment on a deal so that people are told."""
        if notice.deal is None:
            raise Rejected("megaplan", "notify", "a notice without a deal can only be mailed")
        with self._effect("notify") as visible_at:
            return self._say(notice.deal, notice.text, marker, visible_at, to=notice.to)

    def find_comment(self, marker: Marker, deal: str, since: datetime) -> Sequence[Receipt]:
        """Find by marker among the comments of a deal."""
        del since
        with self._call("find_comment"):
            now = self._clock.now()
            return tuple(
                Receipt(ref=one.id)
                for one in self.comments.values()
                if one.deal == deal and one.marker == marker and one.at <= now
            )

    def set_field(self, change: SetDealField) -> Receipt:
        """Set a custom field of a deal."""
        with self._effect("set_field"):
            deal = self._deal(change.deal)
            if (deal.custom.get(change.field) or "") == change.value:
                return Receipt(ref=deal.id, note="already set")
            custom = {**deal.custom, change.field: change.value or None}
            self.put_deal(replace(deal, custom=custom, updated_at=self._clock.now()))
        return Receipt(ref=change.deal)

    def set_invoice_status(self, change: SetInvoiceStatus) -> Receipt:
        """Move a bill of a deal to a status, along created, drawn, paid."""
        with self._effect("set_invoice_status"):
            deal = self._deal(change.deal)
            bill = next((one for one in deal.invoices if one.id == change.invoice), None)
            if bill is None:
                raise Rejected("megaplan", "POST /invoice", "there is no such bill", 404)
            order = ("created", "drawn", "paid")
            if bill.status not in order or order.index(bill.status) > order.index(change.status):
                raise Rejected("megaplan", "POST /invoice", f"it is {bill.status}", 422)
            moved = replace(bill, status=change.status)
            bills = tuple(moved if one.id == bill.id else one for one in deal.invoices)
            self.put_deal(replace(deal, invoices=bills, updated_at=self._clock.now()))
        return Receipt(ref=change.invoice)

    def upload_file(self, name: str, content: bytes) -> str:
        """Keep a file that hangs nowhere."""
        with self._effect("upload_file"):
            file = str(next(self._ids))
            self.files[file] = (name, content)
        return file

    def attach_files(self, deal: str, files: Sequence[str]) -> Receipt:
        """Attach files to a deal besides those it has."""
        with self._effect("attach_files"):
            record, now = self._deal(deal), self._clock.now()
            old = {one.id for one in record.attachments}
            new = [file for file in files if file not in old]
            added = tuple(Attachment(id=one, name=self.files[one][0], at=now) for one in new)
            if added:
                attachments = (*record.attachments, *added)
                self.put_deal(replace(record, attachments=attachments, updated_at=now))
        return Receipt(ref=deal, note="" if added else "already attached")

    def find_files(self, deal: str, name: str) -> Sequence[Receipt]:
        """Find the files of this name that hang on a deal, oldest first."""
        with self._effect("find_files"):
            found = [one for one in self._deal(deal).attachments if one.name == name]
        return [Receipt(ref=one.id, note=name) for one in found]

    def move_deal(self, move: MoveDeal) -> Receipt:
        """Move a deal along an allowed transition."""
        with self._effect("move_deal"):
            deal = self._deal(move.deal)
            if deal.state_id == move.stage:
                return Receipt(ref=deal.id, note="already there")
            if self.transitions is not None and (deal.state_id, move.stage) not in self.transitions:
                raise Rejected("megaplan", "applyTransition", "no such transition now", 422)
            now = self._clock.now()
            self.put_deal(replace(deal, state_id=move.stage, stage_entered_at=now, updated_at=now))
        return Receipt(ref=move.deal)

    # How it works inside.

    def _say(
        self, deal: str, text: str, marker: Marker, at: datetime, to: tuple[str, ...] = ()
    ) -> Receipt:
        self._deal(deal)
        said = FakeComment(
            id=str(next(self._ids)), deal=deal, text=text, marker=marker, at=at, to=to
        )
        self.comments[said.id] = said
        return Receipt(ref=said.id)

    def _seen(self) -> list[TaskRecord]:
        now = self._clock.now()
        return [task.record for task in self.tasks.values() if task.visible_at <= now]

    def _linked(self, deal: str) -> tuple[TaskRecord, ...]:
        return tuple(task for task in self._seen() if deal in task.deal_ids)

    def _stir(self, task: str, status: str | None = None) -> None:
        kept, now = self.tasks[task], self._clock.now()
        if status is None:
            kept.record = replace(kept.record, active_at=now)
        else:
            kept.record = replace(kept.record, status=status, status_at=now, active_at=now)

    def _task(self, task: str) -> FakeTask:
        if task not in self.tasks:
            raise Rejected("megaplan", f"GET /task/{task}", "not found", 404)
        return self.tasks[task]

    def _deal(self, deal: str) -> DealRecord:
        if deal not in self.deal_records:
            raise Rejected("megaplan", f"GET /deal/{deal}", "not found", 404)
        return self.deal_records[deal]

    def _pages(self, operation: str, found: Sequence[T]) -> Iterator[tuple[Sequence[T], bool]]:
        for start in range(0, max(len(found), 1), self._page_size):
            with self._call(operation):
                part = found[start : start + self._page_size]
            yield part, start + self._page_size >= len(found)

    @contextmanager
    def _call(self, operation: str) -> Iterator[None]:
        """Count a read; every fault of a read means that nothing is known."""
        self.calls[operation] += 1
        match self._fault(operation):
            case None:
                yield
            case ("denied", _):
                raise AccessDenied("megaplan", operation, "the fake was told to refuse")
            case ("rejected", _):
                raise Rejected("megaplan", operation, "the fake was told to say no", 422)
            case _:
                raise Unavailable("megaplan", operation, "the fake was told to break")

    @contextmanager
    def _effect(self, operation: str) -> Iterator[datetime]:
        """Count a write, yield when its effect can be seen, then break as told."""
        self.calls[operation] += 1
        match self._fault(operation):
            case None:
                yield self._clock.now()
            case ("denied", _):
                raise AccessDenied("megaplan", operation, "the fake was told to refuse")
            case ("rejected", _):
                raise Rejected("megaplan", operation, "the fake was told to say no", 422)
            case ("before", _):
                raise Unavailable("megaplan", operation, "the fake was told to break before")
            case ("lost", _):
                raise OutcomeUnknown("megaplan", operation, "the request was lost on its way")
            case (_, delay_s):
                yield self._clock.now() + timedelta(seconds=delay_s)
                raise OutcomeUnknown("megaplan", operation, "the reply was lost on its way")

    def _fault(self, operation: str) -> tuple[Fault, float] | None:
        if not self._faults or self._faults[0][1] not in {None, operation}:
            return None
        fault, _, delay_s = self._faults.popleft()
        return fault, delay_s if fault == "late" else 0.0
