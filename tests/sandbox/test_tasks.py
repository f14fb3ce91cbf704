"""Tasks: creation, state machine, links, lists (contract 4.3, 9.8)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.conftest import Api, link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.sandbox import Server, World

MOSCOW = timezone(timedelta(hours=3))


@pytest.fixture
def ivanov(server: Server) -> Iterator[Api]:
    api = Api(server, "ivanov@example.test")
    yield api
    api.http.close()


def act(api: Api, task: str, action: str, **more: Any) -> Any:
    body = {"contentType": "TaskActionRequest", "action": action, **more}
    return api.post(f"/task/{task}/doAction", body)


@pytest.mark.parametrize("missing", ["name", "isUrgent", "isTemplate"])
def test_a_task_needs_its_required_fields(api: Api, missing: str) -> None:
    body = {"contentType": "Task", "name": "x", "isUrgent": False, "isTemplate": False}
    del body[missing]

    answer = api.post("/task", body)

    assert answer.status_code == 422
    assert answer.json()["meta"]["errors"][0]["field"] == missing


def test_a_task_for_another_is_assigned_and_ids_follow_the_example(api: Api) -> None:
    task = api.new_task(responsible=link("Employee", 1000003))

    assert (task["id"], task["humanNumber"]) == ("1006301", 6301)
    assert task["status"] == "assigned"
    assert task["owner"]["id"] == "1000099"
    assert api.new_task()["status"] == "created"


def test_a_task_passes_from_assigned_to_completed(api: Api, ivanov: Api, world: World) -> None:
    task = api.new_task(responsible=link("Employee", 1000003))["id"]

    accepted = act(ivanov, task, "act_accept_task").json()["data"]
    world.advance(timedelta(minutes=1))
    done = act(ivanov, task, "act_done", text="Клиент получил ответ").json()["data"]
    completed = act(api, task, "act_accept_work").json()["data"]

    assert accepted["status"] == "accepted"
    assert done["status"] == "done"
    assert done["statusChangeTime"]["value"] == "2026-11-24T06:01:00+00:00"
    assert completed["status"] == "completed"
    (note,) = api.data(f"/task/{task}/comments")
    assert note["content"] == "Клиент получил ответ"


def test_a_forbidden_action_is_403_and_rights_say_so_before(api: Api, ivanov: Api) -> None:
    task = api.new_task(responsible=link("Employee", 1000003))["id"]

    rights = ivanov.data(f"/task/{task}")["rights"]
    answer = act(ivanov, task, "act_cancel")

    assert rights["cancel"] is False
    assert answer.status_code == 403
    assert "No act_cancel rights for model" in answer.json()["meta"]["errors"][0]["message"]
    assert act(api, task, "act_renew").status_code == 403
    assert act(api, task, "act_fly").status_code == 422


def test_the_owner_may_or_may_not_finish_for_the_responsible(api: Api, world: World) -> None:
    kind = api.new_task(responsible=link("Employee", 1000003))["id"]
    strict = api.new_task(responsible=link("Employee", 1000003))["id"]

    finished = act(api, kind, "act_done").json()["data"]["status"]
    world.turn(owner_may_finish=False)

    assert finished == "completed"
    assert act(api, strict, "act_done").status_code == 403


def test_deals_at_creation_are_honoured_or_ignored(api: Api, world: World, deal: str) -> None:
    linked = api.new_task(deals=[link("Deal", deal)])["id"]
    world.turn(deals_on_create=False)
    loose = api.new_task(deals=[link("Deal", deal)])["id"]

    assert [task["id"] for task in api.data(f"/deal/{deal}/linkedTasks")] == [linked]
    assert api.data(f"/task/{loose}/deals") == []


def test_link_with_works_from_both_sides_and_is_journalled(api: Api, deal: str) -> None:
    one, two = api.new_task()["id"], api.new_task()["id"]

    api.made(f"/deal/{deal}/linkWith", link("Task", one))
    api.made(f"/task/{two}/linkWith", link("Deal", deal))
    api.made(f"/deal/{deal}/unlinkWith", link("Task", one))

    history = api.data(f"/deal/{deal}/history")
    links = [item for item in history if item["contentType"] == "BasedOnHistory"]
    assert [task["id"] for task in api.data(f"/deal/{deal}/linkedTasks")] == [two]
    assert sorted(item["unlink"] for item in links) == [False, False, True]


def test_link_with_may_not_be_there(api: Api, world: World, deal: str) -> None:
    world.turn(link_with="404")
    task = api.new_task()["id"]

    assert api.post(f"/deal/{deal}/linkWith", link("Task", task)).status_code == 404
    assert api.data(f"/deal/{deal}/linkedTasks") == []


def test_a_task_moves_its_activity_and_not_the_deal(api: Api, world: World, deal: str) -> None:
    before = api.data(f"/deal/{deal}")["timeUpdated"]
    world.advance(timedelta(minutes=5))
    task = api.new_task(deals=[link("Deal", deal)])["id"]
    world.advance(timedelta(minutes=5))
    api.made(f"/task/{task}/comments", {"contentType": "Comment", "content": "звонил"})

    assert api.data(f"/deal/{deal}")["timeUpdated"] == before
    assert api.data(f"/task/{task}")["activity"]["value"] == "2026-11-24T06:10:00+00:00"


def test_an_unfiltered_list_is_mixed_and_shows_the_active(api: Api, world: World) -> None:
    open_ = world.create_task("Открыта", by="ivanov")
    closed = world.create_task("Закрыта", by="ivanov")
    world.finish_task(closed, by="ivanov")

    listed = api.data("/task")

    assert {item["contentType"] for item in listed} == {"Task", "Project"}
    assert [item["id"] for item in listed if item["contentType"] == "Task"] == [open_]
    assert api.data(f"/task/{closed}")["status"] == "completed"


def test_a_deadline_is_a_day_or_a_moment_and_makes_overdue(api: Api, world: World) -> None:
    day = {"contentType": "DateOnly", "year": 2026, "month": 10, "day": 24}
    at = {"contentType": "DateTime", "value": "2026-11-24T12:10:00+03:00"}
    by_day = api.new_task(deadline=day)["id"]
    by_moment = api.new_task(deadline=at)["id"]

    world.set_now(datetime(2026, 11, 24, 12, 11, tzinfo=MOSCOW))

    assert api.data(f"/task/{by_day}")["isOverdue"] is False
    assert api.data(f"/task/{by_moment}")["isOverdue"] is True
    world.turn(deadline_time=False)
    refused = {"contentType": "Task", "name": "x", "isUrgent": False, "isTemplate": False}
    assert api.post("/task", {**refused, "deadline": at}).status_code == 422


def test_executors_and_auditors_come_and_go(api: Api) -> None:
    task = api.new_task()["id"]

    api.made(f"/task/{task}/executors", link("Employee", 1000004))
    api.made(f"/task/{task}/auditors", link("Employee", 1000010))
    there = api.data(f"/task/{task}/executors")
    api.raw("DELETE", f"/task/{task}/executors/Employee/1000004")

    assert [person["id"] for person in there] == ["1000004"]
    assert api.data(f"/task/{task}/executors") == []
    assert [person["id"] for person in api.data(f"/task/{task}/auditors")] == ["1000010"]


def test_delegating_and_moving_the_deadline(api: Api, ivanov: Api) -> None:
    task = api.new_task(responsible=link("Employee", 1000003))["id"]
    day = {"contentType": "DateOnly", "year": 2026, "month": 10, "day": 30}
    ask = {"contentType": "DeadlineChangeRequest", "issue": link("Task", task), "deadline": day}

    asked = ivanov.made(f"/task/{task}/changeDeadline", ask)
    granted = api.made(f"/task/{task}/changeDeadline", ask)
    given = ivanov.made(f"/task/{task}/delegate", link("Employee", 1000004))

    assert asked["deadline"] is None
    assert granted["deadline"] == day
    assert given["responsible"]["id"] == "1000004"


def test_only_owner_and_responsible_edit(api: Api, server: Server) -> None:
    task = api.new_task(responsible=link("Employee", 1000003))["id"]
    stranger = Api(server, "petrova@example.test")

    answer = stranger.post(f"/task/{task}", {"contentType": "Task", "id": task, "name": "Моё"})
    stranger.http.close()

    assert answer.status_code == 403
    assert api.data(f"/task/{task}")["name"] == "Перезвонить"
