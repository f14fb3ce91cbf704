"""Creating, changing, posting (contract 4.5, 10.5-10.7)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.onec.conftest import INVOICES, PARTIES, REF, by_key, code, draft
from westsync.sandbox.onec import OneCRefused
from westsync.sandbox.onec.bp30 import INVOICE, STATUSES
from westsync.sandbox.onec.furnishing import BUYER, ORGANISATION

if TYPE_CHECKING:
    from tests.sandbox.onec.conftest import OData
    from westsync.sandbox.onec import OneCWorld

LINE = draft()["Товары"][0]
STATUS_KEY = (
    f"{STATUSES}(Организация_Key=guid'{ORGANISATION.key}', Документ='{REF}',"
    f" Документ_Type='StandardODATA.{INVOICES}')"
)


def create(odata: OData, document: object) -> Any:
    return odata.call("POST", INVOICES, json=document)


def test_the_contracts_invoice_comes_back_as_the_contract_shows_it(odata: OData) -> None:
    response = create(odata, draft())

    assert response.status_code == 201
    assert response.headers["Location"].endswith(f"(guid'{REF}')")
    made = response.json()
    assert list(made) == [
        "Ref_Key",
        "DataVersion",
        "DeletionMark",
        "Number",
        "Date",
        "Posted",
        "Организация_Key",
        "Контрагент_Key",
        "ДоговорКонтрагента_Key",
        "ВалютаДокумента_Key",
        "СтруктурнаяЕдиница_Key",
        "Руководитель_Key",
        "СуммаВключаетНДС",
        "СуммаДокумента",
        "Комментарий",
        "Товары",
    ]
    assert (made["Ref_Key"], made["Number"], made["Posted"]) == (REF, "0000-000001", False)
    assert made["Товары"] == [LINE | {"Ref_Key": REF, "ИдентификаторСтроки": ""}]


def test_numbers_run_per_organisation_and_year(odata: OData, base: OneCWorld) -> None:
    other = base.create("Catalog_Организации", Description="Вторая", Префикс="ВТ", ИНН="9990000033")
    keys = {"Ref_Key": None}

    numbers = [
        odata.made(**keys)["Number"],
        odata.made(**keys)["Number"],
        odata.made(**keys, Date="2026-01-01T00:00:00")["Number"],
        odata.made(**keys, Организация_Key=other["Ref"])["Number"],
        odata.made(**keys, Number="0000-000777")["Number"],
    ]

    assert numbers == ["0000-000001", "0000-000002", "0000-000001", "ВТ00-000001", "0000-000777"]


@pytest.mark.parametrize(
    ("change", "status", "expected"),
    [
        ({"Date": None}, 400, "5"),
        ({"Date": "2025-02-01"}, 400, "4"),
        ({"Date": "2025-02-01T09:30:00Z"}, 400, "4"),
        ({"СуммаДокумента": "120000.00"}, 400, "4"),
        ({"СуммаВключаетНДС": "да"}, 400, "4"),
        ({"Контрагент_Key": "нет"}, 400, "4"),
        ({"Товары": [LINE | {"СтавкаНДС": "20%"}]}, 400, "4"),
        ({"Товары": [LINE | {"Номенклатура_Type": None}]}, 400, "4"),
        ({"Товары": {}}, 400, "4"),
        ({"Товары": [{"Сумма": 1}]}, 500, "-1"),
    ],
)
def test_a_body_that_1c_would_not_take_is_refused_and_leaves_nothing(
    odata: OData, base: OneCWorld, change: dict[str, Any], status: int, expected: str
) -> None:
    response = create(odata, draft(**change))

    assert (response.status_code, code(response)) == (status, expected)
    assert base.store.all(INVOICE) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [(b"[]", "2"), (b"{", "2"), (b"", "2"), (b'{"Date": null, "Date": null}', "18")],
)
def test_what_is_no_json_object_is_a_bad_format(odata: OData, body: bytes, expected: str) -> None:
    response = odata.call("POST", INVOICES, content=body)

    assert (response.status_code, code(response)) == (400, expected)


def test_unknown_properties_are_passed_over_and_dangling_keys_kept(odata: OData) -> None:
    made = odata.made(НетТакого=1, Контрагент_Key=REF)

    assert "НетТакого" not in made
    assert made["Контрагент_Key"] == REF


def test_line_numbers_may_be_numbers_and_order_the_rows(odata: OData) -> None:
    lines = [LINE | {"LineNumber": 2, "Сумма": 2}, LINE | {"LineNumber": 1, "Сумма": 1}]

    made = odata.made(Товары=lines)

    assert [(line["LineNumber"], line["Сумма"]) for line in made["Товары"]] == [("1", 1), ("2", 2)]


@pytest.mark.parametrize("status", [400, 409, 500])
def test_a_key_that_is_taken_is_code_15_whatever_the_status(
    odata: OData, base: OneCWorld, status: int
) -> None:
    base.turn(duplicate_status=status)
    odata.made()

    response = create(odata, draft(СуммаДокумента=1))

    assert (response.status_code, code(response)) == (status, "15")
    assert odata.row(by_key(INVOICES))["СуммаДокумента"] == 120000


def test_a_base_may_choose_its_own_key(odata: OData, base: OneCWorld) -> None:
    base.turn(client_ref=False)

    made = odata.made()

    assert made["Ref_Key"] != REF
    assert odata.get(by_key(INVOICES)).status_code == 404


def test_posted_in_a_body_does_not_post(odata: OData) -> None:
    assert odata.made(Posted=True)["Posted"] is False


@pytest.mark.parametrize(
    "form", ["/Post", "/Post()", "/Post?PostingModeOperational=false", "/Post?$format=json"]
)
def test_posting_takes_every_spelling_and_twice_is_harmless(odata: OData, form: str) -> None:
    before = odata.made()["DataVersion"]
    path, _, query = form.partition("?")
    body = {"PostingModeOperational": False}

    first = odata.raw("POST", by_key(INVOICES) + path, query)
    second = odata.raw("POST", by_key(INVOICES) + path, query, json=body)

    assert [(one.status_code, one.content) for one in (first, second)] == [(200, b"")] * 2
    row = odata.row(by_key(INVOICES))
    assert row["Posted"] is True
    assert row["DataVersion"] != before


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"Организация_Key": None}, 'Поле "Организация" не заполнено'),
        ({"Контрагент_Key": None}, 'Поле "Контрагент" не заполнено'),
        ({"Date": "2024-12-31T23:59:59"}, "даты запрета изменения 31.12.2024"),
    ],
)
def test_posting_is_refused_as_the_configuration_does(
    odata: OData, base: OneCWorld, fields: dict[str, Any], text: str
) -> None:
    base.close_period(date(2024, 12, 31))
    odata.made(**fields)

    response = odata.call("POST", by_key(INVOICES) + "/Post")

    assert (response.status_code, code(response)) == (500, "-1")
    assert text in response.json()["odata.error"]["message"]["value"]
    assert odata.row(by_key(INVOICES))["Posted"] is False


def test_a_refusal_with_any_text_can_be_planted_once(odata: OData, base: OneCWorld) -> None:
    odata.made()
    base.refuse_posting("Данные заблокированы другим пользователем", REF)

    first = odata.call("POST", by_key(INVOICES) + "/Post")
    second = odata.call("POST", by_key(INVOICES) + "/Post")

    assert "заблокирован" in first.json()["odata.error"]["message"]["value"]
    assert second.status_code == 200


def test_whether_a_contract_is_needed_is_a_switch(odata: OData, base: OneCWorld) -> None:
    base.turn(contract_to_post="organisations")
    odata.made(ДоговорКонтрагента_Key="00000000-0000-0000-0000-000000000000")

    response = odata.call("POST", by_key(INVOICES) + "/Post")

    assert response.json()["odata.error"]["message"]["value"] == 'Поле "Договор" не заполнено'


def test_a_patch_merges_and_replaces_a_section_whole(odata: OData) -> None:
    odata.made(Товары=[LINE, LINE | {"LineNumber": "2"}])

    body = {"Комментарий": "иначе", "Товары": [LINE | {"Сумма": 7}]}
    response = odata.call("PATCH", by_key(INVOICES), json=body)

    assert response.status_code == 200
    row = odata.row(by_key(INVOICES))
    assert response.json() == row
    assert (row["Комментарий"], row["СуммаДокумента"]) == ("иначе", 120000)
    assert [line["Сумма"] for line in row["Товары"]] == [7]


def test_if_match_is_heeded_or_ignored(odata: OData, base: OneCWorld) -> None:
    old = odata.made()["DataVersion"]
    new = odata.call("PATCH", by_key(INVOICES), json={}, headers={"If-Match": old})
    stale = {"If-Match": f'W/"{old}"'}

    heeded = odata.call("PATCH", by_key(INVOICES), json={}, headers=stale)
    base.turn(if_match="ignored")
    ignored = odata.call("PATCH", by_key(INVOICES), json={}, headers=stale)

    assert [one.status_code for one in (new, heeded, ignored)] == [200, 412, 200]


def test_put_empties_what_it_does_not_give(odata: OData) -> None:
    odata.made()

    body = {"Date": "2025-02-02T00:00:00", "Контрагент@odata.bind": f"{PARTIES}(guid'{BUYER.key}')"}
    row = odata.call("PUT", by_key(INVOICES), json=body).json()

    assert (row["Number"], row["Контрагент_Key"]) == ("0000-000001", BUYER.key)
    assert (row["СуммаДокумента"], row["Товары"], row["Комментарий"]) == (0, [], "")


def test_a_mark_takes_back_the_posting(odata: OData) -> None:
    odata.made()
    odata.call("POST", by_key(INVOICES) + "/Post")

    row = odata.call("PATCH", by_key(INVOICES), json={"DeletionMark": True}).json()
    again = odata.call("POST", by_key(INVOICES) + "/Post")

    assert (row["DeletionMark"], row["Posted"]) == (True, False)
    assert again.status_code == 500


def test_deleting_is_for_good(odata: OData) -> None:
    odata.made()

    response = odata.call("DELETE", by_key(INVOICES))

    assert (response.status_code, response.content) == (204, b"")
    assert code(odata.get(by_key(INVOICES))) == "9"


@pytest.mark.parametrize(
    ("method", "path", "status", "expected"),
    [
        ("POST", f"{INVOICES}_Товары", 400, "13"),
        ("PUT", INVOICES, 405, "19"),
        ("POST", by_key(INVOICES), 405, "19"),
        ("POST", f"{by_key(PARTIES, BUYER.key)}/Post", 405, "19"),
        ("GET", f"{INVOICES}(Number='1')", 400, "7"),
        ("GET", f"{INVOICES}(guid'1')", 400, "1"),
        ("GET", f"{INVOICES}(1", 400, "6"),
        ("GET", "Document_НетТакого", 404, "8"),
        ("GET", f"{INVOICES}/SliceLast()", 400, "11"),
        ("GET", f"{by_key(INVOICES)}/НетТакого", 404, "9"),
    ],
)
def test_what_cannot_be_done_has_its_code(
    odata: OData, method: str, path: str, status: int, expected: str
) -> None:
    response = odata.call(method, path, json={} if method != "GET" else None)

    assert (response.status_code, code(response)) == (status, expected)


def test_a_record_of_a_register_goes_by_its_composite_key(odata: OData, base: OneCWorld) -> None:
    odata.made()
    record = {
        "Организация_Key": ORGANISATION.key,
        "Документ": REF,
        "Документ_Type": f"StandardODATA.{INVOICES}",
        "Статус": "Оплачен",
        "Статус_Type": "UnavailableEnums.СтатусОплатыСчета",
        "ДополнительныйСтатус": "",
        "ДополнительныйСтатус_Type": "StandardODATA.Undefined",
    }

    before = odata.get(STATUS_KEY)
    made = odata.call("POST", STATUSES, json=record)
    twice = odata.call("POST", STATUSES, json=record)
    changed = odata.call(
        "PATCH", STATUS_KEY, json={"Статус": "Отменен", "Статус_Type": record["Статус_Type"]}
    )

    assert (code(before), made.status_code, code(twice)) == ("9", 201, "15")
    assert made.json() == record
    assert changed.json() == record | {"Статус": "Отменен"}
    assert odata.rows(f"{STATUSES}/SliceLast()") == [changed.json()]
    assert base.settlement.of(base.need(INVOICE, REF)).status == "Отменен"


def test_a_closed_period_protects_posted_documents_from_everybody(
    odata: OData, base: OneCWorld
) -> None:
    odata.made()
    base.post_document(REF)
    base.close_period(date(2025, 2, 1))

    patched = odata.call("PATCH", by_key(INVOICES), json={"Комментарий": "x"})
    deleted = odata.call("DELETE", by_key(INVOICES))
    with pytest.raises(OneCRefused, match="запрета"):
        base.edit(REF, Комментарий="x")

    assert (code(patched), code(deleted)) == ("-1", "-1")
    assert odata.row(by_key(INVOICES))["Posted"] is True


def test_changes_wait_for_a_node_until_it_confirms_them(odata: OData, base: OneCWorld) -> None:
    plan = "ExchangePlan_WestSync"
    node = odata.rows(plan, filter="ThisNode eq false")[0]["Ref_Key"]
    point = f"DataExchangePoint='{odata.http.base_url}{plan}(guid'{node}')'"
    odata.raw("POST", "NotifyChangesReceived", f"{point}&MessageNo=1")
    odata.made()
    gone = base.make_invoice(BUYER.key, 1)
    base.delete_document(gone)

    first = odata.raw("POST", "SelectChanges", f"{point}&MessageNo=2").text
    odata.call("PATCH", by_key(INVOICES), json={})
    confirmed = odata.raw("POST", "NotifyChangesReceived", f"{point}&MessageNo=2")
    second = odata.raw("POST", "SelectChanges", f"{point}&MessageNo=3").text
    odata.raw("POST", "NotifyChangesReceived", f"{point}&MessageNo=3")
    third = odata.raw("POST", "SelectChanges", f"{point}&MessageNo=4").text

    assert REF in first
    assert "deleted-entry" in first
    assert gone in first
    assert confirmed.status_code == 200
    assert REF in second
    assert gone not in second
    assert REF not in third
