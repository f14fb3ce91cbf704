"""The query language of contract 4.4, as strict clients use it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.onec.conftest import INVOICES, PARTIES, RECEIPTS, by_key, code
from westsync.sandbox.onec import OneCRefused, OneCWorld
from westsync.sandbox.onec.bp30 import INVOICE
from westsync.sandbox.onec.furnishing import BUYER, PERSON, SUPPLIER
from westsync.sandbox.onec.odata.meaning import Meaning
from westsync.sandbox.onec.odata.syntax import parse

if TYPE_CHECKING:
    from tests.sandbox.onec.conftest import OData

FIRST = datetime(2025, 2, 1, 9, 30)  # noqa: DTZ001 - the wall clock of the server has no zone

SELECTING_BUYER = [
    "ИНН eq '9990000019' and КПП eq '999001001'",
    "Description eq 'Сцена ООО  '",
    "substringof('цен', Description)",
    "startswith(Description,'Сц') eq true",
    "endswith(НаименованиеПолное, 'Сцена\"')",
    "like(Description, 'С%_ООО')",
    "concat(ИНН, КПП) eq '9990000019999001001'",
    "substring(ИНН, 8) eq '19'",
    "substring(ИНН, 0, 3) eq '999' and КПП ne '' and not endswith(ИНН, '26')",
    f"Ref_Key eq guid'{BUYER.key}'",
    f"Ref_Key eq guid'{BUYER.key.upper()}'",
    "not (IsFolder) and ((ИНН eq '9990000019'))",
    "ИНН eq '1' or ИНН eq '2' and КПП eq '3' or ИНН eq '9990000019'",
    "IsFolder eq false and ИНН eq '9990000019' and Ref_Key ne null",
]

UNREADABLE = {
    "ИНН eq": "14",
    "ИНН = '1'": "14",
    "ИНН eq 1": "14",
    "Ref_Key eq '1'": "14",
    "ИНН eq '1' и КПП eq '2'": "14",
    "ИНН": "14",
    "(ИНН eq '1'": "14",
    "IsFolder gt true": "14",
    "ИНН add 1 eq 2": "14",
    "Ref_Key eq guid'1'": "1",
    "length(ИНН) eq 3": "11",
    "startswith(ИНН)": "12",
    "НетТакого eq '1'": "10",
    "Контрагент eq '1'": "10",
}


@pytest.mark.parametrize("condition", SELECTING_BUYER)
def test_a_condition_selects_exactly_the_rows_it_describes(odata: OData, condition: str) -> None:
    found = odata.rows(PARTIES, filter=condition)

    assert [row["Ref_Key"] for row in found] == [BUYER.key]


@pytest.mark.parametrize("condition", UNREADABLE)
def test_what_1c_would_not_understand_is_refused_by_its_code(odata: OData, condition: str) -> None:
    response = odata.get(PARTIES, filter=condition)

    assert (response.status_code, code(response)) == (400, UNREADABLE[condition])


def test_a_doubled_quote_is_one_quote(odata: OData, base: OneCWorld) -> None:
    key = base.add_counterparty("ООО 'Ромашка'", "9990000033", "999001001")

    found = odata.rows(PARTIES, filter="Description eq 'ООО ''Ромашка'''")

    assert [row["Ref_Key"] for row in found] == [key]


@pytest.mark.parametrize(
    "query",
    ["$filter=ИНН+eq+'9990000019'", "$filter=ИНН%20eq%20'a'%20%2B%20'b'", "$orderby=ИНН+desc"],
)
def test_a_plus_is_an_addition_and_never_a_space(odata: OData, query: str) -> None:
    response = odata.raw("GET", PARTIES, f"$format=json&{query}")

    assert (response.status_code, code(response)) == (400, "14")


def test_a_plus_inside_a_text_is_a_plus(odata: OData, base: OneCWorld) -> None:
    key = base.add_counterparty("Свет+Звук", "9990000033")

    response = odata.raw("GET", PARTIES, "$format=json&$filter=Description%20eq%20'Свет%2BЗвук'")

    assert [row["Ref_Key"] for row in response.json()["value"]] == [key]


def test_a_window_is_half_open_and_ordered(odata: OData, base: OneCWorld) -> None:
    keys = [base.make_invoice(BUYER.key, 100, at=FIRST + timedelta(hours=n)) for n in range(5)]

    found = odata.rows(
        INVOICES,
        filter="Date ge datetime'2025-02-01T10:30:00' and Date lt datetime'2025-02-01T13:30:00'",
        orderby="Date desc,Ref_Key",
        top="2",
    )

    assert [row["Ref_Key"] for row in found] == [keys[3], keys[2]]


def test_order_by_several_fields_and_through_a_reference(odata: OData, base: OneCWorld) -> None:
    for party in (BUYER, SUPPLIER, PERSON):
        base.make_invoice(party.key, 100, at=FIRST)
    base.make_invoice(SUPPLIER.key, 50, at=FIRST)

    found = odata.rows(
        INVOICES,
        orderby="Контрагент/Description desc, СуммаДокумента",
        expand="Контрагент",
        select="СуммаДокумента,Контрагент/Description",
    )

    assert [(row["Контрагент"]["Description"], row["СуммаДокумента"]) for row in found] == [
        ("Сцена ООО", 100),
        ("Сидоров Пётр Ильич", 100),
        ("Поставщик звука ООО", 50),
        ("Поставщик звука ООО", 100),
    ]


def test_conditions_reach_through_references_and_into_rows(odata: OData, base: OneCWorld) -> None:
    key = base.make_invoice(BUYER.key, 500, rate="НДС10")
    base.make_invoice(BUYER.key, 700)

    through = odata.rows(INVOICES, filter="Контрагент/ИНН eq '9990000019'")
    within = odata.rows(INVOICES, filter="Товары/any(d: d/СтавкаНДС eq 'НДС10' and d/Сумма gt 400)")
    every = odata.rows(INVOICES, filter="Товары/all(d: d/Сумма mul 2 ge 1400.00)")

    assert len(through) == 2
    assert [row["Ref_Key"] for row in within] == [key]
    assert [row["СуммаДокумента"] for row in every] == [700]


def test_parts_of_a_date_and_sums_of_dates(odata: OData, base: OneCWorld) -> None:
    base.make_invoice(BUYER.key, 100, at=FIRST)

    for condition in (
        "year(Date) eq 2025 and quarter(Date) eq 1 and month(Date) eq 2 and day(Date) eq 1",
        "hour(Date) eq 9 and minute(Date) eq 30 and second(Date) eq 0",
        "dayofweek(Date) eq 6 and dayofyear(Date) eq 32",
        "dateadd(Date, 'month', 1) eq datetime'2025-03-01T09:30:00'",
        "datedifference(Date, datetime'2025-02-03T09:30:00', 'day') eq 2",
        "round(СуммаДокумента div 3, 2) eq 33.33",
        "СуммаДокумента sub 100 eq 0 and -СуммаДокумента lt 0",
    ):
        assert len(odata.rows(INVOICES, filter=condition)) == 1, condition


def test_a_composite_field_compares_only_through_cast(odata: OData, base: OneCWorld) -> None:
    invoice = base.make_invoice(BUYER.key, 100)
    base.pay_invoice(invoice)
    cast = f"Контрагент eq cast(guid'{BUYER.key}', 'Catalog_Контрагенты')"

    bare = odata.rows(RECEIPTS, filter=f"Контрагент eq guid'{BUYER.key}'")
    with_cast = odata.rows(RECEIPTS, filter=cast)
    by_type = odata.rows(RECEIPTS, filter="Контрагент_Type eq 'StandardODATA.Catalog_Контрагенты'")
    base.turn(composite_compare="500")
    refused = odata.get(RECEIPTS, filter=f"Контрагент eq guid'{BUYER.key}'")
    by_key_field = odata.get(RECEIPTS, filter=f"Контрагент_Key eq guid'{BUYER.key}'")

    assert (len(bare), len(with_cast), len(by_type)) == (0, 1, 1)
    assert (refused.status_code, code(refused)) == (500, "-1")
    assert (by_key_field.status_code, code(by_key_field)) == (400, "10")


def test_counting_knows_both_readings_of_the_documentation(odata: OData, base: OneCWorld) -> None:
    count = odata.get(f"{PARTIES}/$count", filter="КПП ne ''")
    ignoring = odata.get(PARTIES, inlinecount="allpages", top="0").json()
    base.turn(inlinecount="honours_paging")
    honouring = odata.get(PARTIES, inlinecount="allpages", top="1").json()

    assert count.content == b"\xef\xbb\xbf2"
    assert (ignoring["odata.count"], len(ignoring["value"])) == ("3", 3)
    assert (honouring["odata.count"], len(honouring["value"])) == ("3", 1)


def test_select_knows_stars_sections_and_presentations(odata: OData, base: OneCWorld) -> None:
    base.make_invoice(BUYER.key, 100, at=FIRST)

    plain = odata.rows(INVOICES, select="Number, Date")
    column = odata.rows(INVOICES, select="Товары/Сумма")
    flat = odata.rows(INVOICES, select="**")
    named = odata.rows(INVOICES, select="Контрагент____Presentation,Ref____Presentation")

    assert plain == [{"Number": "0000-000001", "Date": "2025-02-01T09:30:00"}]
    assert set(column[0]["Товары"][0]) == {"Ref_Key", "Сумма"}
    assert "Товары" not in flat[0]
    assert named == [
        {
            "Контрагент____Presentation": "Сцена ООО",
            "Ref____Presentation": "Счет на оплату покупателю 0000-000001 от 01.02.2025 09:30:00",
        }
    ]


def test_expand_is_for_references_of_lists_only(odata: OData, base: OneCWorld) -> None:
    key = base.make_invoice(BUYER.key, 100)

    single = odata.get(by_key(INVOICES, key), expand="Контрагент")
    section = odata.get(INVOICES, expand="Товары")

    assert single.status_code == 501
    assert "not supported when querying single entities" in single.text
    assert (section.status_code, code(section)) == (400, "14")


def test_a_reference_and_a_section_have_addresses(odata: OData, base: OneCWorld) -> None:
    key = base.make_invoice(BUYER.key, 100)

    buyer = odata.row(f"{by_key(INVOICES, key)}/Контрагент")
    lines = odata.rows(f"{by_key(INVOICES, key)}/Товары")
    all_lines = odata.rows(f"{INVOICES}_Товары", filter="Сумма eq 100")

    assert buyer["ИНН"] == "9990000019"
    assert [line["LineNumber"] for line in lines] == ["1"]
    assert all_lines == lines


@pytest.mark.parametrize(
    "condition",
    [
        "СуммаДокумента div 0 eq 1",
        "СуммаДокумента mod 0 eq 1",
        "round(СуммаДокумента, 99999999) eq 1",
        "dateadd(Date, 'year', 99999) gt Date",
    ],
)
def test_what_cannot_be_computed_is_an_exception_of_the_base(
    odata: OData, base: OneCWorld, condition: str
) -> None:
    base.make_invoice(BUYER.key, 100)

    response = odata.get(INVOICES, filter=condition)

    assert (response.status_code, code(response)) == (500, "-1")


def test_too_deep_a_condition_is_refused_and_breaks_nothing(odata: OData) -> None:
    response = odata.get(PARTIES, filter=" or ".join(["IsFolder"] * 3000))

    assert (response.status_code, code(response)) == (400, "14")
    assert odata.get(PARTIES).status_code == 200


@given(a=st.booleans(), b=st.booleans(), c=st.booleans(), first=st.sampled_from(["and", "or"]))
def test_not_binds_before_and_before_or(*, a: bool, b: bool, c: bool, first: str) -> None:
    second = "or" if first == "and" else "and"
    text = f"not {a} {first} {b} {second} not {c}".lower()
    world = OneCWorld()

    holds = Meaning(world).condition(parse(text), world.schema[INVOICE])({})

    assert holds is ((not a and b) or not c if first == "and" else not a or (b and not c))


@given(a=st.integers(0, 99), b=st.integers(1, 99), c=st.integers(1, 99))
def test_arithmetic_is_exact_and_binds_before_comparison(a: int, b: int, c: int) -> None:
    world = OneCWorld()
    expected = Decimal(a) + Decimal(b) * c

    condition = parse(f"{a} add {b} mul {c} eq {expected} and {a} add {b} mul {c} lt {expected}.01")

    assert Meaning(world).condition(condition, world.schema[INVOICE])({}) is True


@given(st.text(alphabet="аб'()-, eqor$1и", max_size=25))
def test_no_text_breaks_the_parser(text: str) -> None:
    world = OneCWorld()
    try:
        Meaning(world).condition(parse(text), world.schema[INVOICE])
    except OneCRefused as exc:
        assert exc.code in {1, 10, 11, 12, 14}  # noqa: PT017 - both outcomes are allowed
