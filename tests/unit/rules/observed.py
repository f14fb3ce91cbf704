"""What is observed of deals, clients and tasks in the tests of facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.unit.rules.company import CATALOGUE, STAFF, ZONE, msk
from westsync.domain.records import (
    ClientKind,
    ClientRecord,
    DealRecord,
    Details,
    StageType,
    TaskRecord,
    TodoRecord,
    Touch,
    TouchKind,
)
from westsync.rules.deal_facts import deal_facts
from westsync.rules.deal_seen import Observed
from westsync.rules.fact_setup import (
    CALLBACK,
    CONTACT,
    LETTER_CONFIRMED,
    LETTER_SENT,
    REFUSAL,
    FactSetup,
)

if TYPE_CHECKING:
    from westsync.domain.facts import Facts

TEN = msk("2026-11-24 10:00")
ME, SECRETARY, MANAGER = "1000099", "1000001", "1000003"
SETUP = FactSetup(
    catalogue=CATALOGUE,
    url="https://megaplan.example",
    me=ME,
    zone=ZONE,
    staff=STAFF,
    pipelines={"14": "sales"},
    stages={
        ("14", "127"): "new",
        ("14", "130"): "offer",
        ("14", "133"): "invoice_sent",
        ("14", "137"): "delivered",
        ("14", "140"): "lost",
    },
    stage_types={"127": StageType.ACTIVE, "140": StageType.NEGATIVE},
    stage_roles={
        "offer": ("offer",),
        "invoice_sent": ("invoice_sent",),
        "delivered": ("delivered",),
    },
    required={"sales": {"new": ("client_kind", "city", "source")}},
    attachment_kinds={
        "supplier_invoice": ("*счет*постав*",),
        "requisites": ("*реквизит*", "*паспорт*"),
    },
    words={
        CONTACT: ("созвонились",),
        CALLBACK: ("срочно!",),
        LETTER_SENT: ("письмо отправлено",),
        LETTER_CONFIRMED: ("письмо получено",),
        REFUSAL: ("отказ",),
    },
)
NOTHING = Details(touches=(), todos=(), tasks=())
EVERYTHING_SET = {
    "source": "Заявка с сайта",
    "urgent": False,
    "long_lead": False,
    "city": "Тула",
    "delivery_at": None,
    "delivery_kind": None,
    "contract_number": None,
}


def at(minute: int) -> datetime:
    """Return so many minutes after ten o'clock."""
    return TEN + timedelta(minutes=minute)


def a_deal(**parts: Any) -> DealRecord:
    """Return a deal of stage new, created at ten."""
    plain: dict[str, Any] = {
        "id": "43",
        "number": "43",
        "name": "Yamaha DTX6",
        "program_id": "14",
        "state_id": "127",
        "stage_type": None,
        "manager_id": MANAGER,
        "client_id": "55",
        "client_kind": ClientKind.PERSON,
        "created_at": TEN,
        "updated_at": at(90),
        "stage_entered_at": TEN,
        "price": None,
        "custom": dict(EVERYTHING_SET),
    }
    return DealRecord(**plain | parts)


def a_client(**parts: Any) -> ClientRecord:
    """Return a client who is a person."""
    plain: dict[str, Any] = {
        "id": "55",
        "kind": ClientKind.PERSON,
        "name": "Иван",
        "created_at": TEN,
        "updated_at": at(5),
    }
    return ClientRecord(**plain | parts)


def a_touch(
    minute: int, kind: TouchKind = TouchKind.EDIT, by: str | None = MANAGER, **parts: Any
) -> Touch:
    """Return one entry of a history."""
    return Touch(id=f"h{minute}-{kind}", at=at(minute), kind=kind, author_id=by, **parts)


def a_comment(minute: int, text: str, by: str | None = MANAGER, **parts: Any) -> Touch:
    """Return a comment."""
    return a_touch(minute, TouchKind.COMMENT, by, text=text, **parts)


def a_todo(
    minute: int, status: str = "finished", category: str = "call", **parts: Any
) -> TodoRecord:
    """Return a call that ended, or is planned for, so many minutes after ten."""
    planned = status == "scheduled"
    plain: dict[str, Any] = {
        "id": f"t{minute}",
        "name": "Звонок",
        "category": category,
        "status": status,
        "responsible_id": MANAGER,
        "created_at": TEN,
        "starts_at": at(minute) if planned else None,
        "finished_at": None if planned else at(minute),
    }
    return TodoRecord(**plain | parts)


def a_task(name: str = "1", status: str = "assigned", **parts: Any) -> TaskRecord:
    """Return a task that a colleague set for the manager."""
    plain: dict[str, Any] = {
        "id": name,
        "name": f"Задача {name}",
        "status": status,
        "responsible_id": MANAGER,
        "owner_id": SECRETARY,
        "created_at": TEN,
        "active_at": at(1),
        "status_at": None,
        "deadline": None,
    }
    return TaskRecord(**plain | parts)


def facts_of(
    deal: DealRecord | None = None, setup: FactSetup = SETUP, **seen: Any
) -> dict[str, Any]:
    """Return the facts of a deal of which everything was read."""
    return dict(whole_facts(deal, setup, **seen).values)


def whole_facts(deal: DealRecord | None = None, setup: FactSetup = SETUP, **seen: Any) -> Facts:
    """Return everything that is known of a deal."""
    parts = {name: seen.pop(name) for name in ("touches", "todos", "tasks") if name in seen}
    details = seen.pop("details", replace(NOTHING, **parts))
    client = seen.pop("client", a_client())
    observed = Observed(deal=deal or a_deal(), client=client, details=details, **seen)
    return deal_facts(observed, setup)
