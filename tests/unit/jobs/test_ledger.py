"""The scan of 1C: when what is read, what is believed, and what the rules see of it."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from tests.fakes.ledger import FakeLedger
from tests.unit.connectors.bank_files.statements import document, statement
from tests.unit.domain.ledger_documents import (
    BUYER,
    OTHER,
    a_payment,
    a_shipment,
    an_invoice,
    linked,
)
from tests.unit.jobs.ruled_company import a_company
from tests.unit.journal.factories import ACCOUNT, NOON, a_client, a_deal, a_page
from westsync.connectors.bank_files.folder import BankFolder
from westsync.domain.facts import Group, Unknown
from westsync.domain.intents import ObjectRef
from westsync.domain.ledger import MoneyKind, PaymentStatus
from westsync.domain.records import CrmInvoice, Payer
from westsync.domain.settlement.values import Hint, Terms
from westsync.errors import AccessDenied, ConnectorError, Rejected, Unavailable
from westsync.jobs.facts import FactBook
from westsync.jobs.judge import Judge
from westsync.jobs.ledger import LedgerScan
from westsync.jobs.ledger_standing import LEDGER, keep_recovery, keep_trouble, kept_standing
from westsync.jobs.ledger_windows import KINDS, Pace, Tier
from westsync.journal.cursors import TASKS, Cursor
from westsync.journal.ledger import CLIENT, Kind
from westsync.journal.opening import open_scratch
from westsync.journal.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.fakes.clock import FakeClock
    from westsync.domain.facts import Facts
    from westsync.domain.ledger import Payment
    from westsync.jobs.company import Company
    from westsync.jobs.ledger import LedgerObservation

TODAY = NOON.date()
DEAL = ObjectRef(kind="deal", id="43")
PAID_RULE = """\
version: 1
rules:
  - id: paid
    step: P4.6
    title: Оплата
    watch: deal
    needs: { onec: 30m }
    when: [ { paid_total: { gt: 0 } } ]
    clock: { from: first_paid_at, calendar: always }
    steps: [ { id: tell, after: 0m, do: [ { deal.comment: { text: hello } } ] } ]
