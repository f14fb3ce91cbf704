"""P1.1 from the deal in Megaplan to the closed task, with the real program over real HTTP."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.e2e.office import MSK, SOURCE
from westsync.sandbox import breaches

if TYPE_CHECKING:
    from tests.e2e.office import Office


def a_request(office: Office, **more: str) -> str:
    client = office.world.create_client(first="Пётр", last="Сидоров", phones=["+79990000001"])
    return office.world.create_deal(
        name="Yamaha DTX6", client=client, manager="ivanov", fields={SOURCE: "Сайт"} | more
    )


def test_a_request_becomes_a_task_an_escalation_and_a_closed_task(office: Office) -> None:
    deal = a_request(office)

    assert office.cycle(office.at(9, 4))["acted"] == []
    call = office.cycle(office.at(9, 5))["acted"]
    head = office.cycle(office.at(9, 10))["acted"]
    office.world.clock.set(office.at(9, 12))
    office.world.comment(deal, by="sidorova", text="Созвонились, ждёт менеджера")
    closed = office.cycle(office.at(9, 16))["acted"]

    assert [(a["kind"], a["rule"], a["state"]) for a in call] == [
        ("task.ensure", "first-contact", "done")
    ]
    assert [(a["kind"], a["state"]) for a in head] == [("notify", "done")]
    assert ("task.close", "done") in [(a["kind"], a["state"]) for a in closed]
    assert list(breaches(office.world.requests)) == []


def test_a_second_cycle_at_the_same_moment_writes_nothing_and_asks_at_most_three_times(
    office: Office,
) -> None:
    a_request(office)
    office.cycle(office.at(9, 1))
    office.cycle(office.at(9, 5))
    before = len(office.world.requests)

    again = office.cycle(office.at(9, 5))

    asked = office.requests_since(before)
    assert again["acted"] == []
    assert len(asked) <= 3
    assert not [line for line in asked if line.startswith("POST") and "bulk" not in line]


@pytest.mark.parametrize(
    ("created", "task_at"),
    [
        (datetime(2025, 11, 1, 16, 58, tzinfo=MSK), datetime(2025, 11, 5, 9, 3, tzinfo=MSK)),
        (datetime(2026, 11, 24, 12, 55, tzinfo=MSK), datetime(2026, 11, 24, 14, 0, tzinfo=MSK)),
    ],
)
def test_the_worked_times_of_the_grammar_hold(
    office: Office, created: datetime, task_at: datetime
) -> None:
    office.env["WESTSYNC__ACTIVE_FROM"] = "2025-10-01"
    office.world.clock.set(created)
    a_request(office)

    with office.opened(created + timedelta(minutes=1)) as drive:
        drive.advance(minutes=1)
        early = drive.go_to(task_at - timedelta(minutes=1))
        due = drive.go_to(task_at)

    assert early.acted == ()
    assert [a.kind for a in due.acted] == ["task.ensure"]


def test_a_plan_shows_what_the_cycle_then_does_and_writes_nothing(office: Office) -> None:
    a_request(office)
    office.cycle(office.at(9, 1))
    at = office.at(9, 5)
    office.world.clock.set(at)
    before = len(office.world.requests)

    plan = office.run("plan", "--at", at.isoformat(), "--json")
    writes = [r for r in office.requests_since(before) if r.startswith("POST") and "bulk" not in r]
    done = office.cycle(at)

    planned = json.loads(plan.stdout)["intents"]
    assert writes == []
    assert [i["key"] for i in planned if i["state"] == "new"] == [a["key"] for a in done["acted"]]


def test_a_task_that_a_person_edited_is_left_alone(office: Office) -> None:
    deal = a_request(office)
    office.cycle(office.at(9, 1))
    ref = office.cycle(office.at(9, 5))["acted"][0]["ref"]
    office.world.clock.set(office.at(9, 7))
    office.world.edit_task(ref, {"name": "Позвонить после обеда"}, by="sidorova")
    office.world.comment(deal, by="sidorova", text="Созвонились")

    acted = office.cycle(office.at(9, 12))["acted"]

    closes = [a for a in acted if a["kind"] == "task.close"]
    assert closes
    assert "left" in closes[0]["cause"]
    assert office.world.store.need("Task", ref)["status"] in {"assigned", "accepted", "created"}


def test_a_drill_never_touches_a_real_account(office: Office) -> None:
    office.env["WESTSYNC__ACCOUNTS__MAIN__MEGAPLAN__URL"] = "https://mp12345678.megaplan.ru"

    refused = office.run("cycle", "--at", "2026-11-24T10:00")

    assert refused.returncode == 64
    assert "loopback" in refused.stderr
