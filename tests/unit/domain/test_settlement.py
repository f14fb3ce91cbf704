"""Is the invoice paid, and by which money (1C contract 7.3, 7.4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.ledger_documents import (
    BUYER,
    FIRST,
    OTHER,
    a_payment,
    an_invoice,
    linked,
    moment,
    ref,
)
from tests.unit.domain.settling import settle_all
from westsync.domain.ledger import LedgerInvoice, MoneyKind, Payment, PaymentRow, PaymentStatus
from westsync.domain.settlement.candidates import candidates
from westsync.domain.settlement.values import (
    Hint,
    Proof,
    Settlement,
    StatusSource,
    Terms,
    bill_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

PAID, PARTLY, UNPAID = PaymentStatus.PAID, PaymentStatus.PARTLY, PaymentStatus.UNPAID
BY_NUMBER_AND_DATE = "Оплата по счету № 123 от 01.02.2025"
BY_NUMBER = "Оплата по счету 123"


def settled(
    invoices: Sequence[LedgerInvoice], *payments: Payment, terms: Terms | None = None
) -> Settlement:
    return settle_all([bill_of(one) for one in invoices], payments, terms or Terms())


def hints(settlement: Settlement, invoices: Sequence[LedgerInvoice]) -> list[tuple[str, Hint]]:
    (question,) = settlement.questions
    remaining = {key: state.remaining for key, state in settlement.states.items()}
    found = candidates(question, [bill_of(one) for one in invoices], remaining)
    return [(candidate.number, candidate.hint) for candidate in found]


# -- the ladder --------------------------------------------------------------------------------


def test_the_accountants_link_counts_whatever_the_purpose_says() -> None:
    invoice, named = an_invoice("0000-000123"), an_invoice("0000-000124")
    payment = a_payment(purpose="по счету 124", inn=OTHER, rows=linked(invoice))

    found = settled([invoice, named], payment)

    assert found.states[invoice.ref].status is PAID
    assert found.states[named.ref].status is UNPAID
    assert [share.proof for share in found.shares] == [Proof.LINK]


def test_number_date_and_payer_are_enough() -> None:
    invoice = an_invoice()

    found = settled([invoice], a_payment(purpose=BY_NUMBER_AND_DATE))

    assert found.states[invoice.ref].status is PAID
    assert found.shares[0].proof is Proof.NUMBER_AND_DATE
    assert found.questions == ()


def test_a_number_alone_is_enough_if_the_payer_has_one_such_invoice() -> None:
    invoice, of_another = an_invoice(), an_invoice(dated=FIRST - timedelta(days=3), inn=OTHER)

    found = settled([invoice, of_another], a_payment(purpose=BY_NUMBER))

    assert found.states[invoice.ref].status is PAID
    assert found.shares[0].proof is Proof.NUMBER


def test_the_number_of_two_years_is_not_certain_and_both_are_shown() -> None:
    both = [an_invoice(), an_invoice(dated=date(2024, 2, 20))]

    found = settled(both, a_payment(purpose=BY_NUMBER))

    assert found.shares == ()
    assert hints(found, both) == [
        ("0000-000123", Hint.NUMBER_AND_PAYER),
        ("0000-000123", Hint.NUMBER_AND_PAYER),
    ]


def test_the_date_tells_two_years_apart() -> None:
    new, old = an_invoice(), an_invoice(dated=date(2024, 2, 20))

    found = settled([new, old], a_payment(purpose="счет 123 от 20.02.2024"))

    assert found.states[old.ref].status is PAID
    assert found.states[new.ref].status is UNPAID


def test_an_invoice_of_the_next_year_does_not_take_an_earlier_match_away() -> None:
    old, next_year = an_invoice(), an_invoice(dated=date(2026, 1, 20))

    found = settled([old, next_year], a_payment(purpose=BY_NUMBER))

    assert found.states[old.ref].status is PAID


@pytest.mark.parametrize(
    "purpose",
    [
        "счет 123 от 02.02.2025",
        "счет 123 от 01.02.2024",
        "счет 123 от 31.02.2025",
        "счет 123 от 05.02",
        "счет 123 от 01 02 2025",
        "счет 12 3 от 01.02.2025",
        "счетту 123",
    ],
)
def test_what_contradicts_or_cannot_be_read_is_never_certain(purpose: str) -> None:
    found = settled([an_invoice()], a_payment(purpose=purpose))

    assert found.shares == ()
    assert len(found.questions) == 1


def test_a_third_party_payer_is_a_candidate_only() -> None:
    invoice = an_invoice()

    found = settled([invoice], a_payment(purpose=BY_NUMBER_AND_DATE, inn=OTHER))

    assert found.states[invoice.ref].status is UNPAID
    assert hints(found, [invoice]) == [("0000-000123", Hint.NUMBER_AND_DATE)]


@pytest.mark.parametrize("purpose", [BY_NUMBER, BY_NUMBER_AND_DATE])
def test_two_payers_without_an_inn_are_not_the_same_one(purpose: str) -> None:
    found = settled([an_invoice(inn="")], a_payment(purpose=purpose, inn=""))

    assert found.shares == ()


def test_the_counterparty_of_the_books_stands_for_a_person_without_inn() -> None:
    person = ref("0a7d1e52-1f0b-11ee-8c5e-0050569b0c11")
    invoice = an_invoice(inn="", counterparty=person)

    dated = a_payment(purpose=BY_NUMBER_AND_DATE, inn="", counterparty=person)
    undated = a_payment(purpose=BY_NUMBER, inn="", counterparty=person)

    assert settled([invoice], dated).states[invoice.ref].status is PAID
    assert settled([invoice], undated).shares == ()  # a collective buyer has many invoices


def test_a_sum_alone_is_a_candidate_unless_the_company_wants_it_so() -> None:
    invoices = [an_invoice("0000-000123"), an_invoice("0000-000124", total=5000)]
    payment = a_payment(5000, "за оборудование")

    careful = settled(invoices, payment)
    daring = settled(invoices, payment, terms=Terms(match_by_amount=True))

    assert careful.shares == ()
    assert hints(careful, invoices)[0] == ("0000-000124", Hint.PAYER_AND_AMOUNT)
    assert daring.states[invoices[1].ref].status is PAID


def test_two_invoices_of_one_sum_are_not_told_apart_by_it() -> None:
    invoices = [an_invoice("0000-000123"), an_invoice("0000-000124")]

    found = settled(invoices, a_payment(purpose="за товар"), terms=Terms(match_by_amount=True))

    assert found.shares == ()


def test_a_number_alone_gives_way_to_the_exact_sum_of_another_invoice() -> None:
    invoices = [an_invoice("0000-000123"), an_invoice("0000-000132", total=5000)]

    found = settled(invoices, a_payment(5000, BY_NUMBER))

    assert found.shares == ()


def test_a_number_alone_is_not_enough_for_an_invoice_that_is_paid() -> None:
    invoice = an_invoice()

    found = settled(
        [invoice],
        a_payment(purpose=BY_NUMBER_AND_DATE),
        a_payment(purpose=BY_NUMBER, dated=FIRST + timedelta(days=9)),
    )

    assert found.states[invoice.ref].overpaid == 0
    assert hints(found, [invoice]) == [("0000-000123", Hint.NUMBER_AND_PAYER)]


@pytest.mark.parametrize("purpose", ["Возврат по счету 123 от 01.02.2025", "возвращение займа"])
def test_money_that_goes_back_never_pays_an_invoice(purpose: str) -> None:
    found = settled([an_invoice()], a_payment(purpose=purpose))

    assert found.shares == ()


def test_what_is_no_buyers_operation_never_pays_an_invoice() -> None:
    payment = a_payment(purpose=BY_NUMBER_AND_DATE, operation="ВозвратОтПоставщика")

    assert settled([an_invoice()], payment).shares == ()


@pytest.mark.parametrize("parts", [{"posted": False}, {"marked": True}])
def test_a_payment_that_is_not_posted_is_no_money(parts: dict[str, Any]) -> None:
    invoice = an_invoice()

    found = settled([invoice], a_payment(rows=linked(invoice), **parts))

    assert found.states[invoice.ref].status is UNPAID
    assert found.questions == ()


# -- several invoices --------------------------------------------------------------------------


def test_several_numbers_are_filled_in_the_order_written_and_the_rest_goes_to_the_last() -> None:
    first = an_invoice("0000-000120", dated=date(2025, 1, 27), total=50000)
    second = an_invoice("0000-000123", total=100000)
    purpose = "По счетам №123 от 01.02.25, №120 от 27.01.25"

    found = settled([first, second], a_payment(160000, purpose))

    assert found.states[second.ref].paid == Decimal("100000.00")
    assert found.states[first.ref].paid == Decimal("60000.00")
    assert found.states[first.ref].overpaid == Decimal("10000.00")


def test_if_one_of_several_is_not_certain_nothing_is_placed() -> None:
    invoice = an_invoice("0000-000123")

    found = settled([invoice], a_payment(purpose="По счетам №123 от 01.02.25, №99 от 27.01.25"))

    assert found.shares == ()


def test_the_unlinked_rest_of_a_payment_is_matched_by_itself() -> None:
    linked_one = an_invoice("0000-000120", total=20000)
    named = an_invoice("0000-000123", total=100000)
    rows = (*linked(linked_one), PaymentRow(invoice=None, amount=Decimal("100000.00")))

    found = settled([linked_one, named], a_payment(purpose=BY_NUMBER_AND_DATE, rows=rows))

    assert found.states[linked_one.ref].status is PAID
    assert found.states[named.ref].status is PAID


# -- how far it is paid ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "status", "overpaid"),
    [
        ("1000.00", PARTLY, "0.00"),
        ("119998.99", PARTLY, "0.00"),
        ("119999.00", PAID, "0.00"),
        ("120000.00", PAID, "0.00"),
        ("120001.00", PAID, "0.00"),
        ("120001.01", PAID, "1.01"),
    ],
)
def test_a_rouble_more_or_less_is_paid(amount: str, status: PaymentStatus, overpaid: str) -> None:
    invoice = an_invoice()

    state = settled([invoice], a_payment(amount, BY_NUMBER_AND_DATE)).states[invoice.ref]

    assert (state.status, state.overpaid) == (status, Decimal(overpaid))


def test_the_moments_are_those_of_the_money() -> None:
    invoice = an_invoice()
    half = a_payment(60000, BY_NUMBER_AND_DATE, dated=FIRST)
    rest = a_payment(60000, BY_NUMBER_AND_DATE, dated=FIRST + timedelta(days=3))

    state = settled([invoice], rest, half).states[invoice.ref]

    assert state.first_paid_at == moment(FIRST)
    assert state.fully_paid_at == moment(FIRST + timedelta(days=3))


def test_a_double_payment_is_an_overpayment() -> None:
    invoice = an_invoice()
    twice = [a_payment(purpose=BY_NUMBER_AND_DATE) for _ in range(2)]

    assert settled([invoice], *twice).states[invoice.ref].overpaid == Decimal("120000.00")


def test_a_refund_that_is_linked_lowers_what_is_paid() -> None:
    invoice = an_invoice()
    paid = a_payment(rows=linked(invoice))
    back = a_payment(
        -20000, "Возврат", kind=MoneyKind.OUT, rows=linked(invoice, amounts=("-20000.00",))
    )

    state = settled([invoice], paid, back).states[invoice.ref]

    assert (state.status, state.paid) == (PARTLY, Decimal("100000.00"))
    assert state.fully_paid_at is None


def test_a_refund_that_names_number_and_date_is_placed_and_another_is_asked_about() -> None:
    invoice = an_invoice()
    paid = a_payment(rows=linked(invoice))
    named = a_payment(-20000, "Возврат по счету 123 от 01.02.2025", kind=MoneyKind.OUT)
    nameless = a_payment(-10000, "Возврат излишка", kind=MoneyKind.OUT)

    found = settled([invoice], paid, named, nameless)

    assert found.states[invoice.ref].paid == Decimal("100000.00")
    assert [question.payment.ref for question in found.questions] == [nameless.ref]


def test_more_than_was_paid_is_never_taken_back_by_a_guess() -> None:
    invoice = an_invoice()
    back = a_payment(-20000, "Возврат по счету 123 от 01.02.2025", kind=MoneyKind.OUT)

    found = settled([invoice], back)

    assert found.states[invoice.ref].paid == 0
    assert len(found.questions) == 1


def test_a_cancelled_invoice_is_cancelled_and_gets_no_money_by_itself() -> None:
    invoice = an_invoice(marked=True)

    found = settled([invoice], a_payment(purpose=BY_NUMBER_AND_DATE))

    assert found.states[invoice.ref].status is PaymentStatus.CANCELLED
    assert hints(found, [invoice]) == [("0000-000123", Hint.NUMBER_AND_DATE)]


def test_the_accountants_mark_counts_while_no_money_is_found_and_says_so() -> None:
    invoice = an_invoice(status=PAID)

    state = settled([invoice]).states[invoice.ref]
    with_money = settled([invoice], a_payment(1000, BY_NUMBER_AND_DATE)).states[invoice.ref]

    assert (state.status, state.source) == (PAID, StatusSource.REGISTER)
    assert state.notes == ("no_money_found",)
    assert state.paid == 0
    assert state.fully_paid_at is None
    assert (with_money.status, with_money.source) == (PARTLY, StatusSource.MONEY)


def test_money_for_a_draft_counts_with_a_warning() -> None:
    invoice = an_invoice(posted=False)

    state = settled([invoice], a_payment(purpose=BY_NUMBER_AND_DATE)).states[invoice.ref]

    assert (state.status, state.notes) == (PAID, ("unposted",))


def test_nothing_is_decided_of_a_foreign_currency() -> None:
    invoice = an_invoice(foreign_currency=True)

    found = settled([invoice], a_payment(purpose=BY_NUMBER_AND_DATE))

    assert found.states[invoice.ref].status is None
    assert found.shares == ()


def test_a_sum_that_1c_added_up_itself_is_not_added_to_ours() -> None:
    invoice = an_invoice(paid=Decimal("50000.00"))

    alone = settled([invoice]).states[invoice.ref]
    seen_too = settled([invoice], a_payment(50000, BY_NUMBER_AND_DATE)).states[invoice.ref]

    assert (alone.status, alone.paid) == (PARTLY, Decimal("50000.00"))
    assert seen_too.paid == Decimal("50000.00")


# -- one payment, two sources ------------------------------------------------------------------


def a_bank_row(payment: Payment, **parts: Any) -> Payment:
    """Return how the bank's file shows a payment."""
    key = ref(f"bank:{payment.ref}")
    plain: dict[str, Any] = {"rows": (), "operation": "Платежное поручение", "posted": True}
    return replace(payment, ref=key, **plain | parts)