"""


class Books:
    """A 1C, the scan of it, and the deal 43 of the buyer with bill 123 of today."""

    def __init__(self, store: SqliteStore, clock: FakeClock) -> None:
        self.store, self.clock = store, clock
        self.onec: FakeLedger = FakeLedger()
        self.invoice = an_invoice(dated=TODAY)
        bill = CrmInvoice(id="b", number="123", status="drawn", total=None, issued_on=TODAY)
        deal = replace(a_deal(client="777"), invoices=(bill,))
        store.mirror.keep_page(a_page(deal, a_client("777")), NOON)
        store.mirror.keep_payers([Payer(id="1", client_id="777", inn=BUYER, kpp=None)], NOON)
        with store.transaction():
            for source in ("megaplan.deals", TASKS):
                store.cursors.save(source, Cursor(position=NOON, at=NOON))

    def scan(
        self,
        after: timedelta = timedelta(0),
        kinds: tuple[Kind, ...] = KINDS,
        login: str = "first",
    ) -> LedgerObservation:
        self.clock.advance(after)
        scan = LedgerScan(self.store, self.onec, self.clock, pace=Pace(), kinds=kinds, login=login)
        # Whoever drives cycles by hand asks first: it must be told the truth in every test here.
        is_due, asked = scan.is_due(self.clock.now()), len(self.onec.asked)
        seen = scan.run(self.clock.now())
        assert is_due is (len(self.onec.asked) > asked)
        return seen

    def pay(self, amount: str = "120000.00", purpose: str = "", **parts: object) -> str:
        payment = a_payment(amount, purpose, dated=TODAY, **parts)
        self.onec.put(payment)
        return payment.ref

    def status(self) -> PaymentStatus | None:
        state = self.store.ledger.state(self.invoice.ref)
        return None if state is None else state.status

    def facts(self) -> Facts:
        facts = Judge(self.store, company(), self.clock.now()).judge(
            DEAL, fresh_since=self.clock.now(), changed=True
        )
        assert facts.facts is not None
        return facts.facts

    def standing(self) -> Mapping[str, object]:
        """What rules see of 1C as a source."""
        now = self.clock.now()
        facts = FactBook(self.store, company()).facts(LEDGER, now, now)
        assert facts is not None
        return facts.values

    def wakes(self, obj: ObjectRef) -> bool:
        """Whether the next cycle decides an object."""
        return obj in self.store.mirror.dirty.objects(100)

    def verdict(self) -> bool | None:
        judgement = Judge(self.store, company(), self.clock.now()).judge(
            DEAL, fresh_since=self.clock.now(), changed=True
        )
        return judgement.outcomes["paid"].verdict


def company() -> Company:
    return a_company(PAID_RULE)


@pytest.fixture
def books(store: SqliteStore, clock: FakeClock) -> Books:
    return Books(store, clock)


def windows(books: Books, kind: str) -> list[str]:
    return [asked.partition(" ")[2] for asked in books.onec.asked if asked.startswith(f"{kind} ")]


# -- when what is read -------------------------------------------------------------------------


def test_the_first_look_is_the_widest_and_reads_money_before_invoices(books: Books) -> None:
    seen = books.scan()

    since, until = TODAY - timedelta(days=400), TODAY + timedelta(days=61)
    assert seen.tier is Tier.COLD
    assert books.onec.asked == [
        f"{kind} {since} {until}"
        for kind in ("payments", "invoices", "shipments", "supplier_invoices")
    ]


@pytest.mark.parametrize(
    ("after", "tier", "window"),
    [
        (timedelta(minutes=4), None, None),
        (timedelta(minutes=5), Tier.HOT, (3, 2)),
        (timedelta(hours=1), Tier.WARM, (45, 2)),
        (timedelta(hours=16), Tier.COLD, (400 - 1, 62)),
    ],
)
def test_later_looks_are_as_wide_as_is_due(
    books: Books, after: timedelta, tier: Tier | None, window: tuple[int, int] | None
) -> None:
    books.scan()
    books.onec.asked.clear()

    seen = books.scan(after)

    assert seen.tier is tier
    if window is None:
        assert books.onec.asked == []
    else:
        since, until = TODAY - timedelta(days=window[0]), TODAY + timedelta(days=window[1])
        assert windows(books, "payments") == [f"{since} {until}"]


def test_at_night_the_last_days_are_read_less_often() -> None:
    pace = Pace(is_working=lambda now: now == NOON)

    assert pace.last_due(Tier.HOT, NOON) > NOON - timedelta(minutes=5, seconds=1)
    later = NOON + timedelta(hours=10)
    assert pace.last_due(Tier.HOT, later) < later - timedelta(minutes=20)


def test_the_day_of_a_window_is_that_of_the_server() -> None:
    late = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)  # the 25th in Moscow

    assert Pace().window(Tier.HOT, late).since == date(2026, 11, 22)


def test_only_what_a_channel_tells_is_read(books: Books) -> None:
    books.scan(kinds=(Kind.PAYMENTS, Kind.INVOICES))

    assert {asked.split()[0] for asked in books.onec.asked} == {"payments", "invoices"}
    assert books.facts().values["documents_ready"] == Unknown("1C has not told shipments")


def test_open_invoices_beyond_the_warm_window_are_read_by_key(books: Books) -> None:
    old = an_invoice("0000-000007", dated=TODAY - timedelta(days=90))
    books.onec.put(old)
    books.scan()
    books.onec.put(replace(old, total=Decimal("5.00"), version="2"))

    books.scan(timedelta(hours=1))

    assert f"invoice {old.ref}" in books.onec.asked
    kept = books.store.ledger.invoice(old.ref)
    assert kept is not None
    assert kept.total == Decimal("5.00")


# -- what is believed --------------------------------------------------------------------------


def test_a_payment_with_a_link_makes_the_invoice_paid_and_the_deal_decided_again(
    books: Books,
) -> None:
    books.onec.put(books.invoice)
    books.scan()
    assert books.status() is PaymentStatus.UNPAID
    books.pay(rows=linked(books.invoice))

    seen = books.scan(timedelta(minutes=5))

    assert books.status() is PaymentStatus.PAID
    assert [(one.old, one.new) for one in seen.changes] == [
        (PaymentStatus.UNPAID, PaymentStatus.PAID)
    ]
    assert seen.counts == {"onec.payments": 1, "onec.invoices": 0}
    assert DEAL in books.store.mirror.dirty.objects(100)


@pytest.mark.parametrize("kind", ["payments", "invoices", "shipments"])
@pytest.mark.parametrize("after_pages", [0, 1, 9])
def test_a_pass_that_breaks_off_keeps_nothing_and_nothing_is_concluded(
    books: Books, kind: str, after_pages: int
) -> None:
    books.onec.put(books.invoice, *(a_shipment(books.invoice, dated=TODAY) for _ in range(5)))
    for _ in range(5):
        books.pay("1000.00", rows=linked(books.invoice, amounts=("1000.00",)))
    books.onec.break_next(kind, Unavailable("onec", "read", "timeout"), after_pages)

    seen = books.scan()

    window = (TODAY - timedelta(days=9), TODAY + timedelta(days=9))
    assert [source for source, _ in seen.unavailable] == [f"onec.{kind}"]
    assert books.store.ledger.refs(Kind(kind), *window) == frozenset()
    assert books.status() is None
    assert seen.changes == []


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (Unavailable("onec", "read", "timeout"), ("source.unavailable", "warning")),
        (AccessDenied("onec", "read", "code 20"), ("source.refused", "error")),
        (Rejected("onec", "read", "not published"), ("source.refused", "error")),
    ],
)
def test_what_waiting_does_not_heal_is_told_as_an_error(
    books: Books, error: ConnectorError, told: tuple[str, str]
) -> None:
    books.onec.break_next("payments", error)

    with capture_logs() as logs:
        books.scan()

    assert [(one["event"], one["log_level"]) for one in logs] == [told]


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (Unavailable("onec", "read", "timeout"), "away"),
        (AccessDenied("onec", "read", "401"), "no_access"),
        (Rejected("onec", "read", "code 20"), "refused"),
    ],
)
def test_rules_see_since_when_1c_cannot_be_read_and_that_it_answers_again(
    books: Books, error: ConnectorError, state: str
) -> None:
    before = books.standing()
    for _ in range(2):
        books.onec.break_next("payments", error)
        books.scan(timedelta(minutes=5))
    began = books.clock.now() - timedelta(minutes=5)
    troubled, woken = books.standing(), books.wakes(LEDGER)
    with books.store.transaction():
        books.store.mirror.dirty.clear(LEDGER)

    books.scan(timedelta(hours=7))

    assert (before["state"], before["since"], before["read_at"]) == ("fine", None, None)
    assert (troubled["state"], troubled["since"]) == (state, began)
    assert str(error) in str(troubled["detail"])
    assert woken
    assert (books.standing()["state"], books.standing()["since"]) == ("fine", None)
    assert books.wakes(LEDGER)


def test_1c_that_answers_wakes_no_rule(books: Books) -> None:
    books.scan()
    books.scan(timedelta(minutes=10))

    assert not books.wakes(LEDGER)


def test_a_recovery_is_kept_only_together_with_the_wish_to_look_at_it(clock: FakeClock) -> None:
    database = open_scratch(clock)
    store = SqliteStore(database, ACCOUNT)
    keep_trouble(store, Unavailable("onec", "read", "timeout"), clock.now())
    store_full = (
        "CREATE TRIGGER store_full BEFORE INSERT ON dirty BEGIN SELECT RAISE(ABORT, 'full'); END"
    )
    with database.transaction():
        store.mirror.dirty.clear(LEDGER)
        database.write(store_full)

    with pytest.raises(sqlite3.IntegrityError, match="full"):
        keep_recovery(store, clock.now())

    assert kept_standing(store).state == "away"
    database.close()


def test_after_a_failure_1c_is_let_rest_and_then_everything_is_there(books: Books) -> None:
    books.onec.put(books.invoice)
    books.pay(rows=linked(books.invoice))
    books.onec.break_next("invoices", Unavailable("onec", "read", "timeout"))
    books.scan()
    books.onec.asked.clear()

    resting = books.scan(timedelta(minutes=1))
    asked_while_resting = list(books.onec.asked)
    rested = books.scan(timedelta(minutes=1))

    assert [source for source, _ in resting.unavailable] == ["onec"]
    assert asked_while_resting == []
    assert resting.questions == 0  # the money was read, its invoice was not
    assert rested.questions == 0
    assert books.status() is PaymentStatus.PAID


def test_a_password_that_is_refused_twice_is_not_tried_again_for_hours(books: Books) -> None:
    for _ in range(2):
        books.onec.break_next("payments", AccessDenied("onec", "read", "401"))
        books.scan(timedelta(minutes=5))
    books.onec.asked.clear()

    books.scan(timedelta(hours=5))
    asked_soon = list(books.onec.asked)
    books.scan(timedelta(hours=2))

    assert asked_soon == []
    assert books.onec.asked != []


def test_a_corrected_password_is_tried_soon(books: Books) -> None:
    for _ in range(2):
        books.onec.break_next("payments", AccessDenied("onec", "read", "401"))
        books.scan(timedelta(minutes=5))
    books.onec.asked.clear()

    books.scan(timedelta(minutes=2), login="second")

    assert books.onec.asked != []
    assert books.standing()["state"] == "fine"


def test_a_window_that_had_documents_and_shows_none_is_not_believed(books: Books) -> None:
    books.onec.put(books.invoice)
    books.pay(rows=linked(books.invoice))
    books.scan()
    books.onec.empty_next("payments", times=3)  # in every width

    seen = books.scan(timedelta(minutes=5))

    ((source, why),) = seen.unavailable
    assert source == "onec.payments"
    assert "rights" in why
    assert "health" in books.onec.asked
    assert books.status() is PaymentStatus.PAID


def test_a_few_documents_that_stay_away_for_an_hour_were_deleted(books: Books) -> None:
    books.onec.put(books.invoice)
    paid = books.pay(rows=linked(books.invoice))
    books.scan()
    books.onec.delete(paid)  # type: ignore[arg-type]  # a key is a text

    looks = [books.scan(timedelta(minutes=10)) for _ in range(9)]

    assert [bool(look.unavailable) for look in looks] == [True] * 6 + [False] * 3
    assert books.status() is PaymentStatus.UNPAID


def test_many_documents_that_stay_away_are_never_believed(books: Books) -> None:
    for _ in range(25):
        books.pay("1.00")
    books.scan()
    for _ in range(5):
        books.onec.empty_next("payments", times=3)

        assert books.scan(timedelta(hours=1)).unavailable


def test_one_empty_answer_is_asked_about_more_widely(books: Books) -> None:
    books.onec.put(books.invoice)
    books.pay(rows=linked(books.invoice))
    books.scan()
    books.onec.empty_next("payments")

    seen = books.scan(timedelta(minutes=5))

    assert seen.unavailable == []
    assert books.status() is PaymentStatus.PAID


def test_the_last_payment_of_the_week_may_be_deleted(books: Books) -> None:
    books.onec.put(books.invoice, a_payment("5.00", dated=TODAY - timedelta(days=20)))
    paid = books.pay(rows=linked(books.invoice))
    books.scan()
    books.onec.delete(paid)  # type: ignore[arg-type]  # a key is a text

    looks = [books.scan(timedelta(minutes=5)) for _ in range(2)]

    assert [look.unavailable for look in looks] == [[], []]
    assert books.status() is PaymentStatus.UNPAID


def test_a_window_that_never_had_any_may_be_empty(books: Books) -> None:
    seen = books.scan()

    assert seen.unavailable == []


def test_a_payment_that_one_pass_does_not_show_still_counts(books: Books) -> None:
    books.onec.put(books.invoice)
    hidden = books.pay("100000.00", rows=linked(books.invoice, amounts=("100000.00",)))
    books.pay("20000.00", rows=linked(books.invoice, amounts=("20000.00",)))
    books.scan()
    books.onec.hide_next("payments", hidden)  # type: ignore[arg-type]  # a key is a text

    once = books.scan(timedelta(minutes=5))
    still = books.status()
    books.scan(timedelta(minutes=5))
    books.onec.delete(hidden)  # type: ignore[arg-type]  # as above
    books.scan(timedelta(minutes=5))
    twice = books.scan(timedelta(minutes=5))

    assert once.changes == []
    assert still is PaymentStatus.PAID
    assert [(one.new, one.fell) for one in twice.changes] == [(PaymentStatus.PARTLY, True)]
    assert books.facts().values["paid_fell_at"] == books.clock.now()


@pytest.mark.parametrize("days", [20, 90])
def test_a_payment_that_gets_an_earlier_date_is_not_taken_for_lost(books: Books, days: int) -> None:
    payment = a_payment(dated=TODAY, rows=linked(books.invoice))
    books.onec.put(books.invoice, payment, a_payment("5.00", dated=TODAY))
    books.scan()
    books.onec.put(replace(payment, dated=TODAY - timedelta(days=days), version="2"))

    looks = [books.scan(timedelta(minutes=5)) for _ in range(3)]

    assert [look.changes for look in looks] == [[], [], []]
    assert books.status() is PaymentStatus.PAID


def test_an_invoice_that_vanished_is_asked_for_by_key(books: Books) -> None:
    moved = an_invoice("0000-000007", dated=TODAY)
    books.onec.put(books.invoice, moved, an_invoice("0000-000008", dated=TODAY))
    books.scan()
    earlier = TODAY - timedelta(days=30)
    books.onec.delete(books.invoice.ref)
    books.onec.put(replace(moved, dated=earlier, version="2"))

    books.scan(timedelta(minutes=5))

    kept = books.store.ledger.invoice(moved.ref)
    assert books.store.ledger.invoice(books.invoice.ref) is None
    assert kept is not None
    assert kept.dated == earlier


def test_a_scan_that_was_killed_between_reading_and_settling_settles_at_the_next(
    books: Books,
) -> None:
    books.onec.put(books.invoice)
    books.pay(rows=linked(books.invoice))

    def killed() -> None:
        if books.store.ledger.unsettled():
            raise KeyboardInterrupt

    scan = LedgerScan(books.store, books.onec, books.clock, progress=killed)
    with pytest.raises(KeyboardInterrupt):
        scan.run(books.clock.now())

    books.scan(timedelta(minutes=5))

    assert books.status() is PaymentStatus.PAID


def test_a_scan_goes_on_after_the_state_was_opened_again(tmp_path: Path, clock: FakeClock) -> None:
    first = open_scratch(clock)
    books = Books(SqliteStore(first, ACCOUNT), clock)
    books.onec.put(books.invoice)
    books.pay(rows=linked(books.invoice))
    books.scan()
    first.backup(tmp_path / "copy.db")
    first.close()

    again = open_scratch(clock, tmp_path / "copy.db")
    books.store = SqliteStore(again, ACCOUNT)
    seen = books.scan(timedelta(minutes=5))

    assert seen.changes == []
    assert books.status() is PaymentStatus.PAID
    again.close()


def test_other_terms_have_the_money_placed_anew(books: Books) -> None:
    books.onec.put(books.invoice)
    books.pay("119000.00", rows=linked(books.invoice, amounts=("119000.00",)))
    books.scan()
    strict = books.status()

    generous = Terms(tolerance=Decimal("1000.00"))
    LedgerScan(books.store, books.onec, books.clock, terms=generous).run(books.clock.now())

    assert (strict, books.status()) == (PaymentStatus.PARTLY, PaymentStatus.PAID)


# -- what the rules see ------------------------------------------------------------------------


def test_without_1c_the_money_is_unknown(books: Books) -> None:
    facts = books.facts()

    assert facts.values["paid_total"] == Unknown("onec is not connected")
    assert books.verdict() is None


def test_the_facts_of_a_paid_deal(books: Books) -> None:
    books.onec.put(books.invoice)
    books.pay("70000.00", "счет 123", incoming_number="57", payer="Сцена")
    books.pay("60000.00", rows=linked(books.invoice, amounts=("60000.00",)), kind=MoneyKind.CASH)
    books.onec.put(a_shipment(books.invoice, dated=TODAY, is_upd=True))
    books.scan()

    values = books.facts().values

    (bill,) = records(values["invoices"])
    assert bill["number"] == "0000-000123"
    assert (bill["payment"], bill["in_onec"]) == ("paid", True)
    assert [bill["paid"], bill["remaining"], bill["overpaid"]] == [130000, -10000, 10000]
    assert values["paid_total"] == Decimal("130000.00")
    assert values["overpaid_total"] == Decimal("10000.00")
    assert values["invoice_total"] == Decimal("120000.00")
    assert values["invoice_issued_at"] == books.invoice.at
    assert (
        values["first_paid_at"] == values["fully_paid_at"] == datetime(2026, 11, 24, 9, tzinfo=UTC)
    )
    kinds = {payment["proof"]: payment["kind"] for payment in records(values["payments"])}
    assert kinds == {"1c": "cash", "number_inn": "bank"}
    assert values["documents_ready"] is True
    assert [paper["kind"] for paper in records(values["shipments"])] == ["УПД"]


def records(value: object) -> tuple[Mapping[str, object], ...]:
    assert isinstance(value, tuple)
    return value


def test_papers_are_ready_when_the_factura_is_there(books: Books) -> None:
    books.onec.put(books.invoice)
    shipment = a_shipment(books.invoice, dated=TODAY)
    books.onec.put(shipment)
    books.scan()
    before = books.facts().values["documents_ready"]

    books.onec.put(replace(shipment, factura="000050", version="2"))
    books.scan(timedelta(hours=1))

    values = books.facts().values
    assert (before, values["documents_ready"]) == (False, True)
    assert [one["kind"] for one in records(values["shipments"])] == ["ТОРГ-12", "Счёт-фактура"]


def test_a_bill_that_1c_does_not_have_makes_the_money_unknown_not_zero(books: Books) -> None:
    books.scan()

    assert books.facts().values["paid_total"] == Unknown("bill 123 is not found in 1C")


def test_money_that_nobody_can_place_is_shown_on_the_deal_it_may_be_for(books: Books) -> None:
    books.onec.put(books.invoice)
    books.scan()
    books.pay(purpose="счет 123 от 24.11.2026", inn=OTHER, payer="Третье лицо")

    seen = books.scan(timedelta(minutes=5))

    (question,) = records(books.facts().values["payment_questions"])
    assert seen.questions == 1
    assert (question["payer"], question["hint"]) == ("Третье лицо", Hint.NUMBER_AND_DATE.value)
    assert question["alone"] is True
    assert DEAL in books.store.mirror.dirty.objects(100)
    assert books.status() is PaymentStatus.UNPAID
    assert len(books.store.ledger.questions(CLIENT, TODAY)) == 1


def test_the_accountants_mark_pays_and_leaves_the_moment_unknown(books: Books) -> None:
    books.onec.put(replace(books.invoice, status=PaymentStatus.PAID))
    books.scan()

    values = books.facts().values

    assert records(values["invoices"])[0]["proof"] == "register"
    assert isinstance(values["fully_paid_at"], Unknown)
    assert values["paid_total"] == 0


def test_suppliers_invoices_of_1c_stand_beside_the_attached_ones(books: Books) -> None:
    bill = an_invoice(
        dated=TODAY, incoming_number="ПЗ-77", inn=OTHER, comment="WS:megaplan:deal:43:supplier"
    )
    books.onec.put_supplier_invoice(bill)
    books.pay(rows=linked(bill), kind=MoneyKind.OUT, inn=OTHER)
    books.scan()

    (shown,) = records(books.facts().values["supplier_invoices"])

    assert (shown["number"], shown["state"]) == ("ПЗ-77", "paid")


def test_a_rule_that_needs_1c_sees_its_real_age(books: Books) -> None:
    books.onec.put(books.invoice)
    books.pay(rows=linked(books.invoice))
    books.scan()
    fresh = books.verdict()

    books.clock.advance(timedelta(minutes=30))
    just = books.verdict()
    books.clock.advance(timedelta(seconds=1))
    stale = books.verdict()
    books.scan()

    assert (fresh, just, stale) == (True, True, None)
    assert books.verdict() is True
    assert books.facts().as_of[Group.ONEC] == books.clock.now()


def test_a_look_that_failed_does_not_make_1c_younger(books: Books) -> None:
    books.onec.put(books.invoice)
    books.scan()
    books.onec.break_next("invoices", Unavailable("onec", "read", "timeout"))

    books.scan(timedelta(minutes=10))

    assert books.facts().source_as_of["onec"] == NOON


# -- the bank's files beside 1C ----------------------------------------------------------------


class WithBankFiles(FakeLedger):
    """A 1C whose payments are told by the bank's folder as well."""

    def __init__(self, folder: BankFolder) -> None:
        """Read the folder after the base."""
        super().__init__()
        self._folder = folder

    def payments(self, since: date, until: date) -> Iterator[Sequence[Payment]]:
        """Walk money of both."""
        yield from super().payments(since, until)
        yield from self._folder.payments(since, until)


def test_the_banks_file_pays_at_once_and_1c_later_shows_the_same_money(
    books: Books, tmp_path: Path
) -> None:
    file = document(
        Дата="24.11.2026",
        ДатаПоступило="24.11.2026",
        НазначениеПлатежа="Оплата по счету № 123 от 24.11.2026",
    )
    (tmp_path / "kl_to_1c.txt").write_bytes(statement(file).encode("cp866"))
    books.onec = WithBankFiles(BankFolder(tmp_path, ZoneInfo("Europe/Moscow"), books.clock))
    books.onec.put(books.invoice)

    from_the_bank = books.scan()
    books.pay(rows=linked(books.invoice), incoming_number="000057", incoming_on=TODAY)
    from_both = books.scan(timedelta(minutes=5))
    (tmp_path / "kl_to_1c.txt").unlink()
    without_the_file = books.scan(timedelta(minutes=5))

    assert [one.new for one in from_the_bank.changes] == [PaymentStatus.PAID]
    assert from_both.changes == without_the_file.changes == []
    (payment,) = records(books.facts().values["payments"])
    assert payment["proof"] == "1c"
