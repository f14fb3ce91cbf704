"""The facts of clients and of tasks (catalogue: `westsync.domain.catalogue`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.facts import Facts, Group, Unknown
from westsync.domain.records import ClientKind
from westsync.rules.touches import UNANSWERED, of_todos

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from westsync.domain.catalogue.kinds import Catalogue
    from westsync.domain.ledger import Payment
    from westsync.domain.records import ClientRecord, TaskRecord, TodoRecord
    from westsync.domain.settlement.values import Question
    from westsync.rules.deal_seen import Twin
    from westsync.rules.fact_setup import FactSetup

_CLIENT_PATHS = {
    ClientKind.PERSON: "contractorHuman",
    ClientKind.ORGANISATION: "contractorCompany",
    ClientKind.UNKNOWN: "contractor",
}


def client_facts(
    client: ClientRecord,
    setup: FactSetup,
    *,
    deals_known: int,
    twins: tuple[Twin, ...],
    todos: tuple[TodoRecord, ...] | None,
    as_of: Mapping[Group, datetime],
    source_as_of: Mapping[str, datetime],
) -> Facts:
    """Join the facts of a client.

    Args:
        client: The client as the list shows it.
        setup: How to read this company's Megaplan.
        deals_known: Deals of the client that were seen themselves; Megaplan's own counter may lag.
        twins: Other clients like this one.
        todos: His calls and meetings; None if they were not read.
        as_of: Group -> when it was read.
        source_as_of: Source -> last successful observation.
    """
    person = client.responsible_id
    counted = client.deals_count
    values: dict[str, object] = {
        "id": client.id,
        "name": client.name,
        "url": f"{setup.url}/{_CLIENT_PATHS[client.kind]}/{client.id}/card/",
        "kind": client.kind.value,
        "phones": client.phones,
        "emails": client.emails,
        "inn": client.inn,
        "created_at": client.created_at,
        "updated_at": client.updated_at,
        "responsible": setup.staff.login_of(person) if person is not None else None,
        "deals_count": deals_known if counted is None else max(counted, deals_known),
        "duplicates": tuple({"id": t.id, "name": t.name, "by": t.by} for t in twins),
        **_calls(todos, setup.me),
    }
    return Facts(
        kind="client",
        id=client.id,
        values=values,
        as_of=as_of,
        source_as_of=source_as_of,
        groups=setup.catalogue.groups["client"],
    )


def _calls(todos: tuple[TodoRecord, ...] | None, me: str) -> dict[str, object]:
    if todos is None:
        unread = Unknown("not read yet", frozenset({Group.TODOS}))
        return {"last_contact_at": unread, "missed_call_at": unread}
    held = max((touch.at for touch in of_todos(todos, me)), default=None)
    missed = max(
        (
            todo.finished_at or todo.created_at
            for todo in todos
            if todo.category == "call" and todo.status in UNANSWERED
        ),
        default=None,
    )
    answered = missed is not None and held is not None and held >= missed
    return {"last_contact_at": held, "missed_call_at": None if answered else missed}


def task_facts(
    task: TaskRecord,
    setup: FactSetup,
    *,
    rule: str | None,
    as_of: Mapping[Group, datetime],
    source_as_of: Mapping[str, datetime],
) -> Facts:
    """Join the facts of a task.

    Args:
        task: The task as the list shows it.
        setup: How to read this company's Megaplan.
        rule: The rule that made it; None if a person did.
        as_of: Group -> when it was read.
        source_as_of: Source -> last successful observation.
    """
    person = task.responsible_id
    values: dict[str, object] = {
        "id": task.id,
        "name": task.name,
        "url": f"{setup.url}/task/{task.id}/card/",
        "responsible": setup.staff.login_of(person) if person is not None else None,
        "deadline": task.deadline,
        "status": task.status,
        "open": task.is_open,
        "ours": rule is not None or task.marker is not None or task.owner_id == setup.me,
        "rule": rule,
        "created_at": task.created_at,
        "updated_at": task.active_at,
        "deal_id": task.deal_ids[0] if task.deal_ids else None,
    }
    return Facts(
        kind="task",
        id=task.id,
        values=values,
        as_of=as_of,
        source_as_of=source_as_of,
        groups=setup.catalogue.groups["task"],
    )


def schedule_facts(
    rule: str,
    catalogue: Catalogue,
    *,
    due_at: datetime | None,
    delivered: bool,
    last_delivered_at: datetime | None,
    now: datetime,
    source_as_of: Mapping[str, datetime],
) -> Facts:
    """Return the facts of a clock rule.

    Args:
        rule: Its id.
        catalogue: Types of the facts.
        due_at: When it last fell due (UTC); None if it never did.
        delivered: The report of that time was sent.
        last_delivered_at: When the last report that was sent before had fallen due.
        now: The present; the clock is never stale.
        source_as_of: Source -> last whole observation, for ``needs``.
    """
    return Facts(
        kind="schedule",
        id=rule,
        values={
            "id": rule,
            "due_at": due_at,
            "delivered": delivered,
            "last_delivered_at": last_delivered_at,
        },
        as_of={Group.CLOCK: now},
        source_as_of=source_as_of,
        groups=catalogue.groups["schedule"],
    )


def payment_facts(
    payment: Payment,
    question: Question | None,
    catalogue: Catalogue,
    *,
    deal_id: str | None,
    as_of: Mapping[Group, datetime],
    source_as_of: Mapping[str, datetime],
) -> Facts:
    """Return the facts of a payment that a client made.

    Args:
        payment: The payment.
        question: What nobody could place of it; None if all of it is placed.
        catalogue: Types of the facts.
        deal_id: Deal of the only candidate; None if there are several, or none.
        as_of: Group -> when it was read.
        source_as_of: Source -> last whole observation.
    """
    candidates = question.candidates if question is not None else ()
    return Facts(
        kind="payment",
        id=payment.ref,
        values={
            "id": payment.ref,
            "number": payment.incoming_number or payment.number or None,
            "at": payment.at,
            "amount": question.amount if question is not None else payment.amount,
            "payer": payment.payer or None,
            "inn": payment.inn or None,
            "purpose": payment.purpose or None,
            "open": question is not None,
            "candidates": tuple(
                {"number": one.number, "at": f"{one.dated:%d.%m.%Y}", "hint": one.hint.value}
                for one in candidates
            ),
            "deal_id": deal_id,
        },
        as_of=as_of,
        source_as_of=source_as_of,
        groups=catalogue.groups["payment"],
    )