def test_the_bank_and_1c_show_one_payment_that_counts_once() -> None:
    invoice = an_invoice()
    document = a_payment(rows=linked(invoice), dated=FIRST + timedelta(days=4))
    row = a_bank_row(document, purpose=BY_NUMBER_AND_DATE, dated=FIRST + timedelta(days=1))

    found = settled([invoice], row, document)

    assert found.states[invoice.ref].paid == Decimal("120000.00")
    assert found.same_money == {row.ref: document.ref}


def test_two_payments_of_one_sum_in_both_sources_stay_two() -> None:
    invoice = an_invoice(total=240000)
    documents = [a_payment(purpose=BY_NUMBER_AND_DATE) for _ in range(2)]
    rows = [a_bank_row(one) for one in documents]

    found = settled([invoice], *documents, *rows)

    assert found.states[invoice.ref].status is PAID
    assert found.states[invoice.ref].overpaid == 0


def test_a_document_without_the_orders_number_is_paired_by_payer_sum_and_time() -> None:
    invoice = an_invoice()
    document = a_payment(rows=linked(invoice), incoming_number="", incoming_on=None)
    row = a_bank_row(document, incoming_number="57", incoming_on=FIRST, purpose=BY_NUMBER)

    assert settled([invoice], row, document).states[invoice.ref].overpaid == 0


