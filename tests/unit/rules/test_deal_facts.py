"""Facts of a deal: its own, its fields, files, bills and client; none is left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.rules.company import CATALOGUE, msk
from tests.unit.rules.observed import (
    EVERYTHING_SET,
    NOTHING,
    SETUP,
    TEN,
    a_client,
    a_deal,
    at,
    facts_of,
    whole_facts,
)
from westsync.domain.catalogue.kinds import catalogue
from westsync.domain.facts import Group, Unknown
from westsync.domain.records import (
    Attachment,
    ClientKind,
    ClientRecord,
    CrmInvoice,
    Details,
    Line,
    StageType,
)
from westsync.rules.deal_seen import Twin


@pytest.mark.parametrize("details", [NOTHING, Details()])
@pytest.mark.parametrize("client", [a_client(), None])
def test_every_fact_of_the_catalogue_is_known_empty_or_unknown_and_none_is_left_out(
    details: Details, client: ClientRecord | None
) -> None:
    facts = facts_of(details=details, client=client)

    assert facts.keys() == CATALOGUE.of("deal").keys()


def test_what_was_not_read_is_unknown_and_says_what_must_be_read() -> None:
    facts = facts_of(details=Details())

    for name, spec in CATALOGUE.of("deal").items():
        details = spec.groups & {Group.HISTORY, Group.TODOS, Group.TASKS}
        if details:
            assert facts[name] == Unknown("not read yet", frozenset(details)), name


def test_a_source_that_is_not_connected_leaves_its_facts_unknown() -> None:
    facts = facts_of()

    assert facts["paid_total"] == Unknown("onec is not connected")
    assert facts["availability"] == Unknown("stock is not connected")


def test_a_detail_that_could_not_be_read_says_why() -> None:
    facts = facts_of(details=Details(todos=(), tasks=(), failed={"history": "403"}))

    assert facts["refusals"] == Unknown("403")
    assert facts["first_touch_at"] == Unknown("403")
    assert facts["planned_call_at"] is None


def test_facts_know_what_was_read_for_them_and_when() -> None:
    facts = whole_facts(as_of={Group.DEAL: TEN}, source_as_of={"megaplan": TEN})

    assert (facts.kind, facts.id) == ("deal", "43")
    assert facts.as_of == {Group.DEAL: TEN}
    assert facts.source_as_of == {"megaplan": TEN}
    assert facts.groups["first_touch_at"] == {Group.HISTORY, Group.TODOS, Group.TASKS}


def test_a_deal_tells_its_own_facts_by_configured_names() -> None:
    facts = facts_of(a_deal(price=Decimal(100)))

    own = ("id", "number", "name", "url", "pipeline", "stage", "stage_type", "manager", "price")
    assert [facts[name] for name in own] == [
        "43",
        "43",
        "Yamaha DTX6",
        "https://megaplan.example/deals/43/card/",
        "sales",
        "new",
        "active",
        "ivanov",
        Decimal(100),
    ]
    assert (facts["created_at"], facts["updated_at"]) == (TEN, at(90))


def test_what_the_configuration_does_not_name_shows_as_its_id() -> None:
    facts = facts_of(a_deal(program_id="7", state_id="8", manager_id="9", number=""))

    assert (facts["pipeline"], facts["stage"], facts["manager"]) == ("#7", "#8", "#9")
    assert facts["number"] == "43"
    assert facts["stage_type"] == Unknown("not told")


def test_a_deal_without_manager_and_client_has_them_empty() -> None:
    facts = facts_of(a_deal(manager_id=None, client_id=None), client=None)

    assert facts["manager"] is None
    assert facts["client_name"] is None
    assert facts["client_phones"] == ()
    assert facts["duplicates"] == ()


def test_the_type_of_the_stage_comes_from_the_deal_before_the_program() -> None:
    facts = facts_of(a_deal(stage_type=StageType.POSITIVE))

    assert facts["stage_type"] == "positive"


def test_a_moment_that_megaplan_hides_is_unknown() -> None:
    facts = facts_of(a_deal(stage_entered_at=None))

    assert facts["stage_entered_at"] == Unknown("hidden in Megaplan")


@pytest.mark.parametrize(
    ("part", "facts_of_it"),
    [
        ("price", ["price"]),
        ("lines", ["lines", "lines_count"]),
        ("attachments", ["attachments", "client_data_received_at", "supplier_invoices"]),
        ("invoices", ["invoices", "invoice_total", "invoice_issued_at"]),
        ("manager", ["manager", "manager_contact_at", "manager_talk_at"]),
        ("client_id", ["client_id", "client_name", "client_kind", "duplicates"]),
        ("city", ["city"]),
    ],
)
def test_what_is_hidden_from_our_account_is_unknown_and_not_empty(
    part: str, facts_of_it: list[str]
) -> None:
    facts = facts_of(a_deal(hidden=(part,)))

    assert {name: facts[name] for name in facts_of_it} == dict.fromkeys(
        facts_of_it, Unknown("hidden in Megaplan")
    )


def test_positions_are_records() -> None:
    line = Line(article="DTX6", name="Барабаны", quantity=Decimal(2), price=None)

    facts = facts_of(a_deal(lines=(line,)))

    assert facts["lines"] == (
        {"article": "DTX6", "name": "Барабаны", "quantity": Decimal(2), "price": None},
    )
    assert facts["lines_count"] == 1


CUSTOM: list[tuple[str, Any, Any]] = [
    ("city", " Тула ", "Тула"),
    ("city", "", None),
    ("city", None, None),
    ("city", ("Тула", "Орёл"), "Тула, Орёл"),
    ("urgent", True, True),
    ("urgent", "Да", True),
    ("urgent", "нет", False),
    ("urgent", None, False),
    ("delivery_at", "2026-11-30", datetime(2026, 11, 29, 21, tzinfo=UTC)),
    ("delivery_at", "2026-11-30T10:00:00+00:00", datetime(2026, 11, 30, 10, tzinfo=UTC)),
    ("delivery_at", "2026-11-30T10:00:00", datetime(2026, 11, 30, 7, tzinfo=UTC)),
    ("delivery_at", "soon", Unknown("'soon' is not a date")),
]


@pytest.mark.parametrize(("name", "value", "fact"), CUSTOM)
def test_a_custom_field_becomes_a_fact_of_its_type(name: str, value: Any, fact: Any) -> None:
    facts = facts_of(a_deal(custom={**EVERYTHING_SET, name: value}))

    assert facts[name] == fact


def test_a_custom_field_that_the_answer_did_not_have_is_unknown() -> None:
    facts = facts_of(a_deal(custom={}))

    assert facts["city"] == Unknown("hidden in Megaplan")


def test_a_custom_field_that_the_catalogue_does_not_know_is_a_text() -> None:
    setup = replace(SETUP, catalogue=catalogue(["floor"]))

    facts = facts_of(a_deal(custom={"floor": 3}), setup)

    assert facts["floor"] == "3"
    assert "city" not in facts


def test_files_have_a_kind_by_their_name() -> None:
    files = (
        Attachment(id="1", name="Счет  от ПОСТАВЩИКА.pdf", at=at(3)),
        Attachment(id="2", name="Паспорт.jpg", at=None),
        Attachment(id="3", name="реквизиты.docx", at=at(2)),
        Attachment(id="4", name="фото.jpg", at=at(1)),
    )

    facts = facts_of(a_deal(attachments=files))

    kinds = [file["kind"] for file in facts["attachments"]]
    assert kinds == ["supplier_invoice", "requisites", "requisites", None]
    assert facts["client_data_received_at"] == at(2)
    assert facts["supplier_invoices"] == (
        {
            "number": "Счет  от ПОСТАВЩИКА.pdf",
            "state": "received",
            "amount": None,
            "attached_at": at(3),
        },
    )


def a_bill(number: str, status: str, total: Decimal | None, day: date | None) -> CrmInvoice:
    """Return a bill to the client."""
    return CrmInvoice(id=number, number=number, status=status, total=total, issued_on=day)


def test_rejected_bills_do_not_count() -> None:
    bills = (
        a_bill("1", "rejected", Decimal(9), date(2026, 11, 1)),
        a_bill("2", "drawn", Decimal(5), date(2026, 11, 3)),
        a_bill("3", "created", None, None),
        a_bill("4", "paid", Decimal(7), date(2026, 11, 2)),
    )

    facts = facts_of(a_deal(invoices=bills))

    assert facts["invoice_total"] == Decimal(12)
    assert facts["invoice_issued_at"] == msk("2026-11-03 00:00")  # the 2nd is over
    assert [bill["issued_at"] for bill in facts["invoices"]][2:] == [None, msk("2026-11-02 00:00")]
    assert facts_of()["invoice_total"] is None


def test_the_client_s_facts_come_from_the_client() -> None:
    client = a_client(
        kind=ClientKind.ORGANISATION,
        name="Ромашка",
        phones=("79001112233",),
        emails=("a@example.test",),
        inn="7701234560",
        city="Орёл",
    )
    twins = (Twin(id="56", name="Ромашка плюс", by=("phone",)),)

    facts = facts_of(client=client, twins=twins)

    names = ("name", "phones", "emails", "inn", "city", "kind")
    assert [facts[f"client_{name}"] for name in names] == [
        "Ромашка",
        ("79001112233",),
        ("a@example.test",),
        "7701234560",
        "Орёл",
        "organisation",
    ]
    assert facts["duplicates"] == ({"id": "56", "name": "Ромашка плюс", "by": ("phone",)},)


def test_a_client_without_a_city_is_where_his_deal_is() -> None:
    assert facts_of()["client_city"] == "Тула"
    assert facts_of(a_deal(custom={}))["client_city"] is None


def test_a_client_who_was_not_read_is_unknown() -> None:
    facts = facts_of(client=None)

    assert facts["client_name"] == Unknown("the client was not read yet")
    assert facts["client_kind"] == "person"


def test_missing_lists_what_the_stage_requires_and_is_empty() -> None:
    deal = a_deal(custom={**EVERYTHING_SET, "city": None})
    unknown_kind = a_client(kind=ClientKind.UNKNOWN)

    assert facts_of(deal, client=unknown_kind)["missing"] == ("client_kind", "city")
    assert facts_of()["missing"] == ()
    assert facts_of(a_deal(state_id="130", custom={}))["missing"] == ()


def test_missing_is_unknown_while_a_required_fact_is() -> None:
    facts = facts_of(a_deal(custom={}))

    assert facts["missing"] == Unknown("city: hidden in Megaplan")
