"""An invoice in 1C is made once and posted once, whatever happens on the way (1C contract 8.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.unit.journal.factories import NOON, an_intent
from westsync.domain.intents import CreateInvoice
from westsync.domain.ledger import (
    Buyer,
    InvoiceLine,
    InvoiceSpec,
    LedgerInvoice,
    LedgerRef,
    invoice_marker,
    invoice_ref,
)
from westsync.errors import OutcomeUnknown, Rejected, Unavailable
from westsync.jobs.act import Limits, act
from westsync.jobs.effects import Writers
from westsync.journal.entries import IntentState

if TYPE_CHECKING:
    from tests.fakes.clock import FakeClock
    from tests.fakes.crm import FakeCrm
    from westsync.journal.store import SqliteStore

SPEC = InvoiceSpec(
    ref=invoice_ref("43", 1),
    marker=invoice_marker("43", 1),
    dated_at=NOON,
    buyer=Buyer(name="Сцена ООО", inn="9990000019", kpp="999001001", is_organisation=True),
    lines=(
        InvoiceLine(
            name="Акустическая система",
            article="SRM450",
            quantity=Decimal(2),
            price=Decimal(60000),
            amount=Decimal(120000),
            vat_rate="НДС22",
            vat_amount=Decimal("21639.34"),
        ),
    ),
)
ISSUE = CreateInvoice(deal="43", spec=SPEC)


class Ledger:
    """1C as far as one invoice needs it; ``faults`` break the next writes."""

    def __init__(self) -> None:
        self.held: dict[LedgerRef, LedgerInvoice] = {}
        self.creations = 0
        self.postings = 0
        self.faults: list[tuple[str, Exception]] = []

    def invoice(self, ref: LedgerRef) -> LedgerInvoice | None:
        return self.held.get(ref)

    def create_invoice(self, spec: InvoiceSpec) -> LedgerInvoice:
        self._break("before")
        self.creations += 1
        self.held.setdefault(
            spec.ref,
            LedgerInvoice(
                ref=spec.ref,
                number="0000-000123",
                at=spec.dated_at,
                dated=spec.dated_at.date(),
                posted=False,
                marked=False,
                total=spec.total,
            ),
        )
        self._break("after")
        return self.held[spec.ref]

    def post_invoice(self, ref: LedgerRef) -> LedgerInvoice:
        self._break("before post")
        self.postings += 1
        self.held[ref] = replace(self.held[ref], posted=True)
        self._break("after post")
        return self.held[ref]

    def _break(self, moment: str) -> None:
        if self.faults and self.faults[0][0] == moment:
            raise self.faults.pop(0)[1]


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def act_for_an_hour(
    store: SqliteStore, crm: FakeCrm, ledger: Ledger, clock: FakeClock, *, writes: bool = True
) -> None:
    writers = Writers(crm=crm, books=ledger, ledger=ledger if writes else None)  # type: ignore[arg-type]  # the part of the ports that acting uses
    for _ in range(20):
        act(store, writers, clock, Limits(), chance=lambda: 0.5)
        clock.advance(timedelta(minutes=3))


LOST = OutcomeUnknown("onec", "POST", "no reply")
DOWN = Unavailable("onec", "POST", "nobody answers")


@pytest.mark.parametrize(
    "faults",
    [
        [],
        [("before", DOWN)],
        [("before", LOST)],
        [("after", LOST)],
        [("before", LOST), ("after", LOST)],
        [("before post", LOST)],
        [("after post", LOST)],
        [("after", LOST), ("before post", DOWN), ("after post", LOST)],
    ],
)
def test_it_is_made_and_posted_exactly_once(
    store: SqliteStore,
    crm: FakeCrm,
    ledger: Ledger,
    clock: FakeClock,
    faults: list[tuple[str, Exception]],
) -> None:
    ledger.faults = list(faults)
    store.outbox.record([an_intent(ISSUE)], clock.now())

    act_for_an_hour(store, crm, ledger, clock)

    (invoice,) = ledger.held.values()
    assert invoice.posted
    assert ledger.creations == 1
    assert ledger.postings == 1
    states = {entry.action: entry.state for entry in store.outbox.of_object(an_intent(ISSUE).obj)}
    assert states == {"invoice.issue": IntentState.DONE, "invoice.post": IntentState.DONE}


def test_one_that_is_there_under_our_key_is_adopted(
    store: SqliteStore, crm: FakeCrm, ledger: Ledger, clock: FakeClock
) -> None:
    ledger.create_invoice(SPEC)
    ledger.post_invoice(SPEC.ref)
    store.outbox.record([an_intent(ISSUE)], clock.now())

    act_for_an_hour(store, crm, ledger, clock)

    assert (ledger.creations, ledger.postings) == (1, 1)
    entry = store.outbox.entry(an_intent(ISSUE).key)
    assert entry is not None
    assert entry.note == "invoice 0000-000123"


def test_what_1c_refuses_is_a_dead_letter_with_its_own_words(
    store: SqliteStore, crm: FakeCrm, ledger: Ledger, clock: FakeClock
) -> None:
    ledger.faults = [("before post", Rejected("onec", "Post", 'Поле "Договор" не заполнено'))]
    store.outbox.record([an_intent(ISSUE)], clock.now())

    act_for_an_hour(store, crm, ledger, clock)

    post = next(
        entry
        for entry in store.outbox.of_object(an_intent(ISSUE).obj)
        if entry.action == "invoice.post"
    )
    assert post.state is IntentState.FAILED
    assert "Договор" in (post.cause or "")
    assert ledger.creations == 1


def test_a_base_that_may_only_be_read_keeps_the_invoice_waiting(
    store: SqliteStore, crm: FakeCrm, ledger: Ledger, clock: FakeClock
) -> None:
    store.outbox.record([an_intent(ISSUE)], clock.now())

    act_for_an_hour(store, crm, ledger, clock, writes=False)

    entry = store.outbox.entry(an_intent(ISSUE).key)
    assert entry is not None
    assert entry.state is IntentState.POSTPONED
    assert "readonly" in (entry.cause or "")
