"""A reconciliation of a made-up company on the fakes, and its requests counted."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from benchmarks.reconciled import SINCE, UNTIL
from benchmarks.reconciled import Company as BothSystems
from tests.fakes.crm import FakeCrm
from tests.fakes.ledger import FakeLedger
from tests.unit.jobs.test_ledger import company
from westsync.domain.backfill import Span, Subject
from westsync.domain.settlement.values import Terms
from westsync.jobs.backfill.reading import Sources
from westsync.jobs.backfill.reconciliation import Reconciliation
from westsync.jobs.backfill.words import KEYS, BackfillWords
from westsync.journal.backfill_opening import scratch_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tests.fakes.clock import FakeClock
    from westsync.domain.backfill import Finding
    from westsync.domain.records import Page
    from westsync.journal.backfill import Workbook
    from westsync.journal.port import Store

SPAN = Span(since=SINCE, until=UNTIL)
MONEY = (Subject.INVOICES, Subject.PAYMENTS)
WORDS = BackfillWords(dict.fromkeys(KEYS, "{reason} {number}"))


class NestingCrm(FakeCrm):
    """A CRM whose deals bring their clients along, as Megaplan's do (contract 2.6)."""

    def changed_deals(self, since: datetime | None) -> Iterator[Page]:
        for page in super().changed_deals(since):
            ids = {deal.client_id for deal in page.deals}
            known = [self.client_records.get(one) for one in ids if one is not None]
            yield replace(page, clients_seen=tuple(one for one in known if one is not None))


class Office:
    """Both systems on fakes, the daemon's memory, and reconciliations of them."""

    def __init__(self, both: BothSystems, memory: Store, clock: FakeClock) -> None:
        self.memory, self.clock = memory, clock
        self.crm = NestingCrm(clock)
        self.onec = FakeLedger(page_size=500)
        self.fill(both)

    def fill(self, both: BothSystems) -> None:
        for deal in both.deals.values():
            self.crm.put_deal(replace(deal, custom={"contract_number": None}))
        for client in both.clients:
            self.crm.put_client(client)
        self.crm.payer_records += both.payers
        self.onec.put(*both.invoices.values(), *both.payments)

    @property
    def sources(self) -> Sources:
        return Sources(
            crm=self.crm,
            ledger=self.onec,
            memory=self.memory,
            terms=Terms(),
            zone=ZoneInfo("Europe/Moscow"),
        )

    def on(self, workbook: Workbook) -> Reconciliation:
        return Reconciliation(
            workbook, self.sources, company(), WORDS, clock=self.clock, progress=lambda: None
        )

    @contextmanager
    def reconciled(
        self, *only: Subject, span: Span = SPAN
    ) -> Iterator[tuple[Reconciliation, Workbook]]:
        with scratch_workbook(self.memory.account, self.clock) as workbook:
            reconciliation = self.on(workbook)
            reconciliation.look(span, only or tuple(Subject))
            yield reconciliation, workbook


def told(finding: Finding) -> tuple[str, str, str, str]:
    """Return a finding as it is planted: by the bill where 1C has nothing."""
    is_bill = finding.reason == "bill_not_in_onec"
    key = finding.bill if is_bill else finding.ref
    return finding.subject.value, finding.category.value, finding.reason, key


def found(reconciliation: Reconciliation) -> set[tuple[str, str, str, str]]:
    return {told(finding) for finding, _ in reconciliation.rows()}
