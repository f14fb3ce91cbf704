"""The ledger mirror: what is new, what vanished, whose deal it is, how the money changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.unit.domain.ledger_documents import (
    BUYER,
    FIRST,
    OTHER,
    a_payment,
    a_shipment,
    an_invoice,
    linked,
    ref,
)
from tests.unit.journal.factories import NOON, a_client, a_deal, a_page
from westsync.domain.intents import ObjectRef
from westsync.domain.ledger import MoneyKind, PaymentStatus
from westsync.domain.records import CrmInvoice, Payer, StageType
from westsync.domain.settlement.book import settle
from westsync.domain.settlement.values import Terms, bill_of
from westsync.journal.ledger import CLIENT, SUPPLIER, Group, Kind, Pass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from westsync.domain.ledger import LedgerInvoice
    from westsync.domain.records import DealRecord
    from westsync.domain.settlement.values import PaymentChange
    from westsync.journal.database import Database
    from westsync.journal.ledger_documents import Document
    from westsync.journal.store import SqliteStore

SINCE, UNTIL = FIRST - timedelta(days=30), FIRST + timedelta(days=30)
MARKER = "WS:megaplan:deal:43:invoice:1"
BUYERS = Group(CLIENT, BUYER)
LATER = NOON + timedelta(minutes=5)


def keep(store: SqliteStore, kind: Kind, *documents: Document) -> None:
    store.ledger.keep(Pass(kind=kind, changed=documents), NOON)


def settle_group(store: SqliteStore, group: Group = BUYERS) -> tuple[PaymentChange, ...]:
    book = store.ledger.book_of(group)
    bills = [bill_of(one) for one in book.invoices]
    found = settle(group.party, bills, book.payments, Terms(), witnesses=book.witnesses)
    return store.ledger.keep_settlement(group, found, book.invoices, NOON)


def a_bill(number: str = "123", **parts: object) -> CrmInvoice:
    plain = CrmInvoice(
        id=f"b{number}",
        number=number,
        status="drawn",
        total=Decimal("120000.00"),
        issued_on=FIRST,
    )
    return replace(plain, **parts)  # type: ignore[arg-type]  # a test names fields


def put_deal(store: SqliteStore, *bills: CrmInvoice, **parts: object) -> DealRecord:
    deal = replace(a_deal(client="777"), invoices=bills, **parts)  # type: ignore[arg-type]  # as above
    store.mirror.keep_page(a_page(deal, a_client("777")), NOON)
    store.mirror.keep_payers([Payer(id="1", client_id="777", inn=BUYER, kpp=None)], NOON)
    return deal


def decided(store: SqliteStore) -> None:
    """Take all marks away, as if everything had been decided."""
    with store.transaction():
        for obj in store.mirror.dirty.objects(100):
            store.mirror.dirty.clear(obj)


def dirty(store: SqliteStore) -> list[str]:
    return [str(obj) for obj in store.mirror.dirty.objects(100)]


# -- documents ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        (Kind.INVOICES, an_invoice()),
        (Kind.SUPPLIER_INVOICES, an_invoice()),
        (Kind.PAYMENTS, a_payment(rows=linked(an_invoice()))),
        (Kind.SHIPMENTS, a_shipment(an_invoice())),
    ],
)
def test_a_document_is_new_once_and_again_when_somebody_wrote_it(
    store: SqliteStore, kind: Kind, document: Document
) -> None:
    assert store.ledger.changed(kind, [document]) == [document]

    keep(store, kind, document)

    written = replace(document, version="2")
    assert store.ledger.changed(kind, [document]) == []
    assert store.ledger.changed(kind, [written]) == [written]
    assert store.ledger.refs(kind, SINCE, UNTIL) == {document.ref}


def test_a_window_holds_what_is_dated_in_it(store: SqliteStore) -> None:
    keep(store, Kind.INVOICES, an_invoice())

    assert store.ledger.refs(Kind.INVOICES, FIRST, FIRST + timedelta(days=1))
    assert not store.ledger.refs(Kind.INVOICES, SINCE, FIRST)
    assert not store.ledger.refs(Kind.SUPPLIER_INVOICES, SINCE, UNTIL)


def test_a_document_that_one_pass_does_not_show_is_still_there(store: SqliteStore) -> None:
    payment = a_payment()
    keep(store, Kind.PAYMENTS, payment)
    walked = Pass(kind=Kind.PAYMENTS, missing=[payment.ref])

    once = store.ledger.keep(walked, NOON)
    still = store.ledger.payment(payment.ref)
    twice = store.ledger.keep(walked, NOON)

    assert (once, twice) == ((0, 0), (0, 1))
    assert still == payment
    assert store.ledger.payment(payment.ref) is None


def test_a_document_that_is_seen_again_begins_anew(store: SqliteStore) -> None:
    payment = a_payment()
    keep(store, Kind.PAYMENTS, payment)
    walked = Pass(kind=Kind.PAYMENTS, missing=[payment.ref])
    store.ledger.keep(walked, NOON)

    shown = store.ledger.changed(Kind.PAYMENTS, [payment])
    keep(store, Kind.PAYMENTS, *shown)
    store.ledger.keep(walked, NOON)

    assert shown == [payment]
    assert store.ledger.payment(payment.ref) == payment


def test_rows_of_bank_files_never_vanish(store: SqliteStore) -> None:
    keep(store, Kind.PAYMENTS, a_payment(ref=ref("bank:1")))

    assert store.ledger.refs(Kind.PAYMENTS, SINCE, UNTIL) == frozenset()


def test_a_number_longer_than_any_index_is_kept_all_the_same(store: SqliteStore) -> None:
    invoice = an_invoice("9" * 40)

    keep(store, Kind.INVOICES, invoice)

    assert store.ledger.invoice(invoice.ref) == invoice


def test_a_pass_is_kept_whole_or_not_at_all(store: SqliteStore) -> None:
    def breaking() -> Iterable[str]:
        yield ref("a")
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        store.ledger.keep(
            Pass(kind=Kind.INVOICES, changed=[an_invoice()], deleted=breaking()),  # type: ignore[arg-type]  # keys are texts
            NOON,
        )

    assert store.ledger.refs(Kind.INVOICES, SINCE, UNTIL) == frozenset()
    assert store.ledger.unsettled() == ()


# -- whose money must be placed again ----------------------------------------------------------


def test_a_changed_document_marks_its_party_and_settling_takes_the_mark_away(
    store: SqliteStore,
) -> None:
    keep(store, Kind.INVOICES, an_invoice())

    assert store.ledger.unsettled() == (BUYERS,)

    settle_group(store)

    assert store.ledger.unsettled() == ()


def test_a_payment_marks_also_the_party_whose_invoice_it_is_linked_with(store: SqliteStore) -> None:
    invoice = an_invoice()
    keep(store, Kind.INVOICES, invoice)
    settle_group(store)

    keep(store, Kind.PAYMENTS, a_payment(inn=OTHER, rows=linked(invoice)))

    assert set(store.ledger.unsettled()) == {BUYERS, Group(CLIENT, OTHER)}


def test_a_link_that_is_taken_away_marks_the_party_that_loses_it(store: SqliteStore) -> None:
    invoice = an_invoice()
    payment = a_payment(inn=OTHER, rows=linked(invoice))
    keep(store, Kind.INVOICES, invoice)
    keep(store, Kind.PAYMENTS, payment)
    settle_group(store)
    settle_group(store, Group(CLIENT, OTHER))

    keep(store, Kind.PAYMENTS, replace(payment, rows=(), version="2"))

    assert BUYERS in store.ledger.unsettled()


def test_a_document_of_the_same_sum_marks_the_party_of_the_bank_row(store: SqliteStore) -> None:
    keep(store, Kind.PAYMENTS, a_payment(ref=ref("bank:1")))
    settle_group(store)

    keep(store, Kind.PAYMENTS, a_payment(inn=OTHER))

    assert BUYERS in store.ledger.unsettled()


def test_money_to_suppliers_is_of_another_book(store: SqliteStore) -> None:
    keep(store, Kind.PAYMENTS, a_payment(kind=MoneyKind.OUT))

    assert store.ledger.unsettled() == (Group(SUPPLIER, BUYER),)


# -- states and changes ------------------------------------------------------------------------


def test_a_new_unpaid_invoice_is_no_event_and_its_payment_is(store: SqliteStore) -> None:
    invoice = an_invoice()
    keep(store, Kind.INVOICES, invoice)
    unpaid = settle_group(store)
    keep(store, Kind.PAYMENTS, a_payment(rows=linked(invoice)))

    (change,) = settle_group(store)

    assert unpaid == ()
    assert (change.old, change.new) == (PaymentStatus.UNPAID, PaymentStatus.PAID)
    assert change.number == "0000-000123"
    assert [change.old_paid, change.paid, change.remaining] == [0, 120000, 0]
    assert len(change.shares) == 1
    assert store.ledger.changes_of(invoice.ref) == (change,)
    assert store.ledger.fell_at(invoice.ref) is None


def test_the_same_again_is_no_event(store: SqliteStore) -> None:
    invoice = an_invoice()
    keep(store, Kind.INVOICES, invoice)
    keep(store, Kind.PAYMENTS, a_payment(rows=linked(invoice)))
    settle_group(store)
    decided(store)

    assert settle_group(store) == ()
    assert dirty(store) == []


def test_a_payment_that_disappears_is_an_event_that_says_so(store: SqliteStore) -> None:
    invoice, payment = an_invoice(), a_payment(rows=linked(an_invoice()))
    keep(store, Kind.INVOICES, invoice)
    keep(store, Kind.PAYMENTS, payment)
    settle_group(store)

    keep(store, Kind.PAYMENTS, replace(payment, posted=False, version="2"))
    (change,) = settle_group(store)

    assert change.fell
    assert [change.old_paid, change.paid] == [120000, 0]
    assert store.ledger.fell_at(invoice.ref) == NOON


@pytest.mark.parametrize(("given_back", "fell"), [("5000.00", False), ("5000.01", True)])
def test_only_money_beyond_the_sum_may_be_given_back_without_a_question(
    store: SqliteStore, given_back: str, *, fell: bool
) -> None:
    invoice = an_invoice()
    keep(store, Kind.INVOICES, invoice)
    keep(store, Kind.PAYMENTS, a_payment(125000, rows=linked(invoice, amounts=("125000.00",))))
    settle_group(store)

    refund = f"-{given_back}"
    keep(store, Kind.PAYMENTS, a_payment(refund, rows=linked(invoice, amounts=(refund,))))
    (change,) = settle_group(store)

    assert change.fell is fell
    assert (store.ledger.fell_at(invoice.ref) is not None) is fell


def test_an_invoice_that_changes_its_buyer_leaves_nothing_behind(store: SqliteStore) -> None:
    invoice = an_invoice()
    keep(store, Kind.INVOICES, invoice)
    settle_group(store)

    keep(store, Kind.INVOICES, replace(invoice, inn=OTHER, version="2"))
    settle_group(store)
    settle_group(store, Group(CLIENT, OTHER))

    state = store.ledger.state(invoice.ref)
    assert state is not None
    assert store.ledger.unsettled() == ()


def test_a_question_lives_as_long_as_nobody_answered_it(store: SqliteStore) -> None:
    payment = a_payment(purpose="за товар")
    keep(store, Kind.PAYMENTS, payment)
    settle_group(store)
    asked = store.ledger.questions(CLIENT, SINCE)

    keep(store, Kind.INVOICES, an_invoice())
    keep(store, Kind.PAYMENTS, replace(payment, rows=linked(an_invoice()), version="2"))
    settle_group(store)

    assert [question.payment for question in asked] == [payment]
    assert store.ledger.questions(CLIENT, SINCE) == ()


def test_the_open_invoices_that_were_not_looked_at_longest_come_first(store: SqliteStore) -> None:
    old, older = an_invoice("0000-000001"), an_invoice("0000-000002", dated=date(2024, 12, 1))
    paid = an_invoice("0000-000003")
    keep(store, Kind.INVOICES, old, older, paid)
    keep(store, Kind.PAYMENTS, a_payment(rows=linked(paid)))
    settle_group(store)
    store.ledger.note_looked_at([older.ref], LATER)

    assert store.ledger.open_invoices(CLIENT, UNTIL, 10) == (old.ref, older.ref)
    assert store.ledger.open_invoices(CLIENT, FIRST, 10) == (older.ref,)
    assert store.ledger.open_invoices(CLIENT, UNTIL, 1) == (old.ref,)


# -- deals -------------------------------------------------------------------------------------


def joined(store: SqliteStore, deal: DealRecord) -> list[LedgerInvoice]:
    return [one.invoice for one in store.ledger.invoices_of(deal)]


def test_a_marker_in_the_comment_joins_whatever_else_is_written_there(store: SqliteStore) -> None:
    deal = put_deal(store)
    invoice = an_invoice(inn=OTHER, comment=f"Срочно! {MARKER} позвонить")

    keep(store, Kind.INVOICES, invoice)

    assert joined(store, deal) == [invoice]
    assert store.ledger.deals_of(invoice.ref) == ("43",)


def test_a_number_in_the_deal_joins_with_the_buyers_inn(store: SqliteStore) -> None:
    invoice = an_invoice()
    keep(store, Kind.INVOICES, invoice)

    deal = put_deal(store, a_bill("123", total=None, issued_on=FIRST + timedelta(days=3)))

    assert joined(store, deal) == [invoice]
    assert store.ledger.invoices_of(deal)[0].bill == deal.invoices[0]
    assert store.ledger.deals_of(invoice.ref) == ("43",)


@pytest.mark.parametrize(
    ("bill", "invoice"),
    [
        (a_bill("124"), an_invoice()),
        (a_bill(""), an_invoice()),
        (a_bill(), an_invoice(inn=OTHER)),
        (a_bill(issued_on=FIRST - timedelta(days=400)), an_invoice()),
        (a_bill(total=Decimal(5)), an_invoice(inn="")),
        (a_bill(issued_on=None), an_invoice(inn="")),
    ],
)
def test_a_number_alone_joins_nothing(
    store: SqliteStore, bill: CrmInvoice, invoice: LedgerInvoice
) -> None:
    keep(store, Kind.INVOICES, invoice)

    deal = put_deal(store, bill)

    assert joined(store, deal) == []
    assert store.ledger.deals_of(invoice.ref) == ()


def test_date_and_sum_stand_for_an_inn_that_nobody_has(store: SqliteStore) -> None:
    invoice = an_invoice(inn="")
    keep(store, Kind.INVOICES, invoice)

    assert joined(store, put_deal(store, a_bill())) == [invoice]


def test_two_invoices_that_fit_one_bill_are_told_apart_by_its_date_or_not_at_all(
    store: SqliteStore,
) -> None:
    fitting = an_invoice()
    keep(store, Kind.INVOICES, fitting, an_invoice("ВТ00-000123", dated=FIRST + timedelta(days=5)))

    assert joined(store, put_deal(store, a_bill())) == [fitting]
    assert joined(store, put_deal(store, a_bill(issued_on=None))) == []


def test_a_bill_that_two_living_deals_have_joins_neither(store: SqliteStore) -> None:
    keep(store, Kind.INVOICES, an_invoice())
    first = put_deal(store, a_bill())
    second = put_deal(store, a_bill(), id="44")

    assert joined(store, first) == joined(store, second) == []

    lost = put_deal(store, a_bill(), id="44", stage_type=StageType.NEGATIVE)

    assert joined(store, first) == [an_invoice()]
    assert joined(store, lost) in ([], [an_invoice()])


def test_an_invoice_with_the_marker_of_one_deal_is_never_anothers(store: SqliteStore) -> None:
    keep(store, Kind.INVOICES, an_invoice(comment=MARKER))

    other = put_deal(store, a_bill(), id="44")

    assert joined(store, other) == []


def test_a_suppliers_invoice_is_joined_by_its_marker(store: SqliteStore) -> None:
    put_deal(store)
    bill = an_invoice(incoming_number="ПЗ-77", comment="WS:megaplan:deal:43")

    keep(store, Kind.SUPPLIER_INVOICES, bill)

    assert store.ledger.supplier_invoices_of("43") == (bill,)
    assert store.ledger.deals_of(bill.ref) == ("43",)
    assert "deal-43" in dirty(store)


def test_whatever_changes_for_a_deal_has_it_decided_again(store: SqliteStore) -> None:
    put_deal(store, a_bill())
    invoice = an_invoice()
    marked: list[list[str]] = []

    def note() -> None:
        marked.append(dirty(store))
        decided(store)

    decided(store)
    keep(store, Kind.INVOICES, invoice)
    note()
    settle_group(store)
    note()
    keep(store, Kind.SHIPMENTS, a_shipment(invoice))
    note()
    keep(store, Kind.PAYMENTS, a_payment(rows=linked(invoice)))
    settle_group(store)
    note()
    store.ledger.keep(Pass(kind=Kind.INVOICES, deleted=[invoice.ref]), NOON)
    note()

    assert marked == [["deal-43"]] * 5


def test_a_deal_that_the_crm_does_not_show_is_not_marked(store: SqliteStore) -> None:
    keep(store, Kind.INVOICES, an_invoice(comment="WS:megaplan:deal:999:invoice:1"))

    assert dirty(store) == []


def test_a_marked_deal_is_told_by_its_own_kind(store: SqliteStore) -> None:
    put_deal(store)
    decided(store)

    keep(store, Kind.INVOICES, an_invoice(comment=MARKER))

    assert store.mirror.dirty.objects(10) == (ObjectRef(kind="deal", id="43"),)


# -- plans -------------------------------------------------------------------------------------


def test_no_question_of_a_cycle_walks_a_whole_table(store: SqliteStore, database: Database) -> None:
    asked: list[str] = []
    database._connection.set_trace_callback(asked.append)
    deal = put_deal(store, a_bill())
    invoice = an_invoice()
    keep(store, Kind.INVOICES, invoice)
    keep(store, Kind.PAYMENTS, a_payment(rows=linked(invoice)), a_payment(purpose="за товар"))
    settle_group(store)
    store.ledger.invoices_of(deal)
    store.ledger.shipments_of(invoice.ref)
    store.ledger.questions_about(invoice.ref)
    store.ledger.open_invoices(CLIENT, UNTIL, 10)
    store.ledger.refs(Kind.PAYMENTS, SINCE, UNTIL)
    database._connection.set_trace_callback(None)

    plans = [
        (sql, row[3])
        for sql in dict.fromkeys(asked)
        if sql.startswith("SELECT") and "ledger_" in sql
        for row in database.rows(f"EXPLAIN QUERY PLAN {sql}")
    ]
    walks = [
        (sql, plan)
        for sql, plan in plans
        if (plan.startswith("SCAN") and "(sub" not in plan) or plan.endswith("(account=?)")
    ]
    assert plans
    assert [walk for walk in walks if "ledger_unsettled" not in walk[1]] == []
