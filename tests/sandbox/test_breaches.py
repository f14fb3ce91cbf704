"""The request log knows every breach of the contract, and a clean client has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.sandbox.conftest import NEWEST, encoded, link
from westsync.sandbox import breaches
from westsync.sandbox.megaplan.breaches import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.conftest import Api
    from westsync.sandbox import World

TASK: dict[str, Any] = {
    "contentType": "Task",
    "name": "Перезвонить",
    "subject": "<p>Причина</p>ws:7k3m9q2x4r8t6v5w",
    "isUrgent": False,
    "isTemplate": False,
}
NOTE = {"contentType": "Comment", "content": "<p>Готово</p>"}


def either(kind: str) -> dict[str, Any]:
    term = {
        "contentType": "FilterTermString",
        "field": "name",
        "comparison": "equals",
        "value": "x",
    }
    group = {"contentType": "FilterTermGroup", "join": kind, "terms": [term]}
    return {
        "contentType": "TradeFilter",
        "config": {"contentType": "FilterConfig", "termGroup": group},
    }


def bulk(count: int) -> dict[str, Any]:
    call = {"contentType": "ApiCall", "method": "GET", "url": "/api/v3/currentUser"}
    return {"contentType": "BulkApiCall", "calls": [call] * count}


BREACHES: dict[str, Callable[[Api], object]] = {
    "access-token-in-query": lambda api: api.get("/currentUser", access_token="x"),
    "auth-encoding": lambda api: api.post("/auth/access_token", {"grant_type": "password"}),
    "bulk-too-large": lambda api: api.post("/bulk", bulk(21)),
    "comment-transports": lambda api: api.post(
        "/deal/501/comments",
        {
            "contentType": "CommentCreateActionRequest",
            "comment": NOTE,
            "transports": [{"contentType": "EmailTransportConfig"}],
        },
    ),
    "cursor-type": lambda api: api.get(
        "/contractor",
        pageAfter=link("Contractor", "1"),
        sortBy=NEWEST,
    ),
    "delete-call": lambda api: api.raw("DELETE", "/deal/501"),
    "extra-parameter": lambda api: api.get("/deal", sortBy=NEWEST, offset=100),
    "filter-type": lambda api: api.get(
        "/deal", sortBy=NEWEST, filter={"contentType": "DealFilter"}
    ),
    "limit-over-100": lambda api: api.get("/deal", limit=500, sortBy=NEWEST),
    "list-without-sort": lambda api: api.get("/deal", limit=100),
    "missing-content-type": lambda api: api.post("/deal/501/comments", {"content": "x"}),
    "or-join": lambda api: api.get("/deal", sortBy=NEWEST, filter=either("or")),
    "params-query": lambda api: api.raw("GET", "/deal?limit=5"),
    "personal-data": lambda api: api.get("/employee/1000003", fields=["passportData"]),
    "q-on-list": lambda api: api.get("/deal", q="x", sortBy=NEWEST),
    "query-encoding": lambda api: api.raw(
        "GET", "/deal/search?" + encoded({"q": "a b"}).replace("%20", "+")
    ),
    "readonly-field": lambda api: api.post(
        "/deal/501",
        {"contentType": "Deal", "id": "501", "state": link("ProgramState", "139")},
    ),
    "repeated-create": lambda api: [api.post("/task", TASK) for _ in range(2)],
    "sort-field": lambda api: api.get("/task", sortBy=NEWEST),
    "todo-when": lambda api: api.post(
        "/todo", {"contentType": "Todo", "name": "x", "when": {"contentType": "IntervalTime"}}
    ),
    "too-many-fields": lambda api: api.get("/deal/501", fields=["name"] * 60),
    "transition-not-possible": lambda api: api.post(
        "/deal/501/applyTransition", {"contentType": "ProgramTransition", "id": "1"}
    ),
    "unknown-endpoint": lambda api: api.get("/payment"),
    "unknown-field": lambda api: api.get("/deal", sortBy=NEWEST, fields=["responsible"]),
    "unknown-filter-field": lambda api: api.get(
        "/deal",
        sortBy=NEWEST,
        filter={
            "contentType": "TradeFilter",
            "config": {
                "contentType": "FilterConfig",
                "termGroup": {
                    "contentType": "FilterTermGroup",
                    "join": "and",
                    "terms": [{"contentType": "FilterTermBool", "field": "x", "value": True}],
                },
            },
        },
    ),
    "update-without-id": lambda api: api.post("/deal/501", {"contentType": "Deal", "name": "x"}),
    "user-agent": lambda api: api.raw("GET", "/currentUser", headers={"User-Agent": "curl/8"}),
}


@pytest.mark.parametrize("rule", sorted(BREACHES))
def test_each_breach_is_named_with_its_section(
    api: Api, world: World, deal: str, rule: str
) -> None:
    assert deal == "501"

    BREACHES[rule](api)

    found = breaches(world.requests)
    assert rule in {breach.rule for breach in found}
    breach = next(breach for breach in found if breach.rule == rule)
    assert f"contract {SECTIONS[rule]}" in str(breach)
    assert world.requests[breach.request - 1].number == breach.request


def test_every_rule_has_its_case() -> None:
    assert set(BREACHES) == set(SECTIONS)


def test_a_careful_client_has_no_breach(api: Api, world: World, deal: str) -> None:
    fields = ["timeUpdated", "positions", "Category1000061CustomFieldGorod"]
    api.data("/deal", limit=100, sortBy=NEWEST, fields=fields, filter=either("and"))
    activity = [{"contentType": "SortField", "fieldName": "activity", "desc": True}]
    api.data("/task", limit=100, sortBy=activity, fields=["timeCreated", "deals"])
    task = api.made("/task", {**TASK, "deals": [link("Deal", deal)]})
    api.made(f"/deal/{deal}/linkWith", link("Task", task["id"]))
    action = {"contentType": "TaskActionRequest", "action": "act_done", "checkTodos": False}
    api.made(f"/task/{task['id']}/doAction", action)
    (way, *_) = api.data(f"/deal/{deal}")["possibleTransitions"]
    move = {"contentType": "ProgramTransition", "id": way["id"]}
    api.made(f"/deal/{deal}/applyTransition", move)
    city = {"contentType": "Deal", "id": deal, "Category1000061CustomFieldGorod": "Тверь"}
    api.made(f"/deal/{deal}", city)
    forced = {
        "contentType": "CommentCreateActionRequest",
        "comment": {**NOTE, "subject": link("Deal", deal)},
        "participantsToNotify": [link("Employee", "1000004")],
        "transports": [{}],
    }
    api.made(f"/deal/{deal}/comments", forced)
    api.made("/bulk", bulk(2))
    files = {"files[]": ("a.pdf", b"x", "application/pdf")}
    file = api.http.post("/api/file", files=files).json()["data"][0]
    api.http.get(file["path"])

    assert [str(breach) for breach in breaches(world.requests)] == []


def test_calls_inside_a_bulk_are_judged_too(api: Api, world: World) -> None:
    call = {"contentType": "ApiCall", "method": "GET", "url": "/api/v3/deal?limit=5"}

    api.made("/bulk", {"contentType": "BulkApiCall", "calls": [call]})

    assert [breach.rule for breach in breaches(world.requests)] == ["params-query"]


def sent_after(api: Api, world: World, *, look: bool) -> list[str]:
    """Lose the answer of a create, look for it or not, send it again."""
    world.break_next("POST /task", "commit_then_drop")
    with pytest.raises(httpx.RemoteProtocolError):
        api.post("/task", TASK)
    if look:
        activity = [{"contentType": "SortField", "fieldName": "activity", "desc": True}]
        api.data("/task", sortBy=activity)
    api.post("/task", TASK)
    return [breach.rule for breach in breaches(world.requests)]


def test_a_create_is_sent_again_only_after_a_look(api: Api, world: World) -> None:
    assert sent_after(api, world, look=True) == []


def test_a_create_sent_again_blindly_is_a_breach(api: Api, world: World) -> None:
    assert sent_after(api, world, look=False) == ["repeated-create"]


def test_a_create_that_was_refused_may_be_sent_again(api: Api, world: World) -> None:
    world.break_next("POST /task", "status", status=429, retry_after="1")

    api.post("/task", TASK)
    api.post("/task", TASK)

    assert breaches(world.requests) == []
