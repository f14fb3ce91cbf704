"""Everything can be told to break (contract 9.12, reliability 4.2)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.sandbox.conftest import link
from westsync.sandbox import Fault

if TYPE_CHECKING:
    from tests.sandbox.conftest import Api
    from westsync.sandbox import World

TASK: dict[str, Any] = {
    "contentType": "Task",
    "name": "Перезвонить",
    "isUrgent": False,
    "isTemplate": False,
}


@pytest.mark.parametrize("status", [401, 403, 404, 409, 500, 502, 503, 504])
def test_a_status_is_answered_once_and_nothing_is_done(api: Api, world: World, status: int) -> None:
    world.break_next("POST /task", "status", status=status)

    broken = api.post("/task", TASK)

    assert broken.status_code == status
    assert broken.headers["content-type"].startswith("text/html") is (status >= 500)
    assert world.store.all("Task") == []
    assert api.post("/task", TASK).status_code == 200


@pytest.mark.parametrize("wish", ["3", "Tue, 24 Nov 2026 06:05:00 GMT", "soon", "-1"])
def test_too_many_requests_says_when_to_come_back_in_any_form(
    api: Api, world: World, wish: str
) -> None:
    world.break_next("GET /deal", "status", status=429, retry_after=wish)

    answer = api.get("/deal")

    assert answer.status_code == 429
    assert answer.headers["retry-after"] == wish


@pytest.mark.parametrize(
    ("kind", "done"),
    [("drop_before", 0), ("commit_then_drop", 1), ("truncated", 1)],
)
def test_a_cut_connection_leaves_the_outcome_open(
    api: Api, world: World, kind: str, done: int
) -> None:
    world.break_next("POST /task", kind)

    with pytest.raises(httpx.RemoteProtocolError):
        api.post("/task", TASK)

    assert len(world.store.all("Task")) == done
    assert world.requests[-1].fault == kind


@pytest.mark.parametrize(
    ("kind", "status", "done"),
    [("commit_then_500", 500, 1), ("empty_body", 200, 1), ("html_login", 200, 0)],
)
def test_an_unreadable_answer_may_hide_a_done_deed(
    api: Api, world: World, kind: str, status: int, done: int
) -> None:
    world.break_next("POST /task", kind)

    answer = api.post("/task", TASK)

    assert answer.status_code == status
    assert not answer.headers["content-type"].startswith("application/json") or not answer.content
    assert len(world.store.all("Task")) == done


def test_applied_late_shows_only_after_the_clock_has_passed(api: Api, world: World) -> None:
    world.break_next("POST /task", "apply_late", seconds=30)

    with pytest.raises(httpx.RemoteProtocolError):
        api.post("/task", TASK)
    world.advance(timedelta(seconds=29))
    before = len(world.store.all("Task"))
    world.advance(timedelta(seconds=1))

    assert before == 0
    assert len(world.store.all("Task")) == 1


def test_a_delay_makes_an_impatient_client_give_up_after_the_deed(api: Api, world: World) -> None:
    world.break_next("POST /task", "delay", seconds=0.5)

    with pytest.raises(httpx.ReadTimeout):
        api.raw("POST", "/task", json=TASK, timeout=0.1)

    assert len(world.store.all("Task")) == 1


def test_a_list_is_empty_once(api: Api, world: World, deal: str) -> None:
    world.break_next("GET /deal", "empty_list")

    first = api.get("/deal").json()

    assert (first["meta"]["status"], first["data"]) == (200, [])
    assert [doc["id"] for doc in api.data("/deal")] == [deal]


def test_stale_reads_show_the_past_for_some_seconds(api: Api, world: World, deal: str) -> None:
    world.break_next("GET /deal*", "stale", seconds=10, times=None)
    world.edit_deal(deal, {"name": "Новое имя"}, by="ivanov")
    other = world.create_deal()

    stale = api.data(f"/deal/{deal}")["name"]
    hidden = api.get(f"/deal/{other}").status_code
    world.advance(timedelta(seconds=10))

    assert stale == "Заявка с сайта 10482"
    assert hidden == 404
    assert api.data(f"/deal/{deal}")["name"] == "Новое имя"
    assert len(api.data("/deal")) == 2


def test_lists_may_lag_behind_cards(api: Api, world: World, deal: str) -> None:
    world.advance(timedelta(minutes=1))
    world.turn(list_lag_s=5)
    task = api.new_task(deals=[link("Deal", deal)])["id"]
    world.edit_deal(deal, {"name": "Новое имя"}, by="ivanov")

    listed = api.data("/deal")[0]["name"]
    linked = api.data(f"/deal/{deal}/linkedTasks")
    card = api.data(f"/deal/{deal}")["name"]
    world.advance(timedelta(seconds=5))

    assert listed == "Заявка с сайта 10482"
    assert linked == []
    assert card == "Новое имя"
    assert [doc["id"] for doc in api.data(f"/deal/{deal}/linkedTasks")] == [task]
    assert api.data("/deal")[0]["name"] == "Новое имя"


def test_a_fault_strikes_from_the_nth_request_a_number_of_times(api: Api, world: World) -> None:
    world.break_next("GET /currentUser", "status", status=503, nth=2, times=2)

    assert [api.get("/currentUser").status_code for _ in range(4)] == [200, 503, 503, 200]
    assert world.faults.armed == ()


def test_chances_are_drawn_from_the_seed(api: Api, world: World) -> None:
    def play() -> list[int]:
        world.reset(seed=7)
        api.http.headers["Authorization"] = f"Bearer {world.tokens.application}"
        world.break_next("GET *", "status", status=503, probability=0.5, times=None)
        return [api.get("/currentUser").status_code for _ in range(12)]

    first, second = play(), play()

    assert first == second
    assert set(first) == {200, 503}


def test_a_fault_can_single_out_one_object(api: Api, world: World, deal: str) -> None:
    other = world.create_deal()
    world.break_next(f"GET /deal/{deal}", "status", status=403, times=None)

    assert api.get(f"/deal/{deal}").status_code == 403
    assert api.get(f"/deal/{other}").status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"route": "*", "kind": "explode"},
        {"kind": "status"},
        {"route": "*", "kind": "status", "status": 200},
        {"route": "*", "kind": "status", "probability": 0},
        {"route": "*", "kind": "status", "nth": 0},
        {"route": "*", "kind": "status", "often": 3},
    ],
)
def test_a_fault_that_could_not_strike_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"fault|explode"):
        Fault.read(wrong)
