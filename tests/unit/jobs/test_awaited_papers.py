"""Who waits for shipping papers: by the rules' memory, and by what 1C has shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.unit.domain.ledger_documents import a_shipment, an_invoice
from tests.unit.jobs.ruled_company import a_company
from tests.unit.journal.factories import DEAL, NOON, a_deal, a_page
from westsync.domain.episodes import Episode, Phase
from westsync.domain.ledger_keys import invoice_marker
from westsync.jobs.awaited_papers import AwaitedPapers
from westsync.jobs.ledger_walk import source_of
from westsync.journal.cursors import Cursor
from westsync.journal.ledger import Kind, Pass

if TYPE_CHECKING:
    from westsync.domain.ledger import Shipment
    from westsync.journal.store import SqliteStore

TODAY = NOON.date()
HOUR = timedelta(hours=1)
RULES = """\
version: 1
rules:
  - id: papers
    step: P6.1
    title: Документы
    watch: deal
    needs: { onec: 2h }
    when: [ { documents_ready: false } ]
    clock: { from: fully_paid_at, calendar: always }
    steps: [ { id: tell, after: 0m, do: [ { deal.comment: { text: hello } } ] } ]
  - id: talk
    step: P2.3
    title: Звонок
    watch: deal
    when: [ { stage: new } ]
    clock: { from: created_at, calendar: always }
    steps: [ { id: tell, after: 0m, do: [ { deal.comment: { text: hello } } ] } ]
"""
INVOICE = replace(an_invoice(dated=TODAY), comment=invoice_marker(DEAL.id, 1))


def remember(
    store: SqliteStore, rule: str, after: timedelta = -HOUR, phase: Phase = Phase.OPEN
) -> None:
    """Keep a deal with an invoice, and an episode of a rule that begins so long after noon."""
    store.mirror.keep_page(a_page(a_deal()), NOON)
    episode = Episode(rule=rule, phase=phase, started_at=NOON + after, noticed_at=NOON)
    with store.transaction():
        store.ledger.keep(Pass(kind=Kind.INVOICES, changed=(INVOICE,)), NOON)
        store.cursors.save(source_of(Kind.SHIPMENTS), Cursor(position=None, at=NOON))
        store.episodes.save_decision(DEAL, [episode], None)


def back_to(store: SqliteStore, *shipments: Shipment) -> object:
    with store.transaction():
        store.ledger.keep(Pass(kind=Kind.SHIPMENTS, changed=shipments), NOON)
    return AwaitedPapers(store, a_company(RULES).ruleset.rules).back_to(NOON)


@pytest.mark.parametrize(
    ("rule", "after", "phase", "waits"),
    [
        ("papers", -HOUR, Phase.OPEN, True),
        ("papers", 2 * HOUR, Phase.OPEN, True),
        ("papers", 3 * HOUR, Phase.OPEN, False),  # to be printed only in the evening
        ("papers", -HOUR, Phase.CLEARED, False),
        ("talk", -HOUR, Phase.OPEN, False),  # a rule that reads no papers
    ],
)
def test_a_deal_waits_once_a_rule_about_papers_counts_or_soon_will(
    store: SqliteStore, rule: str, after: timedelta, phase: Phase, *, waits: bool
) -> None:
    remember(store, rule, after, phase)

    assert back_to(store) == (TODAY if waits else None)


def test_nobody_waits_for_papers_that_1c_has_shown(store: SqliteStore) -> None:
    remember(store, "papers")

    assert back_to(store, a_shipment(INVOICE, is_upd=True)) is None


def test_a_shipment_without_its_factura_is_read_again_from_its_own_date(
    store: SqliteStore,
) -> None:
    remember(store, "papers")
    sent = TODAY - timedelta(days=9)

    assert back_to(store, a_shipment(INVOICE, dated=sent)) == sent
