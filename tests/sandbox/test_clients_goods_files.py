"""Clients, payers, people, invoices, money, files, bulk (contract 4.6 to 4.10, 4.14, 9.11)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.sandbox.conftest import link

if TYPE_CHECKING:
    from tests.sandbox.conftest import Api
    from westsync.sandbox import World


def test_a_search_finds_both_kinds_by_digits_mail_and_name(api: Api, world: World) -> None:
    human = world.create_client(first="Пётр", last="Сидоров", phones=["8 (999) 000-00-00"])
    company = world.create_client(company_name="ООО Ромашка", emails=["Info@Romashka.test"])

    def ids(text: str) -> list[str]:
        return [client["id"] for client in api.data("/contractorCompany/search", q=text)]

    assert ids("79990000000") == [human]
    assert ids("info@romashka.test") == [company]
    assert ids("сидоров") == [human]
    assert ids("нет такого") == []


def test_possible_duplicates_share_a_phone(api: Api, world: World) -> None:
    old = world.create_client(first="Пётр", phones=["+79990000000"])
    contact = {"contentType": "ContactInfo", "type": "phone", "value": "89990000000"}

    twins = api.data("/contractorHuman/possibleDuplicates", name="Иван", contactInfo=[contact])

    assert [client["id"] for client in twins] == [old]


def test_abstract_paths_of_clients_break(api: Api, world: World) -> None:
    client = world.create_client(first="Пётр")

    broken = api.get(f"/contractor/{client}/history")

    assert broken.status_code == 500
    assert "There is no model class for" in broken.json()["meta"]["errors"][0]["message"]
    assert api.get(f"/contractorHuman/{client}/history").status_code == 200
    assert api.get(f"/contractor/{client}").json()["data"]["contentType"] == "ContractorHuman"


def test_an_inn_lives_in_the_payer(api: Api, world: World) -> None:
    client = world.create_client(company_name="ООО Ромашка", inn="7701234567")

    (payer,) = api.data(f"/contractor/{client}/payers")
    refused = api.post(
        f"/contractorCompany/{client}",
        {"contentType": "ContractorCompany", "id": client, "inn": "7701234567"},
    )

    assert payer["inn"] == "7701234567"
    assert payer["contractor"]["id"] == client
    assert refused.status_code == 422


def test_a_deleted_client_stays_dropped(api: Api, world: World) -> None:
    client = world.create_client(first="Пётр")

    api.raw("DELETE", f"/contractor/{client}")

    assert api.data(f"/contractorHuman/{client}")["isDropped"] is True
    assert client not in [doc["id"] for doc in api.data("/contractor")]


def test_employees_ignore_filters_but_not_department(api: Api, world: World) -> None:
    world.dismiss("petrova")
    world.send_on_leave("orlov", date(2026, 11, 30), date(2026, 12, 4))

    people = {person["id"]: person for person in api.data("/employee", q="Иванов")}

    assert len(people) == 9
    assert people["1000002"]["isWorking"] is False
    assert people["1000004"]["nearestVacation"]["firstDay"]["month"] == 10
    assert api.data("/employee/1000004/vacations")[0]["lastDay"]["day"] == 4
    assert api.get("/employee", department=1).status_code == 422


def test_an_invoice_moves_one_step_at_a_time(api: Api, world: World, deal: str) -> None:
    invoice = world.issue_invoice(deal, Decimal(120_000), by="ivanov")

    def set_status(status: str) -> int:
        body = {"contentType": "Invoice", "id": invoice, "status": status}
        return api.post(f"/invoice/{invoice}", body).status_code

    assert set_status("paid") == 422
    assert [set_status("drawn"), set_status("paid")] == [200, 200]
    shown = api.data(f"/invoice/{invoice}")
    assert shown["sum"]["value"] == 120_000
    assert shown["possibleStatuses"] == ["drawn"]
    assert shown["actualPaymentDate"]["value"] == "2026-11-24T06:00:00+00:00"


def test_rows_of_a_drawn_invoice_are_locked(api: Api, world: World, deal: str) -> None:
    invoice = world.issue_invoice(deal, Decimal(1), by="ivanov", status="drawn")

    answer = api.post(f"/invoice/{invoice}", {"contentType": "Invoice", "id": invoice, "rows": []})

    assert answer.status_code == 422


def test_a_paid_invoice_lowers_the_debt_of_its_deal(api: Api, world: World) -> None:
    deal = world.create_deal(lines=[("Yamaha DTX6", 2, 50_000.0)])
    world.issue_invoice(deal, Decimal(30_000), by="ivanov", status="paid")

    card = api.data(f"/deal/{deal}")

    assert card["price"]["value"] == 100_000
    assert card["debt"]["value"] == 70_000
    assert card["paymentProgress"] == 30
    assert card["invoices"][0]["status"] == "paid"


def test_money_is_registered_and_linked(api: Api, deal: str) -> None:
    total = {"contentType": "Money", "value": 5000, "currency": "RUB"}
    made = api.made(
        "/finOperation", {"contentType": "FinOperation", "kind": "income", "incomeSum": total}
    )

    api.made(f"/finOperation/{made['id']}/linkWith", link("Deal", deal))

    assert [doc["id"] for doc in api.data(f"/deal/{deal}")["financeOperations"]] == [made["id"]]


def test_a_file_is_uploaded_attached_and_downloaded(api: Api, deal: str) -> None:
    files = {"files[]": ("счёт № 1.pdf", b"%PDF-1.4 body", "application/pdf")}
    (file,) = api.http.post("/api/file", files=files).json()["data"]
    attached = {"contentType": "Deal", "id": deal, "attaches": [link("File", file["id"])]}

    api.made(f"/deal/{deal}", attached)

    assert (file["name"], file["extension"], file["size"]) == ("счёт № 1.pdf", "pdf", 13)
    assert api.http.get(file["path"]).content == b"%PDF-1.4 body"
    assert [doc["id"] for doc in api.data(f"/deal/{deal}/attaches")] == [file["id"]]
    assert [doc["id"] for doc in api.data(f"/deal/{deal}/allFiles")] == [file["id"]]


def test_a_file_under_another_field_name_is_not_accepted(api: Api) -> None:
    answer = api.http.post("/api/file", files={"file": ("a.pdf", b"x", "application/pdf")})

    assert answer.status_code == 200
    assert answer.json()["data"] == []


def test_bulk_answers_each_call_on_its_own(api: Api, world: World, deal: str) -> None:
    calls = [
        {"contentType": "ApiCall", "method": "GET", "url": f"/api/v3/deal/{deal}/linkedTasks"},
        {"contentType": "ApiCall", "method": "GET", "url": "/api/v3/deal/9999"},
        {
            "contentType": "ApiCall",
            "method": "POST",
            "url": f"/api/v3/deal/{deal}/comments",
            "body": '{"contentType": "Comment", "content": "из пачки"}',
        },
    ]
    body = {"contentType": "BulkApiCall", "calls": calls}

    parts = api.made("/bulk", body)
    world.turn(bulk=False)

    assert [part["meta"]["status"] for part in parts] == [200, 404, 200]
    assert api.data(f"/deal/{deal}/comments")[0]["content"] == "из пачки"
    assert api.post("/bulk", body).status_code == 404


def test_entities_by_links_drop_what_is_not_there_and_break_on_employees(
    api: Api, deal: str
) -> None:
    found = api.made("/bulk/getEntitiesByLinks", [link("Deal", deal), link("Deal", "9999")])

    assert [doc["id"] for doc in found] == [deal]
    broken = api.post("/bulk/getEntitiesByLinks", [link("Employee", "1000003")])
    assert broken.status_code == 500


@pytest.mark.parametrize("path", ["/offerCategory", "/todoStatus", "/department", "/taskFilter"])
def test_dictionaries_are_there(api: Api, path: str) -> None:
    assert api.data(path)