def test_another_number_of_the_order_is_another_payment() -> None:
    invoice = an_invoice(total=240000)
    document = a_payment(purpose=BY_NUMBER_AND_DATE, incoming_number="57")
    row = a_bank_row(document, incoming_number="58")

    assert settled([invoice], row, document).states[invoice.ref].status is PAID


def test_an_unposted_document_does_not_hide_the_money_at_the_bank() -> None:
    invoice = an_invoice()
    document = a_payment(purpose=BY_NUMBER_AND_DATE, posted=False)

    found = settled([invoice], document, a_bank_row(document))

    assert found.states[invoice.ref].status is PAID


def test_a_third_partys_payment_that_the_accountant_placed_asks_nobody() -> None:
    invoice = an_invoice()
    document = a_payment(rows=linked(invoice))
    row = a_bank_row(document, inn=OTHER, purpose=BY_NUMBER_AND_DATE)

    found = settled([invoice], document, row)

    assert found.questions == ()
    assert found.states[invoice.ref].overpaid == 0


# -- laws --------------------------------------------------------------------------------------

PURPOSES = st.sampled_from(
    ["", BY_NUMBER, BY_NUMBER_AND_DATE, "счет 124", "счета №123 от 01.02.2025, №124 от 01.02.2025"]
)
AMOUNTS = st.integers(1, 300_000)


