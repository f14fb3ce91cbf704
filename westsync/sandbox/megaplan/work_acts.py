"""What staff do with tasks, todos and invoices, and what befalls staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.sandbox.megaplan import clients, comments, company, goods, tasks, todos
from westsync.sandbox.megaplan.acting import Acting
from westsync.sandbox.megaplan.wire import Doc, bare, day, link, ref, to_wire

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from decimal import Decimal


class WorkActs(Acting):
    """Acts on todos, tasks, invoices and people."""

    def add_todo(
        self,
        deal: str | None,
        name: str,
        *,
        by: str,
        client: str | None = None,
        category: str = "call",
        at: datetime | None = None,
        responsible: str | None = None,
    ) -> str:
        """Plan a todo about a deal, or about a client who may have none, and return its id.

        Args:
            deal: Deal id; None if it is about a client.
            name: What is to be done.
            by: Who plans it.
            client: Client id; None if it is about a deal.
            category: ``event``, ``meeting``, ``call``, ``todo`` or ``private``.
            at: Planned moment, aware; None for a todo without one.
            responsible: Who is to do it; the author if None.
        """
        kinds = {master: number for number, master in company.TODO_CATEGORIES.items()}
        with self.acting(by) as author:
            doc = self._about(deal, client)
            fields = {
                "name": name,
                "category": link("TodoCategory", kinds[category]),
                "responsible": self.staff(responsible) if responsible else author,
            }
            when = todos.interval(at) if at else None
            todo = todos.plan(self, fields, author, relations=[bare(doc)], when=when)
        return str(todo["id"])

    def _about(self, deal: str | None, client: str | None) -> Doc:
        if deal is not None:
            return self.store.need("Deal", deal)
        if client is None:
            raise ValueError("a todo is about a deal or about a client; name one of them")
        return clients.find(self, client)

    def finish_todo(self, todo: str, *, by: str, status: str = "success", text: str = "") -> None:
        """Close a todo as ``finished``, ``success``, ``fail`` or ``finish_without_result``."""
        numbers = {master: number for number, master in company.TODO_STATUSES.items()}
        with self.acting(by) as author:
            doc = self.store.need("Todo", todo)
            todos.finish(self, doc, link("TodoStatus", numbers[status]), author, text=text)

    def create_task(
        self,
        name: str,
        *,
        by: str,
        responsible: str | None = None,
        deal: str | None = None,
        deadline: datetime | date | None = None,
        body: str = "",
        urgent: bool = False,
    ) -> str:
        """Set a task and return its id; linked with the deal if one is given."""
        fields: Doc = {
            "contentType": "Task",
            "name": name,
            "subject": body,
            "isUrgent": urgent,
            "isTemplate": False,
            "deadline": to_wire(deadline),
            "responsible": self.staff(responsible or by),
        }
        with self.acting(by) as author:
            task = tasks.create(self, fields, author)
            if deal is not None:
                doc = self.store.need("Deal", deal)
                tasks.with_deals(self, task, [bare(doc)], author)
        return str(task["id"])

    def finish_task(self, task: str, *, by: str, text: str = "") -> None:
        """Report a task as done; the owner's own is completed at once."""
        self.act_on_task(task, "act_done", by=by, text=text)

    def act_on_task(self, task: str, action: str, *, by: str, text: str = "") -> None:
        """Carry out an action of 4.3.2 on a task."""
        request = {"contentType": "TaskActionRequest", "action": action, "text": text}
        with self.acting(by) as author:
            tasks.do_action(self, self.store.need("Task", task), request, author)

    def edit_task(self, task: str, fields: Mapping[str, object], *, by: str) -> None:
        """Write fields of a task by their wire names, with Python values."""
        wire: Doc = {name: to_wire(value) for name, value in fields.items()}
        body = {"contentType": "Task", "id": task, **wire}
        with self.acting(by) as author:
            tasks.update(self, self.store.need("Task", task), body, author)

    def comment_task(self, task: str, *, by: str, text: str) -> str:
        """Comment on a task and return the comment's id."""
        with self.acting(by) as author:
            subject = self.store.need("Task", task)
            return str(comments.write(self, subject, text, author)["id"])

    def issue_invoice(self, deal: str, total: Decimal, *, by: str, status: str = "created") -> str:
        """Make a bill for a deal, move it stepwise to a status, and return its id."""
        with self.acting(by) as author:
            doc = self.store.need("Deal", deal)
            client = self.store.follow(doc["contractor"])
            payers = self.store.pointing("Payer", "contractor", ref(client)) if client else []
            payer = bare(payers[0]) if payers else goods.OWN_PAYER
            today = self.now.astimezone(self.zone).date()
            body = {
                "contentType": "Invoice",
                "invoiceDate": day(today),
                "payer": payer,
                "consignee": payer,
                "recipient": goods.OWN_PAYER,
                "deal": bare(doc),
            }
            invoice = goods.create_invoice(self, body, author)
            invoice = self.store.change(invoice, _sum=str(total))
            for step in goods.way_to(status):
                step_body = {"contentType": "Invoice", "status": step}
                invoice = goods.update_invoice(self, invoice, step_body, author)
        return str(invoice["id"])

    def dismiss(self, who: str) -> None:
        """Dismiss an employee; he must not get tasks any more (4.8)."""
        with self.lock:
            person = self.store.need("Employee", self.employee(who))
            self.store.change(person, isWorking=False, canLogin=False, fireDay=self.stamp())

    def send_on_leave(self, who: str, first: date, last: date) -> None:
        """Record an absence, both days inclusive."""
        with self.lock:
            person = self.store.need("Employee", self.employee(who))
            leave = self.new(
                "Vacation",
                name=f"{first:%d.%m.%Y} - {last:%d.%m.%Y}",
                type="vacation",
                employee=bare(person),
                firstDay=day(first),
                lastDay=day(last),
            )
            self.store.change(person, nearestVacation=bare(leave))
