"""What a reconciliation of Megaplan with 1C finds, and what it costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING

import pytest

from benchmarks.reconciled import SINCE, Company, agreeing, inn_of, plant
from tests.unit.domain.ledger_documents import a_payment, an_invoice
from tests.unit.jobs.reconciled_company import MONEY, SPAN, Office, found
from tests.unit.journal.factories import NOON, a_call, a_deal, a_task, an_intent
from westsync.domain.backfill import Category, Difference, Owner, Span, Subject
from westsync.domain.intents import Key, marker_of
from westsync.domain.ledger import LedgerRef
from westsync.domain.records import CrmInvoice, Payer, StageType
from westsync.errors import Unavailable
from westsync.ports import Receipt

if TYPE_CHECKING:
    from tests.fakes.clock import FakeClock
    from westsync.domain.backfill import Finding
    from westsync.journal.store import SqliteStore

THIS_WEEK = Span(since=NOON.date() - timedelta(days=3), until=NOON.date() + timedelta(days=1))


@pytest.fixture
def both() -> Company:
    return agreeing(deals=20, invoices=30, seed=1)


def rows(office: Office, *only: Subject, span: Span = SPAN) -> list[Finding]:
    with office.reconciled(*only, span=span) as (reconciliation, _):
        return [finding for finding, _ in reconciliation.rows()]


def reasons(office: Office, *only: Subject, span: Span = SPAN) -> list[str]:
    return [finding.reason for finding in rows(office, *only, span=span)]


def test_all_planted_differences_are_found_and_nothing_else(
    store: SqliteStore, clock: FakeClock
) -> None:
    both = agreeing(deals=2_000, invoices=3_000, seed=1)
    plant(both, 130, seed=2)
    office = Office(both, store, clock)

    with office.reconciled() as (reconciliation, _):
        shown = found(reconciliation)

    assert shown == both.planted


def test_requests_are_at_most_a_tenth_more_than_the_least_possible(
    store: SqliteStore, clock: FakeClock
) -> None:
    both = agreeing(deals=2_000, invoices=3_000, seed=1)
    plant(both, 130, seed=2)
    office = Office(both, store, clock)

    with office.reconciled():
        asked = sum(office.crm.calls.values())

    least = ceil(len(both.deals) / 100) + ceil(len(both.payers) / 100) + 1
    assert asked <= least * 1.1
    assert [question.split()[0] for question in office.onec.asked] == ["invoices", "payments"]


def test_agreeing_systems_show_no_difference(
    both: Company, store: SqliteStore, clock: FakeClock
) -> None:
    office = Office(both, store, clock)

    with office.reconciled() as (reconciliation, _):
        matches = reconciliation.counts()[Subject.INVOICES, Category.MATCH]

        assert reconciliation.remaining() == 0
        assert matches == len(both.invoices)


def test_a_field_that_differs_shows_both_values_and_whose_word_counts(
    both: Company, store: SqliteStore, clock: FakeClock
) -> None:
    ref, invoice = next(iter(both.invoices.items()))
    both.invoices[ref] = replace(invoice, total=invoice.total + 1, posted=True)
    office = Office(both, store, clock)

    found_rows = rows(office, Subject.INVOICES)

    assert [one.differences for one in found_rows] == [
        (
            Difference(
                field="total",
                megaplan=f"{invoice.total:.2f}",
                onec=f"{invoice.total + 1:.2f}",
                owner=Owner.ONEC,
            ),
        )
    ]


def test_a_deal_that_did_not_change_is_read_when_an_invoice_names_it(
    both: Company, store: SqliteStore, clock: FakeClock
) -> None:
    both.deals["0"] = replace(both.deals["0"], updated_at=NOON - timedelta(days=900))
    office = Office(both, store, clock)

    assert reasons(office, Subject.INVOICES) == []
    assert office.crm.calls["objects"] == 1


def test_an_invoice_of_a_deleted_deal_is_missing_in_megaplan(
    both: Company, store: SqliteStore, clock: FakeClock
) -> None:
    office = Office(both, store, clock)
    office.crm.drop_deal("5")  # with invoices 5 (marked) and 25 (marked)

    assert reasons(office, Subject.INVOICES) == ["deal_is_gone", "deal_is_gone"]


def test_a_lost_deal_that_repeats_a_bill_is_no_difference(
    both: Company, store: SqliteStore, clock: FakeClock
) -> None:
    deal = both.deals["1"]
    twin = replace(both.deals["0"], id="900", stage_type=StageType.NEGATIVE)
    both.deals["900"] = replace(twin, invoices=(replace(deal.invoices[0], id="copy"),))
    office = Office(both, store, clock)

    assert reasons(office, Subject.INVOICES) == []


def test_two_valid_invoices_with_one_marker_are_ambiguous(
    both: Company, store: SqliteStore, clock: FakeClock
) -> None:
    ref = next(ref for ref in both.invoices if ref.endswith("005"))
    twin = replace(both.invoices[ref], ref=LedgerRef("twin"), number="0000-900005")
    both.invoices["twin"] = twin
    office = Office(both, store, clock)

    assert reasons(office, Subject.INVOICES) == ["made_twice"]


def test_a_rejected_bill_without_an_invoice_is_no_difference(
    both: Company, store: SqliteStore, clock: FakeClock
) -> None:
    bill = CrmInvoice(id="r", number="777", status="rejected", total=Decimal(5), issued_on=SINCE)
    both.deals["2"] = replace(both.deals["2"], invoices=(*both.deals["2"].invoices, bill))
    office = Office(both, store, clock)

    assert reasons(office, Subject.INVOICES) == []


def test_invoices_of_other_days_are_left_alone(
    both: Company, store: SqliteStore, clock: FakeClock
) -> None:
    office = Office(both, store, clock)
    office.onec.put(an_invoice("0000-900001", dated=SINCE - timedelta(days=1)))
    office.onec.put(an_invoice("0000-900002", dated=SPAN.until))

    assert reasons(office) == []


def test_money_for_an_invoice_before_the_span_is_no_difference(
    store: SqliteStore, clock: FakeClock
) -> None:
    office = Office(Company(), store, clock)
    older = an_invoice(dated=SINCE - timedelta(days=10))
    office.onec.put(older)
    office.onec.put(
        a_payment(
            purpose=f"Оплата по счету № 123 от {older.dated:%d.%m.%Y}", dated=SINCE, inn=older.inn
        )
    )

    assert reasons(office, *MONEY) == []


def test_money_that_may_be_for_several_invoices_is_ambiguous(
    store: SqliteStore, clock: FakeClock
) -> None:
    office = Office(Company(), store, clock)
    dated = SINCE + timedelta(days=5)
    office.onec.put(an_invoice("0000-000001", dated), an_invoice("0000-000002", dated))
    office.onec.put(a_payment(purpose="Оплата", dated=dated + timedelta(days=1)))

    asked = rows(office, Subject.PAYMENTS)

    assert [(one.category, one.reason) for one in asked] == [(Category.AMBIGUOUS, "which_invoice")]
    assert len(asked[0].candidates) == 2


def test_a_buyer_whom_no_payer_names_is_told_at_the_client_of_the_deal(
    both: Company, store: SqliteStore, clock: FakeClock
) -> None:
    both.payers = [one for one in both.payers if one.inn != inn_of(3)]
    office = Office(both, store, clock)

    shown = rows(office, Subject.CLIENTS)

    assert [(one.reason, one.inn) for one in shown] == [("client_without_inn", inn_of(3))]


def test_two_clients_with_one_inn_are_ambiguous(
    both: Company, store: SqliteStore, clock: FakeClock
) -> None:
    both.payers.append(Payer(id="twin", client_id="twin", inn=inn_of(2), kpp=None))
    office = Office(both, store, clock)

    shown = rows(office, Subject.CLIENTS)

    assert [(one.category, one.inn) for one in shown] == [(Category.AMBIGUOUS, inn_of(2))]


def test_a_task_that_is_there_twice_is_ambiguous(store: SqliteStore, clock: FakeClock) -> None:
    office = Office(Company(), store, clock)
    intent = an_intent(a_call())
    store.outbox.record([intent], NOON)
    marker = marker_of(intent.key, store.installation)
    for task in ("1", "2"):
        office.crm.put_task(a_task(task, marker=marker))

    shown = rows(office, Subject.TASKS, span=THIS_WEEK)

    assert [(one.reason, one.candidates) for one in shown] == [("task_doubled", ("#1", "#2"))]


def test_a_task_that_a_person_deleted_is_told(store: SqliteStore, clock: FakeClock) -> None:
    office = Office(Company(), store, clock)
    office.crm.put_deal(a_deal("43"))
    made_task(store, "4711")

    assert reasons(office, Subject.TASKS, span=THIS_WEEK) == ["task_deleted"]


def test_a_finished_task_that_only_its_deal_shows_is_no_difference(
    store: SqliteStore, clock: FakeClock
) -> None:
    office = Office(Company(), store, clock)
    key = made_task(store, "4711")
    old = replace(a_task("4711", status="completed"), active_at=NOON - timedelta(days=400))
    office.crm.put_task(replace(old, marker=marker_of(key, store.installation)))

    assert reasons(office, Subject.TASKS, span=THIS_WEEK) == []


def test_a_marker_that_the_journal_does_not_know_is_ambiguous(
    store: SqliteStore, clock: FakeClock
) -> None:
    office = Office(Company(), store, clock)
    office.crm.put_task(a_task("1", marker="0123456789abcdef"))

    assert reasons(office, Subject.TASKS, span=THIS_WEEK) == ["marker_unknown"]


def test_a_killed_run_goes_on_without_reading_again_what_was_read(
    both: Company, store: SqliteStore, clock: FakeClock
) -> None:
    office = Office(both, store, clock)
    with office.reconciled(Subject.TASKS) as (_, workbook):
        office.crm.break_next("before", operation="changed_deals")
        with pytest.raises(Unavailable):
            office.on(workbook).look(SPAN, MONEY)
        asked_before = list(office.onec.asked)
        payers_before = office.crm.calls["payers"]

        resumed = office.on(workbook)
        resumed.look(SPAN, MONEY)

    assert office.onec.asked == asked_before
    assert office.crm.calls["payers"] == payers_before


def test_the_days_of_a_span_are_half_open() -> None:
    span = Span(since=date(2026, 1, 1), until=date(2026, 2, 1))

    assert date(2026, 1, 31) in span
    assert date(2026, 2, 1) not in span


def made_task(store: SqliteStore, task: str) -> Key:
    """Record an intent that made a task."""
    intent = an_intent(a_call())
    store.outbox.record([intent], NOON)
    entry = store.outbox.entry(intent.key)
    assert entry is not None
    marked = store.delivery.mark_acting(entry, NOON)
    store.delivery.mark_done(marked, Receipt(ref=task, linked=True), NOON)
    return intent.key
