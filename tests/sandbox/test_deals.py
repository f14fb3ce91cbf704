"""Deals move along their program and keep their histories (contract 4.1, 4.12, 9.7)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.sandbox.conftest import link

if TYPE_CHECKING:
    from tests.sandbox.conftest import Api
    from westsync.sandbox import World

SOURCE = "Category1000061CustomFieldIstochnik"


def test_a_deal_needs_a_program(api: Api) -> None:
    answer = api.post("/deal", {"contentType": "Deal", "name": "без программы"})

    assert answer.status_code == 422
    assert answer.json()["meta"]["errors"][0]["field"] == "program"


def test_a_new_deal_stands_in_the_entry_state(api: Api) -> None:
    body = {"contentType": "Deal", "program": link("Program", "14"), SOURCE: "Сайт"}

    deal = api.made("/deal", body)

    assert deal["state"]["id"] == "127"
    assert deal["manager"]["id"] == "1000099"
    assert deal[SOURCE] == "Сайт"
    assert deal["result"] == "active"


@pytest.mark.parametrize("form", ["raml", "sdk"])
def test_a_transition_moves_the_deal_and_both_histories_tell(
    api: Api, world: World, deal: str, form: str
) -> None:
    world.advance(timedelta(minutes=30))
    (first, *_) = api.data(f"/deal/{deal}")["possibleTransitions"]
    body = (
        {"contentType": "ProgramTransition", "id": first["id"]}
        if form == "raml"
        else {"transition": int(first["id"])}
    )

    moved = api.made(f"/deal/{deal}/applyTransition", body)

    (passage,) = api.data(f"/deal/{deal}/statusHistory")
    change = api.data(f"/deal/{deal}/history")[0]
    assert moved["state"]["id"] == "128"
    assert moved["stateTimeUpdated"]["value"] == "2026-11-24T06:30:00+00:00"
    assert moved["timeUpdated"]["value"] == "2026-11-24T06:30:00+00:00"
    assert passage["toStatus"]["id"] == "128"
    assert passage["toStatusUpdated"]["value"] == "2026-11-24T06:30:00+00:00"
    assert change["changes"][0]["newValue"] == link("ProgramState", "128")
    assert change["author"] == link("Employee", "1000099")


def test_no_way_leads_past_the_possible_transitions(api: Api, world: World, deal: str) -> None:
    far = next(
        doc["id"]
        for doc in world.store.all("ProgramTransition")
        if doc["from"]["id"] == "137" and doc["to"]["id"] == "139"
    )

    answer = api.post(
        f"/deal/{deal}/applyTransition", {"contentType": "ProgramTransition", "id": far}
    )

    assert answer.status_code == 422
    assert world.stage_of(deal) == "new"


def test_a_disabled_transition_says_why(api: Api, world: World, deal: str) -> None:
    world.set_transition("new", "qualify", enabled=False, reason="Не заполнен город")
    (first, *_) = api.data(f"/deal/{deal}")["possibleTransitions"]

    answer = api.post(
        f"/deal/{deal}/applyTransition", {"contentType": "ProgramTransition", "id": first["id"]}
    )

    assert first["enabled"] is False
    assert answer.status_code == 403
    assert answer.json()["meta"]["errors"][0]["message"] == "Не заполнен город"


def test_a_transition_that_asks_for_input_is_refused(api: Api, world: World, deal: str) -> None:
    world.set_transition("new", "qualify", ask=True)
    (first, *_) = api.data(f"/deal/{deal}")["possibleTransitions"]

    answer = api.post(
        f"/deal/{deal}/applyTransition", {"contentType": "ProgramTransition", "id": first["id"]}
    )

    assert first["operations"][0]["needRuntimeParams"] is True
    assert answer.status_code == 422


def test_an_update_is_partial_and_never_changes_the_state(api: Api, deal: str) -> None:
    body = {"contentType": "Deal", "id": deal, SOURCE: "Звонок", "state": link("ProgramState", 139)}

    updated = api.made(f"/deal/{deal}", body)

    assert updated["name"] == "Заявка с сайта 10482"
    assert updated[SOURCE] == "Звонок"
    assert updated["state"]["id"] == "127"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"deadline": None}, 'extra field "deadline"'),
        ({"manager": {"id": "1000003"}}, "'stdClass' is not assignable"),
        ({"manager": link("Deal", "501")}, "is not assignable"),
        ({"manager": link("Employee", "1")}, "not found"),
        ({"name": 5}, "'integer' is not assignable to 'string'"),
        ({"cost": {"value": 5}}, "'stdClass' is not assignable"),
        ({"Category1000061CustomFieldSrochno": "да"}, "'string' is not assignable to 'BoolField'"),
        ({"Category1000061CustomFieldDostavka": "Почта"}, "is not assignable to 'EnumField'"),
        (
            {"Category1000061CustomFieldDataDostavki": {"contentType": "DateTime", "value": "x"}},
            "not a valid DateTime",
        ),
        ({"program": link("Program", "15")}, "not found"),
    ],
)
def test_what_does_not_fit_the_type_is_422(
    api: Api, deal: str, body: dict[str, object], message: str
) -> None:
    answer = api.post(f"/deal/{deal}", {"contentType": "Deal", "id": deal, **body})

    assert answer.status_code == 422
    assert message in answer.json()["meta"]["errors"][0]["message"]


def test_money_needs_only_a_value(api: Api, deal: str) -> None:
    body = {"contentType": "Deal", "id": deal, "cost": {"contentType": "Money", "value": 1250.5}}

    assert api.made(f"/deal/{deal}", body)["cost"]["value"] == 1250.5


def test_positions_make_the_price_and_copy_the_product(api: Api, deal: str) -> None:
    price = {"contentType": "Money", "value": 100}
    offer = api.made("/offer", {"contentType": "Offer", "name": "Yamaha DTX6", "price": price})
    row = {"contentType": "OfferRow", "offer": link("Offer", offer["id"]), "quantity": 3}

    updated = api.made(f"/deal/{deal}", {"contentType": "Deal", "id": deal, "positions": [row]})

    (shown,) = api.data(f"/deal/{deal}/offerRows")
    assert updated["price"]["value"] == 300
    assert updated["positionsCount"] == 1
    assert shown["offer"]["id"] != offer["id"]
    assert shown["offer"]["originalOffer"]["id"] == offer["id"]


def test_an_edit_of_a_trigger_is_marked_in_the_history(api: Api, world: World, deal: str) -> None:
    world.edit_deal(deal, {"city": "Тверь"}, by="ivanov")
    world.advance(timedelta(seconds=1))
    world.trigger_edit(deal, {"manager": "petrova"}, by="sidorova")

    changes = [
        item for item in api.data(f"/deal/{deal}/history") if item["contentType"] == "Changeset"
    ]

    assert changes[0]["generatedBy"] == link("ProgramTrigger", "31")
    assert changes[1]["generatedBy"] is None
    assert changes[1]["changes"][0]["newValue"] == "Тверь"


def test_history_takes_only_self_and_item(api: Api, world: World, deal: str) -> None:
    world.create_task("Проверить", by="ivanov", deal=deal)

    everything = {item["contentType"] for item in api.data(f"/deal/{deal}/history")}
    own = {item["contentType"] for item in api.data(f"/deal/{deal}/history", filters=["Self"])}

    assert "BasedOnHistory" in everything
    assert "BasedOnHistory" not in own
    assert api.get(f"/deal/{deal}/history", filters=["Comment"]).status_code == 422


def test_the_journal_can_be_searched_for_what_a_comment_says(api: Api, deal: str) -> None:
    for content in ("<p>Счёт отправлен</p>", "<p>Перезвонить завтра</p>"):
        api.made(f"/deal/{deal}/comments", {"contentType": "Comment", "content": content})

    found = api.data(f"/deal/{deal}/history/search", q="счёт")

    assert [item["content"] for item in found] == ["<p>Счёт отправлен</p>"]


def test_a_deal_is_based_on_no_other(api: Api, deal: str) -> None:
    answer = api.data(f"/deal/{deal}/basedOnLinkedDeals")

    assert answer == {"contentType": "BasedOnDealIds", "value": []}


def test_a_deleted_deal_is_404(api: Api, deal: str) -> None:
    assert api.raw("DELETE", f"/deal/{deal}").status_code == 200

    assert api.get(f"/deal/{deal}").status_code == 404
    assert api.post(f"/deal/{deal}", {"contentType": "Deal", "id": deal}).status_code == 404


def test_programs_and_fields_describe_themselves(api: Api) -> None:
    states = api.data("/program/14/states")
    fields = api.data("/program/14/fields")

    assert [state["id"] for state in states] == [str(number) for number in range(127, 141)]
    assert next(item for item in fields if item["name"] == SOURCE)["hrName"] == "Источник"
    assert any(item["isSystem"] for item in api.data("/deal/extraFields"))
    assert [item["name"] for item in api.data("/task/extraFields")] == [
        "Category130CustomFieldWestsyncKey"
    ]


def test_auditors_come_and_go(api: Api, deal: str) -> None:
    api.made(f"/deal/{deal}/auditors", link("Employee", 1000010))
    with_him = api.data(f"/deal/{deal}/auditors")
    api.raw("DELETE", f"/deal/{deal}/auditors/1000010")

    assert [person["id"] for person in with_him] == ["1000010"]
    assert api.data(f"/deal/{deal}/auditors") == []
    assert {"1000003"} <= {person["id"] for person in api.data(f"/deal/{deal}/allParticipants")}
