"""What 1C adds to the facts of a deal, and what it leaves unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.domain.ledger_documents import FIRST, a_payment, a_shipment, an_invoice, moment
from tests.unit.rules.company import CATALOGUE, OFFICE, msk
from tests.unit.rules.observed import EVERYTHING_SET, SETUP, a_deal, facts_of
from westsync.domain.facts import Unknown
from westsync.domain.ledger import LedgerInvoice, PaymentStatus
from westsync.domain.records import Attachment, CrmInvoice
from westsync.domain.settlement.status import state_of
from westsync.domain.settlement.values import Candidate, Hint, Proof, Question, Share, Terms
from westsync.rules.ledger_picture import LedgerSeen, SettledInvoice

BILL = CrmInvoice(
    id="1", number="123", status="drawn", total=Decimal("99.00"), issued_on=date(2025, 2, 1)
)


def settled(invoice: LedgerInvoice | None = None, paid: int = 0, **parts: Any) -> SettledInvoice:
    """Return an invoice of which so many roubles are paid."""
    document = invoice or an_invoice()
    share = Share(
        payment=a_payment().ref,
        invoice=document.ref,
        amount=Decimal(paid),
        proof=Proof.LINK,
        at=moment(FIRST),
    )
    state = state_of(document, [share] if paid else [], Terms())
    return SettledInvoice(invoice=document, **{"state": state} | parts)


def seen(*invoices: SettledInvoice, deal: Any = None, **parts: Any) -> dict[str, Any]:
    """Return the facts of a deal of which 1C shows these invoices."""
    return facts_of(deal or a_deal(), ledger=LedgerSeen(invoices=invoices, **parts))


def test_no_fact_is_left_out_whatever_1c_shows() -> None:
    assert seen().keys() == CATALOGUE.of("deal").keys()
    assert seen(settled(paid=5)).keys() == CATALOGUE.of("deal").keys()


def test_every_record_has_the_fields_of_the_catalogue() -> None:
    candidate = Candidate(
        invoice=an_invoice().ref, number="123", dated=FIRST, hint=Hint.NUMBER_AND_DATE
    )
    question = Question(payment=a_payment(), amount=Decimal(5), candidates=(candidate,))
    full = settled(paid=5, questions=(question,), shipments=(a_shipment(None, factura="5"),))

    facts = seen(full, deal=a_deal(invoices=(BILL,)), suppliers=(settled(),))

    for name in ("invoices", "payments", "payment_questions", "shipments", "supplier_invoices"):
        fields = {item.name for item in CATALOGUE.of("deal")[name].items}
        assert facts[name], name
        assert all(record.keys() == fields for record in facts[name]), name


def test_a_deal_without_bills_has_no_money_and_that_is_known() -> None:
    facts = seen()

    assert facts["paid_total"] == 0
    assert facts["payments"] == ()
    assert facts["first_paid_at"] is facts["fully_paid_at"] is None
    assert facts["documents_ready"] is False


def test_where_1c_has_the_bill_its_figures_count() -> None:
    facts = seen(settled(bill=BILL), deal=a_deal(invoices=(BILL,)))

    assert facts["invoice_total"] == Decimal("120000.00")
    assert facts["invoice_issued_at"] == moment(FIRST)
    assert [one["number"] for one in facts["invoices"]] == ["0000-000123"]


@pytest.mark.parametrize(
    ("day", "over"),
    [
        (date(2026, 11, 2), "2026-11-02 18:00"),
        (date(2026, 11, 3), "2026-11-03 17:00"),  # a short day
        (date(2026, 11, 7), "2026-11-08 00:00"),  # nobody works on it
    ],
)
def test_a_bill_of_today_that_1c_has_not_shown_yet_is_late_for_nobody(day: date, over: str) -> None:
    deal = a_deal(invoices=(replace(BILL, issued_on=day),))

    facts = facts_of(deal, replace(SETUP, office=OFFICE), ledger=LedgerSeen())

    assert facts["invoice_issued_at"] == msk(over)


def test_a_bill_that_1c_lacks_stands_beside_and_its_sum_counts() -> None:
    other = replace(BILL, id="2", number="7")

    facts = seen(settled(bill=BILL), deal=a_deal(invoices=(BILL, other)))

    assert facts["invoice_total"] == Decimal("120099.00")
    assert [one["in_onec"] for one in facts["invoices"]] == [True, False]
    assert facts["paid_total"] == 0


@pytest.mark.parametrize(
    ("bill", "paid"),
    [
        (BILL, Unknown("bill 123 is not found in 1C")),
        (replace(BILL, status="rejected"), Decimal(0)),
        (replace(BILL, number=""), Decimal(0)),
    ],
)
def test_money_for_a_bill_that_nobody_found_is_unknown(bill: CrmInvoice, paid: object) -> None:
    assert seen(deal=a_deal(invoices=(bill,)))["paid_total"] == paid


def test_bills_that_megaplan_hides_leave_the_money_unknown() -> None:
    facts = seen(deal=a_deal(hidden=("invoices",)))

    assert facts["paid_total"] == Unknown("the bills are hidden in Megaplan")


def test_a_draft_is_no_issued_invoice_until_money_comes() -> None:
    draft = an_invoice(posted=False)

    assert seen(settled(draft))["invoice_total"] is None
    assert seen(settled(draft, paid=5))["invoice_total"] == Decimal("120000.00")


def test_a_cancelled_invoice_counts_for_nothing_and_is_still_shown() -> None:
    facts = seen(settled(an_invoice(marked=True)))

    assert facts["invoice_total"] is None
    assert [(one["payment"], one["status"]) for one in facts["invoices"]] == [
        ("cancelled", "rejected")
    ]


def test_an_invoice_in_a_foreign_currency_makes_sums_unknown() -> None:
    facts = seen(settled(an_invoice(foreign_currency=True)))

    assert isinstance(facts["paid_total"], Unknown)
    assert isinstance(facts["invoice_total"], Unknown)
    assert facts["invoices"][0]["payment"] is None


def test_money_that_is_not_placed_yet_is_unknown() -> None:
    assert isinstance(seen(settled(state=None))["paid_total"], Unknown)


def test_a_refund_is_no_payment_that_came() -> None:
    invoice = an_invoice()
    paid = Share(
        payment=a_payment().ref,
        invoice=invoice.ref,
        amount=Decimal(125000),
        proof=Proof.LINK,
        at=moment(FIRST),
    )
    refund = replace(paid, amount=Decimal(-5000), at=moment(FIRST) + timedelta(hours=1))

    facts = seen(SettledInvoice(invoice=invoice, state=state_of(invoice, [paid, refund], Terms())))

    assert facts["last_paid_at"] == moment(FIRST)
    assert facts["paid_total"] == 120000


def test_all_invoices_must_be_paid_for_the_deal_to_be_paid_in_full() -> None:
    first, second = settled(paid=120000), settled(an_invoice("0000-000124"), paid=120000)

    assert seen(first, second)["fully_paid_at"] == moment(FIRST)
    assert seen(first, settled(an_invoice("0000-000125")))["fully_paid_at"] is None


def test_the_accountants_mark_pays_at_an_unknown_moment() -> None:
    marked = settled(an_invoice(status=PaymentStatus.PAID))

    assert isinstance(seen(marked)["fully_paid_at"], Unknown)


@pytest.mark.parametrize(
    ("parts", "ready"),
    [
        ({}, False),
        ({"factura": "5"}, True),
        ({"is_upd": True}, True),
        ({"is_vat_free": True}, True),
        ({"is_upd": True, "posted": False}, False),
        ({"is_upd": True, "marked": True}, False),
    ],
)
def test_papers_are_ready_when_they_are_complete(parts: dict[str, Any], ready: bool) -> None:
    facts = seen(settled(shipments=(a_shipment(None, **parts),)))

    assert facts["documents_ready"] is ready


@pytest.mark.parametrize(
    ("paid_at", "due"),
    [
        (None, "2026-11-23 17:00"),
        ("2026-11-20 10:00", "2026-11-23 17:00"),
        ("2026-11-24 10:12", "2026-11-24 10:12"),
    ],
)
def test_papers_are_due_the_evening_before_the_delivery_and_never_before_the_money(
    paid_at: str | None, due: str
) -> None:
    invoice = an_invoice(dated=date(2026, 11, 20))
    paid = Share(
        payment=a_payment().ref,
        invoice=invoice.ref,
        amount=invoice.total,
        proof=Proof.LINK,
        at=msk(paid_at or "2026-11-20 10:00"),
    )
    state = state_of(invoice, [] if paid_at is None else [paid], Terms())
    custom = EVERYTHING_SET | {"delivery_at": "2026-11-24T18:00:00+03:00"}

    facts = facts_of(
        a_deal(custom=custom),
        replace(SETUP, office=OFFICE),
        ledger=LedgerSeen(invoices=(settled(invoice, state=state),)),
    )

    assert facts["documents_due_at"] == msk(due)


def test_papers_nobody_told_of_are_unknown() -> None:
    facts = seen(settled(), shipments_read=False)

    assert isinstance(facts["documents_ready"], Unknown)
    assert isinstance(facts["shipments"], Unknown)


def test_attached_and_booked_suppliers_invoices_stand_together() -> None:
    file = Attachment(id="9", name="Счет поставщика.pdf", at=datetime(2025, 2, 1, tzinfo=UTC))
    booked = settled(an_invoice(incoming_number="ПЗ-77"), paid=120000)

    facts = seen(deal=a_deal(attachments=(file,)), suppliers=(booked,))

    assert [one["state"] for one in facts["supplier_invoices"]] == ["received", "paid"]


def test_a_payment_that_may_be_for_two_bills_is_asked_about_once() -> None:
    bills = [an_invoice(), an_invoice("0000-000124")]
    shown = tuple(
        Candidate(invoice=one.ref, number=one.number, dated=one.dated, hint=Hint.PAYER)
        for one in bills
    )
    question = Question(payment=a_payment(), amount=Decimal(5), candidates=shown)

    facts = seen(*(settled(one, questions=(question,)) for one in bills))

    (asked,) = facts["payment_questions"]
    assert (asked["alone"], asked["hint"]) == (False, "payer")


def test_the_latest_fall_is_told() -> None:
    early, late = moment(FIRST), moment(FIRST + timedelta(days=1))

    facts = seen(settled(fell_at=late), settled(an_invoice("0000-000124"), fell_at=early))

    assert facts["paid_fell_at"] == late
