"""Queries, envelopes, lists and pages (contract 2, 9.2 to 9.5)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.conftest import NEWEST, encoded, link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sandbox.conftest import Api
    from westsync.sandbox import World


def full_and_bare(value: object) -> Iterator[tuple[tuple[str, str], bool]]:
    """Yield each entity of a document in its order, and whether it is given in full."""
    if isinstance(value, dict):
        if "contentType" in value and "id" in value:
            yield (value["contentType"], value["id"]), len(value) > 2
        for item in value.values():
            yield from full_and_bare(item)
    elif isinstance(value, list):
        for item in value:
            yield from full_and_bare(item)


def ids(items: list[Any]) -> list[str]:
    return [item["id"] for item in items]


def test_a_query_of_another_style_is_ignored(api: Api, world: World) -> None:
    for _ in range(3):
        world.create_deal()

    styled = api.raw("GET", "/deal?limit=1").json()
    spoken = api.raw("GET", f"/deal?{encoded({'limit': 1})}=").json()

    assert len(styled["data"]) == 3
    assert len(spoken["data"]) == 1


def test_a_plus_in_the_query_is_a_space(api: Api, world: World) -> None:
    world.create_deal(name="две колонки")

    found = api.raw("GET", "/deal/search?" + encoded({"q": "две колонки"}).replace("%20", "+"))

    assert len(found.json()["data"]) == 1


def test_a_card_has_an_empty_array_for_pagination_and_a_list_an_object(api: Api, deal: str) -> None:
    card = api.get(f"/deal/{deal}").json()
    page = api.get("/deal").json()

    assert card["meta"] == {"status": 200, "errors": [], "pagination": []}
    assert page["meta"]["pagination"] == {
        "count": 1,
        "limit": 100,
        "currentPage": 1,
        "hasMoreNext": False,
        "hasMorePrev": False,
    }


def test_ids_are_texts_also_when_a_number_was_sent(api: Api) -> None:
    deal = api.made("/deal", {"contentType": "Deal", "program": link("Program", 14)})

    assert deal["id"] == "501"
    assert deal["program"]["id"] == "14"


def test_an_entity_is_full_once_and_never_bare_before(api: Api, world: World, deal: str) -> None:
    world.create_deal(client="1000777", manager="ivanov", lines=[("Yamaha DTX6", 1, 90_000.0)])
    world.create_task("Проверить", by="ivanov", deal=deal)

    for answer in (
        api.get(f"/deal/{deal}").json(),
        api.get("/deal", fields=["positions", "contractor", "userCreated"]).json(),
        api.get("/task", fields=["deals", "owner", "responsible"]).json(),
    ):
        seen: dict[tuple[str, str], list[bool]] = {}
        for key, full in full_and_bare(answer["data"]):
            seen.setdefault(key, []).append(full)
        expandable = {key: forms for key, forms in seen.items() if any(forms)}
        assert expandable
        assert all(forms == [True] + [False] * (len(forms) - 1) for forms in expandable.values())


def test_included_mode_moves_every_nested_entity_out(api: Api, deal: str) -> None:
    answer = api.raw("GET", f"/deal/{deal}", headers={"X-USE-INCLUDED-RESPONSE": "true"}).json()

    manager = answer["data"]["manager"]
    assert manager == {"contentType": "Employee", "id": "1000003"}
    assert any(doc["id"] == "1000003" and doc["name"] for doc in answer["included"])


def test_pages_follow_the_cursor_and_never_repeat_it(api: Api, world: World) -> None:
    made = [world.create_deal() for _ in range(7)]

    first = api.data("/deal", limit=3)
    second = api.data("/deal", limit=3, pageAfter=link("Deal", first[-1]["id"]))
    third = api.get("/deal", limit=3, pageAfter=link("Deal", second[-1]["id"])).json()
    before = api.data("/deal", limit=3, pageBefore=link("Deal", second[0]["id"]))

    assert ids(first) + ids(second) + ids(third["data"]) == made
    assert not third["meta"]["pagination"]["hasMoreNext"]
    assert ids(before) == ids(first)


@pytest.mark.parametrize("cursor", ["501", link("Contractor", "1000777"), link("Deal", "9999")])
def test_a_cursor_that_is_no_link_of_the_list_is_422(api: Api, deal: str, cursor: object) -> None:
    assert deal
    assert api.get("/deal", pageAfter=cursor).status_code == 422


def test_no_page_holds_more_than_a_hundred(api: Api, world: World) -> None:
    for _ in range(101):
        world.create_deal()

    assert len(api.data("/deal", limit=500)) == 100


def test_without_sort_the_order_is_that_of_creation(api: Api, world: World) -> None:
    made = [world.create_deal() for _ in range(3)]
    world.advance(timedelta(minutes=5))
    world.edit_deal(made[0], {"city": "Тверь"}, by="ivanov")

    assert ids(api.data("/deal")) == made
    assert ids(api.data("/deal", sortBy=NEWEST))[0] == made[0]


@pytest.mark.parametrize(
    "sort",
    [
        [{"fieldName": "timeUpdated", "desc": True}],
        [{"contentType": "SortField", "field": "timeUpdated"}],
        {"contentType": "SortField", "fieldName": "timeUpdated"},
    ],
)
def test_a_wrong_form_of_sort_is_422(api: Api, sort: object) -> None:
    answer = api.get("/deal", sortBy=sort)

    assert answer.status_code == 422
    assert answer.json()["meta"]["errors"][0]["message"].endswith("'SortField[]'")


def test_tasks_cannot_be_sorted_by_time_updated_but_by_activity(api: Api) -> None:
    by_activity = [{"contentType": "SortField", "fieldName": "activity", "desc": True}]

    assert api.get("/task", sortBy=NEWEST).status_code == 422
    assert api.get("/task", sortBy=by_activity).status_code == 200


def test_only_requested_fields_are_only_those(api: Api, deal: str) -> None:
    (item,) = api.data("/deal", fields=["timeUpdated"], onlyRequestedFields=True)

    assert set(item) == {"contentType", "id", "timeUpdated"}
    assert item["id"] == deal


@pytest.mark.parametrize(
    ("path", "name"),
    [("/task", "timeUpdated"), ("/deal", "deadline"), ("/employee", "isDropped")],
)
def test_an_unknown_field_is_422_and_named(api: Api, path: str, name: str) -> None:
    answer = api.get(path, fields=[name])

    assert answer.status_code == 422
    assert f"have not this fields: {name}" in answer.json()["meta"]["errors"][0]["message"]


def test_lists_keep_dates_of_tasks_and_names_of_states_to_themselves(
    api: Api, world: World, deal: str
) -> None:
    world.create_task("Проверить", by="ivanov", deal=deal)

    task = next(item for item in api.data("/task") if item["contentType"] == "Task")
    (listed,) = api.data("/deal")

    assert "timeCreated" not in task
    assert "name" not in listed["state"]
    assert api.data(f"/deal/{deal}")["state"]["name"] == "Новая заявка"


def test_a_hidden_field_is_absent_not_null(api: Api, world: World, deal: str) -> None:
    world.turn(hidden_fields=["Deal.price"])

    card = api.data(f"/deal/{deal}")
    (listed,) = api.data("/deal", fields=["price"])

    assert "price" not in card
    assert "price" not in listed


def test_a_strict_list_refuses_unknown_parameters(api: Api) -> None:
    answer = api.get("/todo", **{"from": "2026-11-24"})

    message = answer.json()["meta"]["errors"][0]["message"]
    assert answer.status_code == 422
    assert message.startswith('There is extra field "from", which is not defined')


def test_every_path_of_the_contract_that_cannot_work_does_not(api: Api) -> None:
    assert api.get("/employee/me").status_code == 405
    assert api.get("/contractor/search").status_code == 500
    assert api.get("/deal/checkDealExist").status_code == 500
    assert api.get("/nonsense").status_code == 404
    assert api.raw("DELETE", "/currentUser").status_code == 405


def test_the_api_describes_itself(api: Api) -> None:
    described = api.raw("GET", "").text

    assert described.startswith("#%RAML 1.0")
    assert "version: r2510.27309.181" in described


PLAIN_LISTS = [
    "/contractor",
    "/contractorCompany",
    "/contractorHuman",
    "/contractorHuman/types",
    "/deal/501/actualLinkedTasks",
    "/deal/501/contractor",
    "/deal/501/invoices",
    "/deal/501/linkedDeals",
    "/deal/501/payers",
    "/deal/501/possibleTriggers",
    "/department/1",
    "/employee/1000003",
    "/finOperation/types",
    "/holiday",
    "/invoice",
    "/invoice/realAccounts",
    "/invoice/template",
    "/notification/counter",
    "/offer",
    "/payer",
    "/payer/3000",
    "/payer/extraFields/RU/Legal",
    "/program",
    "/program/14",
    "/program/14/entryPoints",
    "/program/14/triggers",
    "/project",
    "/project/1005001",
    "/task/1006301/allParticipants",
    "/task/1006301/attaches",
    "/task/1006301/finOperations",
    "/task/1006301/history",
    "/task/1006301/subTasks",
    "/task/1006301/todos",
    "/todoCategory",
    "/tradeFilter",
]


@pytest.mark.parametrize("path", PLAIN_LISTS)
def test_every_read_of_the_contract_answers(api: Api, world: World, deal: str, path: str) -> None:
    world.create_task("Проверить", by="ivanov", deal=deal)

    answer = api.get(path)

    assert answer.status_code == 200
    assert answer.json()["meta"]["errors"] == []


@pytest.mark.parametrize("limit", [0, -1, "5", True])
def test_a_limit_that_is_no_positive_number_is_422(api: Api, limit: object) -> None:
    assert api.get("/deal", limit=limit).status_code == 422


def test_sorting_looks_into_links_days_and_sums(api: Api, world: World) -> None:
    one = world.create_deal(manager="petrova", lines=[("Свет", 1, 10.0)])
    two = world.create_deal(manager="ivanov", lines=[("Звук", 1, 5.0)])

    def by(field: str) -> list[str]:
        sort = [{"contentType": "SortField", "fieldName": field, "desc": False}]
        return ids(api.data("/deal", sortBy=sort))

    assert by("manager") == [two, one]
    assert by("price") == [two, one]
    assert by("number") == [one, two]