@given(
    st.lists(st.tuples(AMOUNTS, PURPOSES, st.sampled_from([BUYER, OTHER])), max_size=6), st.data()
)
def test_money_is_neither_lost_nor_made_and_the_order_of_reading_does_not_matter(
    plan: list[tuple[int, str, str]], data: st.DataObject
) -> None:
    invoices = [an_invoice("0000-000123"), an_invoice("0000-000124", total=80000)]
    payments = [a_payment(amount, purpose, inn=inn) for amount, purpose, inn in plan]

    found = settled(invoices, *payments)
    again = settled(invoices, *data.draw(st.permutations(payments)))

    placed = sum((share.amount for share in found.shares), Decimal(0))
    asked = sum((question.amount for question in found.questions), Decimal(0))
    assert placed + asked == sum(amount for amount, _, _ in plan)
    assert again.states == found.states
    assert all(share.amount > 0 for share in found.shares)
    assert all(state.paid + state.remaining in {120000, 80000} for state in found.states.values())


def test_the_supplier_side_is_settled_by_the_suppliers_own_number() -> None:
    bill = an_invoice(
        "0000-000007", incoming_number="ПЗ-77", incoming_on=date(2025, 1, 30), inn=OTHER
    )
    payment = a_payment(
        purpose="Оплата по счету № ПЗ-77 от 30.01.2025", kind=MoneyKind.OUT, inn=OTHER
    )

    assert settled([bill], payment).states[bill.ref].status is PAID
