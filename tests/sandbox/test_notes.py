"""Todos, comments, notifications (contract 4.4, 4.5, 4.13, 9.9, 9.10)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.sandbox.conftest import Api, link

if TYPE_CHECKING:
    from westsync.sandbox import Server, World


def test_updating_a_todo_without_id_creates_another(api: Api) -> None:
    first = api.made("/todo", {"contentType": "Todo", "name": "Позвонить"})["id"]

    trap = api.made(f"/todo/{first}", {"contentType": "Todo", "name": "Ещё раз"})
    right = api.made(f"/todo/{first}", {"contentType": "Todo", "id": first, "name": "Уточнить"})

    assert trap["id"] != first
    assert right["id"] == first
    assert [todo["name"] for todo in api.data("/todo")] == ["Уточнить", "Ещё раз"]


def test_a_todo_made_by_api_has_no_time(api: Api) -> None:
    body = {
        "contentType": "Todo",
        "name": "Встреча",
        "when": {"contentType": "IntervalTime"},
    }

    assert api.post("/todo", body).status_code == 422


def test_a_todo_of_a_deal_is_finished_with_a_comment_and_does_not_touch_the_deal(
    api: Api, world: World, deal: str
) -> None:
    before = api.data(f"/deal/{deal}")["timeUpdated"]
    world.advance(timedelta(minutes=5))
    todo = api.made(f"/deal/{deal}/todos", {"contentType": "Todo", "name": "Позвонить"})["id"]

    finish = {"contentType": "TodoFinishActionRequest", "resultText": "Дозвонился"}
    done = api.made(f"/todo/{todo}/doAction", finish)
    again = api.post(f"/todo/{todo}/doAction", finish)

    (listed,) = api.data(f"/deal/{deal}/todos")
    assert done["status"]["masterType"] == "finished"
    assert listed["timeFinished"]["value"] == "2026-11-24T06:05:00+00:00"
    assert listed["relations"] == [link("Deal", deal)]
    assert api.data(f"/todo/{todo}/comments")[0]["content"] == "Дозвонился"
    assert again.status_code == 403
    assert api.data(f"/deal/{deal}")["timeUpdated"] == before


def test_people_plan_calls_at_a_time_and_they_succeed_or_fail(
    api: Api, world: World, deal: str
) -> None:
    at = world.now + timedelta(hours=1)
    call = world.add_todo(deal, "Звонок", by="ivanov", at=at)
    meeting = world.add_todo(deal, "Встреча", by="ivanov", category="meeting")
    near = api.data(f"/deal/{deal}")["nearTodo"]["id"]

    world.finish_todo(call, by="ivanov", status="success", text="договорились")
    world.finish_todo(meeting, by="ivanov", status="fail")

    todos = {todo["id"]: todo for todo in api.data(f"/deal/{deal}/todos")}
    assert near == call
    assert todos[call]["when"]["from"]["value"] == "2026-11-24T07:00:00+00:00"
    assert todos[call]["category"]["masterType"] == "call"
    assert todos[meeting]["status"]["masterType"] == "fail"


@pytest.mark.parametrize("transports", [None, [], [{}]])
def test_both_forms_of_a_comment_work(api: Api, deal: str, transports: object) -> None:
    simple = {"contentType": "Comment", "content": "<p>просто</p>"}
    forced: dict[str, object] = {
        "contentType": "CommentCreateActionRequest",
        "comment": {**simple, "content": "<p>с оповещением</p>", "subject": link("Deal", deal)},
        "participantsToNotify": [link("Employee", "1000004")],
    }
    if transports is not None:
        forced["transports"] = transports

    api.made(f"/deal/{deal}/comments", simple)
    api.made(f"/deal/{deal}/comments", forced)

    notes = api.data(f"/deal/{deal}/comments")
    assert [note["content"] for note in notes] == ["<p>просто</p>", "<p>с оповещением</p>"]
    assert all(note["owner"] == link("Employee", "1000099") for note in notes)
    assert api.data(f"/deal/{deal}")["commentsCount"] == 2


def test_who_is_named_or_mentioned_is_notified(api: Api, server: Server, deal: str) -> None:
    text = 'Посмотрите <megaplan:mention to="Employee/1000004">'
    api.made(f"/deal/{deal}/comments", {"contentType": "Comment", "content": text})
    orlov = Api(server, "orlov@example.test")

    (note,) = orlov.data("/notification", isActive=True)
    orlov.raw("DELETE", f"/notification/{note['id']}")
    left = orlov.data("/notification", isActive=True)
    refused = orlov.get("/notification", fields=["content"])
    orlov.http.close()

    assert note["isMention"] is True
    assert left == []
    assert refused.status_code == 422


def test_nobody_deletes_a_comment_and_only_its_author_edits(
    api: Api, world: World, deal: str
) -> None:
    foreign = world.comment(deal, by="ivanov", text="звонил")
    own = api.made(f"/deal/{deal}/comments", {"contentType": "Comment", "content": "моё"})["id"]

    denied = api.raw("DELETE", f"/comment/{own}")
    edited = api.made(f"/comment/{own}", {"contentType": "Comment", "id": own, "content": "иное"})
    other = api.post(f"/comment/{foreign}", {"contentType": "Comment", "id": foreign})

    assert denied.status_code == 403
    assert denied.json()["meta"]["errors"][0]["message"] == "No rights to delete comment"
    assert edited["content"] == "иное"
    assert other.status_code == 403


def test_a_comment_touches_the_deal_only_if_switched_so(api: Api, world: World, deal: str) -> None:
    world.advance(timedelta(minutes=5))
    world.comment(deal, by="ivanov", text="раз")
    untouched = api.data(f"/deal/{deal}")["timeUpdated"]["value"]
    world.turn(comment_touches_deal=True)
    world.comment(deal, by="ivanov", text="два")

    assert untouched == "2026-11-24T06:00:00+00:00"
    assert api.data(f"/deal/{deal}")["timeUpdated"]["value"] == "2026-11-24T06:05:00+00:00"


def test_sorting_comments_works_or_is_422(api: Api, world: World, deal: str) -> None:
    newest = [{"contentType": "SortField", "fieldName": "timeCreated", "desc": True}]
    for text in ("раз", "два"):
        world.comment(deal, by="ivanov", text=text)
        world.advance(timedelta(seconds=1))

    sorted_ = api.data(f"/deal/{deal}/comments", sortBy=newest)
    world.turn(comment_sort=False)

    assert [note["content"] for note in sorted_] == ["два", "раз"]
    assert api.get(f"/deal/{deal}/comments", sortBy=newest).status_code == 422


def test_a_comment_without_text_is_422(api: Api, deal: str) -> None:
    body = {"contentType": "Comment", "content": " "}

    assert api.post(f"/deal/{deal}/comments", body).status_code == 422
