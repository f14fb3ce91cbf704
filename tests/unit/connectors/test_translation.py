"""From odd answers to sound records: one bad item never spoils the page (reliability 4.2)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from westsync.connectors.megaplan.clients import client_record, nested_client, payer_record
from westsync.connectors.megaplan.config import MegaplanConfig
from westsync.connectors.megaplan.deals import deal_record
from westsync.connectors.megaplan.history import generator, touches
from westsync.connectors.megaplan.people import employee_record
from westsync.connectors.megaplan.tasks import task_record
from westsync.connectors.megaplan.todos import todo_record
from westsync.domain.records import ClientKind, StageType, TouchKind

if TYPE_CHECKING:
    from westsync.connectors.megaplan.values import Json

AT = "2026-11-24T09:00:00+00:00"
MOMENT = datetime(2026, 11, 24, 9, tzinfo=UTC)
CONFIG = MegaplanConfig(account="main", url="https://mp1.megaplan.test", programs={"sales": "14"})
SUPPLIED_BY = "Category2000001CustomFieldPostavschik"
CITY = "Category1000061CustomFieldGorod"
MARKED = "<p>Срок</p><p>ws:7k3m9q2x4r8t6v5w</p>"


def when(value: str = AT) -> dict[str, Json]:
    return {"contentType": "DateTime", "value": value}


def a_deal(**changes: Json) -> dict[str, Json]:
    known: dict[str, Json] = {
        "contentType": "Deal",
        "id": "501",
        "program": {"contentType": "Program", "id": "14"},
        "state": {"contentType": "ProgramState", "id": "127", "type": "active"},
        "timeCreated": when(),
        "timeUpdated": when(),
    }
    return known | changes


def a_task(**changes: Json) -> dict[str, Json]:
    known: dict[str, Json] = {
        "contentType": "Task",
        "id": "7",
        "status": "assigned",
        "timeCreated": when(),
    }
    return known | changes


@pytest.mark.parametrize("missing", ["program", "state", "timeCreated", "timeUpdated", "id"])
def test_a_deal_without_what_it_cannot_be_without_is_set_aside(missing: str) -> None:
    item = a_deal()
    del item[missing]

    with pytest.raises(ValueError, match=r"missing|required"):
        deal_record(item, {})


@pytest.mark.parametrize("nothing", [None, [], {}, "", 5, "odd"])
def test_a_deal_with_odd_values_is_still_a_deal(nothing: Json) -> None:
    odd = dict.fromkeys(("manager", "contractor", "price", "positions", "invoices"), nothing)

    record = deal_record(a_deal(**odd, attaches=nothing, name=nothing), {"city": CITY})

    assert (record.manager_id, record.client_id, record.lines) == (None, None, ())
    assert record.hidden == ("city",)


def test_the_result_stands_in_for_a_bare_state() -> None:
    bare: Json = {"contentType": "ProgramState", "id": "140"}

    assert deal_record(a_deal(state=bare, result="negative"), {}).stage_type is StageType.NEGATIVE
    assert deal_record(a_deal(state=bare), {}).stage_type is None
    assert deal_record(a_deal(state=bare, result="brand new"), {}).stage_type is None


def test_absent_is_hidden_and_null_is_empty() -> None:
    record = deal_record(a_deal(manager=None, price=None, **{CITY: ""}), {"city": CITY})

    assert set(record.hidden) == {"client_id", "lines", "attachments", "invoices"}
    assert record.custom == {"city": None}


def test_goods_are_named_by_the_catalogues_article() -> None:
    row: Json = {
        "contentType": "OfferRow",
        "quantity": "2",
        "price": {"contentType": "Money", "value": 100},
        "offer": {
            "contentType": "Offer",
            "id": "9",
            "name": "Микрофон",
            "originalOffer": {"contentType": "Offer", "id": "3", "article": "SM58"},
        },
    }

    (line,) = deal_record(a_deal(positions=[row]), {}).lines

    assert (line.article, line.name, line.quantity, line.price) == (
        "SM58",
        "Микрофон",
        Decimal(2),
        Decimal(100),
    )


@pytest.mark.parametrize(
    "told",
    [
        "Лира Мьюзик",
        "<p>Лира Мьюзик</p>",
        ["Лира Мьюзик"],
        {"contentType": "ContractorCompany", "id": "5", "name": "Лира Мьюзик"},
    ],
    ids=["text", "markup", "set", "link"],
)
@pytest.mark.parametrize("place", ["offer", "original"])
def test_the_supplier_of_goods_is_what_their_own_field_says(place: str, told: Json) -> None:
    original: dict[str, Json] = {"contentType": "Offer", "id": "3"}
    offer: dict[str, Json] = {"contentType": "Offer", "id": "9", "originalOffer": original}
    (offer if place == "offer" else original)[SUPPLIED_BY] = told
    row: Json = {"contentType": "OfferRow", "name": "Пульт", "offer": offer}

    (line,) = deal_record(a_deal(positions=[row]), {}, ["CategoryNone", SUPPLIED_BY]).lines

    assert line.supplier == "Лира Мьюзик"


@pytest.mark.parametrize("told", [None, "", [], 5, {"contentType": "Money", "value": 0}])
def test_goods_whose_field_is_empty_name_no_supplier(told: Json) -> None:
    row: Json = {"contentType": "OfferRow", "offer": {SUPPLIED_BY: told}}

    (line,) = deal_record(a_deal(positions=[row]), {}, [SUPPLIED_BY]).lines

    assert line.supplier is None


@pytest.mark.parametrize("place", ["subject", "statement"])
def test_a_marker_is_found_in_body_or_statement(place: str) -> None:
    assert task_record(a_task(**{place: MARKED}), CONFIG).marker == "7k3m9q2x4r8t6v5w"


@pytest.mark.parametrize(
    "body", ["ws:7k3m9q2x4r8t6v5w and more", "ws:7K3M9Q2X4R8T6V5W", "ws:7k3m9q2x4r8t6v5", "", None]
)
def test_what_only_looks_like_a_marker_is_none(body: Json) -> None:
    assert task_record(a_task(subject=body), CONFIG).marker is None


def test_a_status_nobody_knows_is_kept_verbatim() -> None:
    record = task_record(a_task(status="frozen"), CONFIG)

    assert (record.status, record.is_open, record.is_finished) == ("frozen", False, False)


def test_a_project_is_no_task() -> None:
    with pytest.raises(ValueError, match="Project"):
        task_record(a_task(contentType="Project"), CONFIG)


def a_contractor(**changes: Json) -> dict[str, Json]:
    known: dict[str, Json] = {
        "contentType": "ContractorHuman",
        "id": "1000777",
        "name": "Сидоров Пётр",
        "timeCreated": when(),
        "timeUpdated": when(),
        "contactInfo": [
            {"contentType": "Address", "city": "Тверь", "street": "Советская"},
            {"contentType": "ContactInfo", "type": "phone", "value": "8 999 000-00-02"},
            {
                "contentType": "ContactInfo",
                "type": "phone",
                "value": "8 999 000-00-01",
                "isMain": True,
            },
            {"contentType": "ContactInfo", "type": "email", "value": " P@X.Test "},
            {"contentType": "ContactInfo", "type": "email", "value": "p@x.test"},
        ],
    }
    return known | changes


def test_a_clients_main_phone_comes_first_and_addresses_are_not_kept() -> None:
    record = client_record(a_contractor(), None)

    assert record.phones == ("79990000001", "79990000002")
    assert record.emails == ("p@x.test",)
    assert record.kind is ClientKind.PERSON
    assert "Советская" not in repr(record)


def test_a_dropped_client_is_gone() -> None:
    assert client_record(a_contractor(isDropped=True), None).gone


def test_a_client_that_came_short_inside_a_deal_tells_nothing() -> None:
    short = a_contractor()
    del short["contactInfo"]

    assert nested_client(short, None) is None
    assert nested_client(a_contractor(), "Category183CustomFieldGorod") is None
    assert nested_client(a_contractor(), None) is not None


def test_a_payer_without_a_client_or_dropped_is_passed_over() -> None:
    client: Json = {"contentType": "ContractorCompany", "id": "5"}

    assert payer_record({"contentType": "Payer", "id": "1", "inn": "7701234567"}) is None
    assert (
        payer_record({"contentType": "Payer", "id": "1", "contractor": client, "isDropped": True})
        is None
    )
    found = payer_record({"contentType": "Payer", "id": "1", "contractor": client, "inn": " "})
    assert found is not None
    assert found.inn is None


def test_an_employee_works_here_unless_it_is_said() -> None:
    assert employee_record({"contentType": "Employee", "id": "1"}).is_working
    assert not employee_record(
        {"contentType": "Employee", "id": "1", "isWorking": False}
    ).is_working


def a_changeset(**changes: Json) -> dict[str, Json]:
    known: dict[str, Json] = {
        "contentType": "Changeset",
        "id": "1",
        "timeCreated": when(),
        "author": {"contentType": "Employee", "id": "1000003"},
        "changes": [{"contentType": "FieldChange", "field": "name", "newValue": "x"}],
    }
    return known | changes


def test_a_journal_is_read_oldest_first_and_each_entry_once() -> None:
    later = a_changeset(id="2", timeCreated=when("2026-11-24T10:00:00+00:00"))

    found = touches([later, a_changeset(), later, {"contentType": "BasedOnHistory", "id": "3"}])

    assert [touch.id for touch in found] == ["Changeset/1", "Changeset/2"]


@pytest.mark.parametrize(
    ("changes", "kind", "fields"),
    [
        ({"type": "create"}, TouchKind.CREATION, ("name",)),
        ({"type": ""}, TouchKind.EDIT, ("name",)),
        (
            {
                "changes": [
                    {
                        "contentType": "FieldChange",
                        "field": "state",
                        "newValue": {"contentType": "ProgramState", "id": 232},
                    }
                ]
            },
            TouchKind.STAGE,
            ("state=232",),
        ),
        ({"changes": []}, TouchKind.EDIT, ()),
        ({"changes": None}, TouchKind.EDIT, ()),
    ],
)
def test_a_changeset_tells_what_was_done(
    changes: dict[str, Json], kind: TouchKind, fields: tuple[str, ...]
) -> None:
    (found,) = touches([a_changeset(**changes)])

    assert (found.kind, found.fields, found.at) == (kind, fields, MOMENT)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({"contentType": "ProgramTrigger", "id": "31"}, "trigger"),
        ({"contentType": "Scenario", "id": "31"}, "scenario"),
        ({"contentType": "Import", "id": "31"}, "Import"),
        ({"x": 1}, "generated"),
        ("trigger", "trigger"),
        (None, None),
        ([], None),
        ({}, None),
    ],
)
def test_what_no_person_did_is_named(value: Json, name: str | None) -> None:
    (found,) = touches([a_changeset(generatedBy=value)])

    assert found.generated_by == generator(value) == name


@pytest.mark.parametrize("kind", ["ContractorHuman", "EntityDescription", "Group"])
def test_nobody_but_an_employee_works_on_a_deal(kind: str) -> None:
    comment: dict[str, Json] = {
        "contentType": "Comment",
        "id": "5",
        "content": "<p>Где заказ?</p>",
        "owner": {"contentType": kind, "id": "1000777"},
        "timeCreated": when(),
    }

    (found,) = touches([comment])

    assert (found.author_id, found.generated_by, found.text) == (None, kind, "Где заказ?")


def test_a_deleted_comment_is_no_touch() -> None:
    comment: dict[str, Json] = {
        "contentType": "Comment",
        "id": "5",
        "content": "x",
        "timeCreated": when(),
        "isDropped": True,
    }

    assert touches([comment, {"contentType": "Comment", "id": "6"}]) == ()


def test_an_all_day_todo_begins_at_the_offices_midnight() -> None:
    todo = todo_record(
        {
            "contentType": "Todo",
            "id": "3",
            "name": "Встреча",
            "category": {"contentType": "TodoCategory", "id": "2", "masterType": "meeting"},
            "status": {"contentType": "TodoStatus", "id": "1", "masterType": "scheduled"},
            "timeCreated": when(),
            "when": {
                "contentType": "IntervalDates",
                "from": {"contentType": "DateOnly", "year": 2026, "month": 10, "day": 25},
                "to": {"contentType": "DateOnly", "year": 2026, "month": 10, "day": 25},
            },
        },
        "Europe/Moscow",
    )

    assert todo is not None
    assert (todo.category, todo.status) == ("meeting", "scheduled")
    assert todo.starts_at == datetime(2026, 11, 24, 21, tzinfo=UTC)
