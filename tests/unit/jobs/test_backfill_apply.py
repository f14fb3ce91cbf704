"""What ``--apply`` does goes through the journal: once, and only as much as is let through."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from benchmarks.reconciled import Company, agreeing, plant
from tests.fakes.ledger_writer import FakeLedgerWriter
from tests.unit.jobs.reconciled_company import SPAN, WORDS, Office
from tests.unit.jobs.test_ledger import company
from tests.unit.journal.factories import NOON, a_call, an_intent
from westsync.domain.backfill import Category, Subject
from westsync.domain.ledger import Counterparty, Item, LedgerRef
from westsync.domain.records import ClientKind
from westsync.errors import GuardTripped
from westsync.jobs.act import Limits
from westsync.jobs.backfill.reconciliation import DIFFERING, Applied, Reconciliation
from westsync.jobs.company import Guards
from westsync.jobs.effects import Writers
from westsync.journal.backfill import Run
from westsync.journal.backfill_opening import scratch_workbook
from westsync.rules.billing import Billing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.clock import FakeClock
    from westsync.journal.store import SqliteStore

ZONE = ZoneInfo("Europe/Moscow")
SUBJECTS = (Subject.INVOICES, Subject.PAYMENTS, Subject.TASKS)


class ApplyingOffice(Office):
    """An office whose 1C may be written, and a brake that a test sets."""

    def __init__(self, both: Company, memory: SqliteStore, clock: FakeClock) -> None:
        super().__init__(both, memory, clock)
        self.ledger = FakeLedgerWriter(self.onec)
        self.most = 1_000

    @contextmanager
    def looked(self) -> Iterator[Reconciliation]:
        base = replace(company(), billing=Billing(zone=ZONE))
        own = replace(base, guards=Guards(new_intents_per_cycle=self.most))
        run = Run(span=SPAN, only=SUBJECTS, began_at=self.clock.now(), version="1")
        with scratch_workbook(self.memory.account, self.clock, run) as workbook:
            made = Reconciliation(
                workbook, self.sources, own, WORDS, clock=self.clock, progress=lambda: None
            )
            made.look(SPAN, SUBJECTS)
            yield made

    def apply(self, *categories: Category) -> tuple[Applied, int]:
        """Reconcile, apply, and return what came of it and how many differences remain."""
        writers = Writers(crm=self.crm, ledger=self.ledger, books=self.onec)
        with self.looked() as made:
            applied = made.apply(categories or DIFFERING, writers, Limits(), "admin1")
            return applied, made.remaining()


@pytest.fixture
def both() -> Company:
    made = agreeing(deals=26, invoices=39, seed=1)
    plant(made, 26, seed=4)
    return made


def test_a_bill_that_is_paid_by_the_books_is_moved_to_paid_once(
    store: SqliteStore, clock: FakeClock
) -> None:
    both = agreeing(deals=4, invoices=6, seed=1)
    deal = both.deals["3"]
    both.deals["3"] = replace(deal, invoices=(replace(deal.invoices[0], status="drawn"),))
    office = ApplyingOffice(both, store, clock)

    first, remaining = office.apply(Category.MISSING_IN_MEGAPLAN)
    second, _ = office.apply(Category.MISSING_IN_MEGAPLAN)

    assert office.crm.deal_records["3"].invoices[0].status == "paid"
    assert (first.new, remaining, second.new) == (1, 0, 0)


def test_what_a_person_undid_remains_and_is_not_done_again(
    store: SqliteStore, clock: FakeClock
) -> None:
    both = agreeing(deals=4, invoices=6, seed=1)
    deal = both.deals["3"]
    drawn = replace(deal, invoices=(replace(deal.invoices[0], status="drawn"),))
    both.deals["3"] = drawn
    office = ApplyingOffice(both, store, clock)
    office.apply(Category.MISSING_IN_MEGAPLAN)

    office.crm.put_deal(drawn)
    clock.advance(timedelta(hours=1))
    applied, remaining = office.apply(Category.MISSING_IN_MEGAPLAN)

    assert (applied.new, remaining) == (0, 1)
    assert office.crm.deal_records["3"].invoices[0].status == "drawn"


def test_a_second_run_finds_nothing_to_do(
    both: Company, store: SqliteStore, clock: FakeClock
) -> None:
    office = ApplyingOffice(both, store, clock)
    first, _ = office.apply()
    comments = len(office.crm.comments)

    clock.advance(timedelta(hours=1))
    second, remaining = office.apply()

    assert first.new > 0
    assert (second.new, len(office.crm.comments)) == (0, comments)
    assert remaining > 0  # what people were told of stays a difference until they mend it


def test_without_an_order_nothing_is_written(
    both: Company, store: SqliteStore, clock: FakeClock
) -> None:
    office = ApplyingOffice(both, store, clock)

    with office.looked() as made:
        list(made.rows())

    assert not office.crm.comments
    assert not office.ledger.writes
    assert store.outbox.counts() == {}


def test_more_than_the_brake_lets_through_is_not_recorded(
    both: Company, store: SqliteStore, clock: FakeClock
) -> None:
    office = ApplyingOffice(both, store, clock)
    office.most = 3

    with pytest.raises(GuardTripped, match="westsync release backfill"):
        office.apply()

    assert store.outbox.counts() == {}


def test_a_released_brake_lets_everything_through(
    both: Company, store: SqliteStore, clock: FakeClock
) -> None:
    office = ApplyingOffice(both, store, clock)
    office.most = 3
    now = clock.now()
    store.silences.release("backfill", until=now + timedelta(hours=1), by="admin1", now=now)

    applied, _ = office.apply()

    assert applied.new > 3


@pytest.mark.parametrize("fault", ["before", "after"])
def test_an_invoice_that_1c_lacks_is_made_once_even_if_the_connection_breaks(
    fault: str, store: SqliteStore, clock: FakeClock
) -> None:
    office = an_office_without_invoice_3(store, clock)
    office.ledger.break_next("before" if fault == "before" else "after")

    for _ in range(4):
        office.apply(Category.MISSING_IN_1C)
        clock.advance(timedelta(minutes=20))

    made = [name.split()[0] for name in office.ledger.writes]
    assert made == ["create", "post"]


def test_an_invoice_that_was_made_keeps_the_day_and_sum_of_the_bill(
    store: SqliteStore, clock: FakeClock
) -> None:
    office = an_office_without_invoice_3(store, clock)
    bill = office.crm.deal_records["3"].invoices[0]

    _, remaining = office.apply(Category.MISSING_IN_1C)

    ref = LedgerRef(office.ledger.writes[0].removeprefix("create "))
    invoice = office.onec.invoice(ref)
    assert invoice is not None
    assert (invoice.dated, invoice.total) == (bill.issued_on, bill.total)
    assert remaining == 0


def test_an_invoice_that_was_made_from_a_bill_agrees_with_it_afterwards(
    store: SqliteStore, clock: FakeClock
) -> None:
    office = an_office_without_invoice_3(store, clock)
    office.apply(Category.MISSING_IN_1C)
    made = office.onec.invoice(LedgerRef(office.ledger.writes[0].removeprefix("create ")))
    assert made is not None
    office.onec.put(replace(made, number="0000-000777"))  # 1C numbers it, not Megaplan

    clock.advance(timedelta(hours=1))
    again, remaining = office.apply()

    assert (again.new, remaining) == (0, 0)
    assert not office.crm.comments


def test_a_bill_whose_invoice_is_of_the_days_before_the_span_gets_no_second_one(
    store: SqliteStore, clock: FakeClock
) -> None:
    both = agreeing(deals=4, invoices=4, seed=1)
    ref, invoice = next((ref, one) for ref, one in both.invoices.items() if ref.endswith("003"))
    both.invoices[ref] = replace(invoice, dated=SPAN.since - timedelta(days=3))
    deal = both.deals["3"]
    bill = replace(deal.invoices[0], issued_on=SPAN.since + timedelta(days=1))
    both.deals["3"] = replace(deal, invoices=(bill,))
    office = ApplyingOffice(both, store, clock)

    office.apply(Category.MISSING_IN_1C)
    with office.looked() as made:
        found = [finding.reason for finding, _ in made.rows()]

    assert not office.ledger.writes
    assert found == ["fields_differ"]


def test_a_dead_letter_is_sent_again(store: SqliteStore, clock: FakeClock) -> None:
    office = ApplyingOffice(Company(), store, clock)
    intent = an_intent(a_call(deal=None), decided_at=NOON - timedelta(days=60))
    store.outbox.record([intent], intent.decided_at)
    entry = store.outbox.entry(intent.key)
    assert entry is not None
    store.delivery.mark_failed(entry, intent.decided_at, cause="the field is required")

    applied, remaining = office.apply(Category.MISSING_IN_MEGAPLAN)

    assert (applied.new, remaining) == (1, 0)
    assert office.crm.open_titles == ["Позвонить"]


def an_office_without_invoice_3(store: SqliteStore, clock: FakeClock) -> ApplyingOffice:
    """Return an office where 1C lacks an invoice, and knows the buyer and the article."""
    both = agreeing(deals=4, invoices=4, seed=1)
    ref = next(ref for ref in both.invoices if ref.endswith("003"))
    inn = both.invoices[ref].inn
    del both.invoices[ref]
    both.payments = [one for one in both.payments if one.rows[0].invoice != ref]
    deal = both.deals["3"]
    bill = replace(deal.invoices[0], status="drawn")
    both.deals["3"] = replace(deal, invoices=(bill,), client_kind=ClientKind.ORGANISATION)
    both.clients = [replace(one, kpp="990101001") for one in both.clients]
    office = ApplyingOffice(both, store, clock)
    buyer = Counterparty(ref=LedgerRef("buyer"), name="Клиент", inn=inn, kpp="990101001")
    office.onec.put_counterparty(buyer)
    office.onec.put_item(Item(ref=LedgerRef("item"), code="1", article="A3", name="Товар"))
    return office
