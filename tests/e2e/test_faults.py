"""Faults of the CRM in the middle of a cycle: nothing is lost, nothing is doubled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.office import SOURCE
from westsync.sandbox import breaches

if TYPE_CHECKING:
    from tests.e2e.office import Drive, Office


def a_request(office: Office) -> str:
    client = office.world.create_client(first="Пётр", last="Сидоров", phones=["+79990000001"])
    return office.world.create_deal(
        name="Yamaha DTX6", client=client, manager="ivanov", fields={SOURCE: "Сайт"}
    )


def marked_tasks(office: Office) -> list[str]:
    tasks = office.world.store.all("Task")
    return [str(t["statement"]).split()[-1] for t in tasks if "ws:" in str(t.get("statement"))]


def play_ten_minutes(drive: Drive, office: Office) -> None:
    for minute in (1, 5, 6, 7, 8, 9):
        drive.go_to(office.at(9, minute))


@pytest.mark.parametrize(
    ("route", "kind", "how"),
    [
        ("POST /task", "commit_then_drop", {}),
        ("POST /task", "commit_then_500", {}),
        ("POST /task", "drop_before", {}),
        ("POST /task", "empty_body", {}),
        ("POST /task", "truncated", {}),
        ("POST /task", "html_login", {}),
        ("POST /task", "apply_late", {"seconds": 100}),
        ("POST /task", "status", {"status": 429, "retry_after": "30"}),
        ("POST /task", "status", {"status": 502}),
        ("POST /task", "status", {"status": 401}),
        ("POST /bulk", "status", {"status": 500, "times": 2}),
        ("GET /deal", "status", {"status": 503, "times": 2}),
        ("GET /deal", "empty_list", {}),
        ("GET /task", "empty_list", {}),
        ("GET /deal", "html_login", {}),
        ("GET /task", "truncated", {}),
    ],
)
def test_one_fault_costs_time_but_makes_one_task(
    office: Office, route: str, kind: str, how: dict[str, object]
) -> None:
    a_request(office)
    with office.opened(office.at(9, 1)) as drive:
        drive.go_to(office.at(9, 1))
        office.world.break_next(route, kind, **how)

        play_ten_minutes(drive, office)

    assert len(marked_tasks(office)) == 1
    assert list(breaches(office.world.requests)) == []


@pytest.mark.parametrize(
    "switches",
    [
        {"deals_on_create": False},
        {"deals_on_create": False, "link_with": "404"},
        {"bulk": False},
        {"unauthorized": "inner", "token_life_s": 60},
        {"list_lag_s": 8},
        {"comment_touches_deal": True, "task_touches_deal": True},
        {"comment_sort": False, "state_names_in_lists": True},
    ],
    ids=str,
)
def test_no_answer_to_an_open_question_breaks_the_main_job(
    office: Office, switches: dict[str, object]
) -> None:
    office.world.turn(**switches)
    deal = a_request(office)
    with office.opened(office.at(9, 1)) as drive:
        play_ten_minutes(drive, office)
        drive.go_to(office.at(9, 10))
        office.world.comment(deal, by="sidorova", text="Созвонились")
        drive.go_to(office.at(9, 16))
        drive.go_to(office.at(9, 17))

    tasks = [t for t in office.world.store.all("Task") if "ws:" in str(t.get("statement"))]
    first = [t for t in tasks if "P1.1" in str(t["subject"])]
    assert len(first) == 1
    assert first[0]["status"] in {"done", "completed", "cancelled"}
    assert list(breaches(office.world.requests)) == []


def test_a_task_ends_up_on_its_deal_even_if_the_account_ignores_deals_on_create(
    office: Office,
) -> None:
    office.world.turn(deals_on_create=False)
    deal = a_request(office)

    with office.opened(office.at(9, 1)) as drive:
        play_ten_minutes(drive, office)

    task = next(t for t in office.world.store.all("Task") if "ws:" in str(t.get("statement")))
    assert [d["id"] for d in task["deals"]] == [deal]


def test_a_hidden_field_makes_a_rule_unknown_and_never_late(office: Office) -> None:
    office.world.turn(hidden_fields=[f"Deal.{SOURCE}"])
    a_request(office)

    with office.opened(office.at(9, 1)) as drive:
        play_ten_minutes(drive, office)

    assert marked_tasks(office) == []


def test_a_filter_that_the_server_ignores_never_widens_an_action(office: Office) -> None:
    a_request(office)
    foreign = office.world.create_deal(
        name="чужая воронка", manager="ivanov", fields={SOURCE: "Сайт"}
    )
    office.world.store.change(
        office.world.store.need("Deal", foreign), program={"contentType": "Program", "id": "99"}
    )

    with office.opened(office.at(9, 1)) as drive:
        play_ten_minutes(drive, office)

    assert len(marked_tasks(office)) == 1
