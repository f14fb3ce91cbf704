"""An invoice in 1C is made once and posted once, whatever happens on the way (1C contract 8.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.journal.factories import NOON, an_intent
from westsync.domain.actions import CreateInvoice
from westsync.domain.episodes import Episode, Phase
from westsync.domain.ledger import Buyer, InvoiceLine, InvoiceSpec, LedgerInvoice, LedgerRef
from westsync.domain.ledger_keys import invoice_marker, invoice_ref
from westsync.domain.refusals import DraftChanged
from westsync.errors import OutcomeUnknown, Rejected, Unavailable
from westsync.jobs.act import Limits, act
from westsync.jobs.effects import Writers
from westsync.journal.entries import IntentState
from westsync.journal.promises import episode_of

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
                version="1",
            ),
        )
        self._break("after")
        return self.held[spec.ref]

    def post_invoice(self, ref: LedgerRef, version: str = "") -> LedgerInvoice:
        self._break("before post")
        if version and version != self.held[ref].version:
            raise Rejected("onec", "Post", DraftChanged(number="0000-000123"))
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


def remember_episode(store: SqliteStore, **parts: Any) -> None:
    """Remember the episode in which the invoice was asked for."""
    began = episode_of(an_intent(ISSUE).key)
    episode = Episode(
        rule=an_intent(ISSUE).rule, phase=Phase.OPEN, started_at=began, noticed_at=began
    )
    with store.transaction():
        store.episodes.save_decision(an_intent(ISSUE).obj, [replace(episode, **parts)], None)


@pytest.mark.parametrize(
    "faults",
    [
        [("after", LOST)],  # the draft is there, and found only when the deal wants it no more
        [("before", LOST)],  # nothing is there, and nothing is made any more
        [("before post", LOST)],
        [("before post", DOWN)],
    ],
)
def test_nothing_more_is_done_for_an_invoice_whose_episode_ended_meanwhile(
    store: SqliteStore,
    crm: FakeCrm,
    ledger: Ledger,
    clock: FakeClock,
    faults: list[tuple[str, Exception]],
) -> None:
    writers = Writers(crm=crm, books=ledger, ledger=ledger)  # type: ignore[arg-type]  # as above
    ledger.faults = list(faults)
    remember_episode(store)
    store.outbox.record([an_intent(ISSUE)], clock.now())
    act(store, writers, clock, Limits(), chance=lambda: 0.5)
    remember_episode(store, phase=Phase.CLEARED, cleared_at=clock.now())
    made = dict(ledger.held)

    act_for_an_hour(store, crm, ledger, clock)

    assert ledger.held == made
    assert ledger.postings == 0
    last = store.outbox.of_object(an_intent(ISSUE).obj)[-1]
    assert (last.state, last.cause) == (IntentState.WITHDRAWN, "no longer wanted")


def test_a_person_who_sends_it_again_is_obeyed_although_the_episode_ended(
    store: SqliteStore, crm: FakeCrm, ledger: Ledger, clock: FakeClock
) -> None:
    ledger.faults = [("before", Rejected("onec", "POST", "нет покупателя"))]
    remember_episode(store)
    store.outbox.record([an_intent(ISSUE)], clock.now())
    act_for_an_hour(store, crm, ledger, clock)
    remember_episode(store, phase=Phase.CLEARED, cleared_at=clock.now())

    store.outbox.retry(an_intent(ISSUE).key, by="orlov", now=clock.now())
    act_for_an_hour(store, crm, ledger, clock)

    assert ledger.creations == 1


def test_a_draft_that_somebody_wrote_since_is_not_posted(
    store: SqliteStore, crm: FakeCrm, ledger: Ledger, clock: FakeClock
) -> None:
    writers = Writers(crm=crm, books=ledger, ledger=ledger)  # type: ignore[arg-type]  # as above
    ledger.faults = [("before post", DOWN)]
    store.outbox.record([an_intent(ISSUE)], clock.now())
    act(store, writers, clock, Limits(), chance=lambda: 0.5)
    ledger.held[SPEC.ref] = replace(ledger.held[SPEC.ref], version="2")

    act_for_an_hour(store, crm, ledger, clock)

    assert ledger.postings == 0
    assert store.outbox.of_object(an_intent(ISSUE).obj)[-1].state is IntentState.FAILED


def test_a_draft_of_another_sum_under_our_key_is_not_taken_over(
    store: SqliteStore, crm: FakeCrm, ledger: Ledger, clock: FakeClock
) -> None:
    ledger.create_invoice(SPEC)
    ledger.held[SPEC.ref] = replace(ledger.held[SPEC.ref], total=Decimal(90000))
    store.outbox.record([an_intent(ISSUE)], clock.now())

    act_for_an_hour(store, crm, ledger, clock)

    entry = store.outbox.entry(an_intent(ISSUE).key)
    assert entry is not None
    assert entry.state is IntentState.FAILED
    assert "0000-000123 is for 90000, the deal for 120000" in (entry.cause or "")
    assert ledger.postings == 0


@pytest.mark.parametrize("refusals", [[], [("before", Rejected("onec", "POST", "нет покупателя"))]])
def test_what_becomes_of_it_has_the_deal_decided_again(
    store: SqliteStore,
    crm: FakeCrm,
    ledger: Ledger,
    clock: FakeClock,
    refusals: list[tuple[str, Exception]],
) -> None:
    ledger.faults = list(refusals)
    store.outbox.record([an_intent(ISSUE)], clock.now())

    act_for_an_hour(store, crm, ledger, clock)

    assert store.mirror.dirty.objects(10) == (an_intent(ISSUE).obj,)


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
