"""Facts of clients and tasks that are watched themselves."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.rules.company import CATALOGUE
from tests.unit.rules.observed import (
    MANAGER,
    ME,
    SETUP,
    TEN,
    a_client,
    a_task,
    a_todo,
    at,
)
from westsync.domain.facts import Facts, Group, Unknown
from westsync.domain.records import (
    ClientKind,
    ClientRecord,
    TodoRecord,
)
from westsync.rules.deal_seen import Twin
from westsync.rules.other_facts import client_facts, task_facts


def of_client(
    client: ClientRecord, todos: tuple[TodoRecord, ...] | None = (), known: int = 0
) -> Facts:
    """Return the facts of a client."""
    return client_facts(
        client,
        SETUP,
        deals_known=known,
        twins=(Twin(id="56", name="Двойник", by=("email",)),),
        todos=todos,
        as_of={},
        source_as_of={"megaplan": TEN},
    )


@pytest.mark.parametrize("todos", [(), None])
def test_every_fact_of_a_client_is_there(todos: tuple[TodoRecord, ...] | None) -> None:
    facts = of_client(a_client(), todos)

    assert facts.values.keys() == CATALOGUE.of("client").keys()
    assert (facts.kind, facts.id) == ("client", "55")


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (ClientKind.PERSON, "contractorHuman"),
        (ClientKind.ORGANISATION, "contractorCompany"),
        (ClientKind.UNKNOWN, "contractor"),
    ],
)
def test_the_card_of_a_client_is_found_by_his_kind(kind: ClientKind, path: str) -> None:
    facts = of_client(a_client(kind=kind, responsible_id=MANAGER))

    assert facts.values["url"] == f"https://megaplan.example/{path}/55/card/"
    assert facts.values["kind"] == kind.value
    assert facts.values["responsible"] == "ivanov"
    assert facts.values["duplicates"] == ({"id": "56", "name": "Двойник", "by": ("email",)},)


@pytest.mark.parametrize(
    ("counted", "known", "deals"), [(None, 0, 0), (None, 2, 2), (3, 1, 3), (0, 1, 1)]
)
def test_a_client_has_as_many_deals_as_anybody_knows_of(
    counted: int | None, known: int, deals: int
) -> None:
    assert of_client(a_client(deals_count=counted), known=known).values["deals_count"] == deals


def test_calls_with_a_client_are_told_or_unknown() -> None:
    missed, held = a_todo(5, "fail"), a_todo(9)

    unread = of_client(a_client(), None).values
    answered = of_client(a_client(), (missed, held)).values
    waiting = of_client(a_client(), (missed,)).values

    assert unread["last_contact_at"] == Unknown("not read yet", frozenset({Group.TODOS}))
    assert (answered["last_contact_at"], answered["missed_call_at"]) == (at(9), None)
    assert (waiting["last_contact_at"], waiting["missed_call_at"]) == (None, at(5))


def test_every_fact_of_a_task_is_there() -> None:
    task = a_task(deal_ids=("43", "44"), deadline=at(60))

    facts = task_facts(task, SETUP, rule=None, as_of={}, source_as_of={})

    assert facts.values == {
        "id": "1",
        "name": "Задача 1",
        "url": "https://megaplan.example/task/1/card/",
        "responsible": "ivanov",
        "deadline": at(60),
        "status": "assigned",
        "open": True,
        "ours": False,
        "rule": None,
        "created_at": TEN,
        "updated_at": at(1),
        "deal_id": "43",
    }
    assert facts.values.keys() == CATALOGUE.of("task").keys()


@pytest.mark.parametrize(
    ("parts", "rule"),
    [({"marker": "0123456789abcdef"}, None), ({"owner_id": ME}, None), ({}, "call")],
)
def test_a_task_is_ours_by_its_marker_its_owner_or_our_journal(
    parts: dict[str, Any], rule: str | None
) -> None:
    task = a_task(responsible_id=None, **parts)

    facts = task_facts(task, SETUP, rule=rule, as_of={}, source_as_of={})

    assert facts.values["ours"] is True
    assert facts.values["responsible"] is None
    assert facts.values["deal_id"] is None
