"""``$metadata`` describes exactly what answers show (contract 4.3, 10.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import etree

from tests.sandbox.onec.conftest import INVOICES, PARTIES, RECEIPTS, code
from westsync.sandbox.onec.furnishing import BUYER
from westsync.sandbox.onec.odata.metadata import EDM

if TYPE_CHECKING:
    from tests.sandbox.onec.conftest import OData
    from westsync.sandbox.onec import OneCWorld

E = {"e": EDM}


def described(odata: OData) -> etree._Element:
    response = odata.get("$metadata", form="")
    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
    return etree.fromstring(response.content)


def properties(document: etree._Element, entity: str) -> dict[str, str]:
    found = document.iterfind(f".//e:EntityType[@Name='{entity}']/e:Property", E)
    return {str(one.get("Name")): str(one.get("Type")) for one in found}


def test_every_field_of_an_answer_is_described(odata: OData, base: OneCWorld) -> None:
    invoice = base.make_invoice(BUYER.key, 100)
    base.pay_invoice(invoice)
    base.ship(invoice, factura=True)
    document = described(odata)

    for one in odata.get("").json()["value"]:
        for row in odata.rows(one["name"]):
            assert set(row) == set(properties(document, one["name"])), one["name"]


def test_references_composites_and_sections_have_their_types(odata: OData) -> None:
    document = described(odata)

    invoice, receipt = properties(document, INVOICES), properties(document, RECEIPTS)

    assert invoice["Контрагент_Key"] == "Edm.Guid"
    assert invoice["Товары"] == f"Collection(StandardODATA.{INVOICES}_Товары_RowType)"
    assert (receipt["Контрагент"], receipt["Контрагент_Type"]) == ("Edm.String", "Edm.String")
    assert properties(document, f"{INVOICES}_Товары")["LineNumber"] == "Edm.Int64"
    posted = document.findall(".//e:FunctionImport[@Name='Post']", E)
    bound = {str(one[0].get("Type")) for one in posted}
    assert f"StandardODATA.{INVOICES}" in bound


def test_every_type_set_and_association_that_is_named_is_there(odata: OData) -> None:
    document = described(odata)
    prefix = "StandardODATA."
    declared = {
        f"{prefix}{one.get('Name')}"
        for tag in ("EntityType", "ComplexType", "Association")
        for one in document.iterfind(f".//e:{tag}", E)
    }

    named = {
        str(value).removeprefix("Collection(").removesuffix(")")
        for one in document.iter()
        for name, value in one.attrib.items()
        if name in {"Type", "EntityType", "Relationship", "Association"} and prefix in str(value)
    }

    assert named <= declared


def test_what_is_not_ticked_is_not_there(odata: OData, base: OneCWorld) -> None:
    base.turn(unpublished=[PARTIES])

    document = described(odata)
    response = odata.get(PARTIES)

    assert properties(document, PARTIES) == {}
    assert document.find(f".//e:AssociationSet[@Name='{INVOICES}_Контрагент']", E) is None
    assert (response.status_code, code(response)) == (404, "8")


@pytest.mark.parametrize(
    ("switch", "entity", "field"),
    [("payment_link", RECEIPTS, "СчетНаОплату"), ("item_link", INVOICES, "Номенклатура")],
)
def test_a_link_comes_in_both_forms_of_the_releases(
    odata: OData, base: OneCWorld, switch: str, entity: str, field: str
) -> None:
    base.pay_invoice(base.make_invoice(BUYER.key, 100))
    section = "РасшифровкаПлатежа" if entity == RECEIPTS else "Товары"

    base.turn(**{switch: "key"})
    by_key = odata.rows(entity)[0][section][0]
    base.turn(**{switch: "composite"})
    composite = odata.rows(entity)[0][section][0]

    assert composite[field] == by_key[f"{field}_Key"]
    assert composite[f"{field}_Type"].startswith("StandardODATA.")
    assert f"{field}_Type" in properties(described(odata), f"{entity}_{section}")


def test_the_trading_base_shows_orders_and_money_that_points_at_them(
    odata: OData, base: OneCWorld
) -> None:
    base.turn(profile="ut11")
    order = base.make_order(BUYER.key, 900)
    invoice = base.bill_order(order)
    base.receive_for_order(order, 400)
    base.set_order_state(order, "ОжидаетсяОплата")

    bill = odata.rows("Document_СчетНаОплатуКлиенту")[0]
    money = odata.rows("Document_ПоступлениеБезналичныхДенежныхСредств")[0]
    states = odata.rows("InformationRegister_СостоянияЗаказовКлиентов")

    assert (bill["Ref_Key"], bill["ДокументОснование"], bill["Posted"]) == (invoice, order, True)
    assert money["РасшифровкаПлатежа"][0]["Заказ_Type"] == "StandardODATA.Document_ЗаказКлиента"
    assert [row["Состояние"] for row in states] == ["ОжидаетсяОплата"]
    assert code(odata.get(INVOICES)) == "8"
