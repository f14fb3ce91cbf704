"""Reconciling a year: what ``westsync backfill`` finds, asks for, and needs.

Both systems stand in memory, so that what is measured is our own part; how much memory they take
by themselves is subtracted from nothing: the limit holds for all of it together.
"""

from __future__ import annotations

import resource
from datetime import UTC, datetime, time
from math import ceil
from time import process_time
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from benchmarks.lines import Line, Target
from benchmarks.reconciled import SINCE, UNTIL, agreeing, plant
from westsync.clocks import DrillClock
from westsync.domain.backfill import Span, Subject
from westsync.domain.records import Page
from westsync.domain.settlement.values import Terms
from westsync.jobs.backfill.clients import ClientComparison
from westsync.jobs.backfill.invoices import InvoiceComparison
from westsync.jobs.backfill.payments import PaymentComparison
from westsync.jobs.backfill.reading import Reading, Sources
from westsync.journal.backfill_opening import scratch_workbook
from westsync.journal.opening import open_scratch
from westsync.journal.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from benchmarks.options import Options
    from benchmarks.reconciled import Company, Planted
    from westsync.domain.backfill import Finding
    from westsync.domain.ledger import LedgerInvoice, Payment
    from westsync.domain.records import Payer
    from westsync.journal.backfill import Workbook

NAME = "backfill"
MEANING = "P4 and issue 5: 20,000 deals beside 30,000 invoices with 500 planted differences"

SIZE = 20_000
_DIFFERENCES = 500
_CRM_PAGE, _ONEC_PAGE = 100, 500
_ACCOUNT = "main"
_MEGABYTES = 300
_LATER = datetime.combine(UNTIL, time(9), UTC)
T = TypeVar("T")
_SUBJECTS = (Subject.INVOICES, Subject.PAYMENTS, Subject.CLIENTS)


class _Pages:
    """Megaplan and 1C page by page; each page is one request."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self.requests = 0

    def changed_deals(self, since: datetime | None) -> Iterator[Page]:
        del since
        for page in self._cut(sorted(self._company.deals.values(), key=lambda d: -int(d.id))):
            yield Page(deals=tuple(page))

    def payers(self) -> Iterator[Sequence[Payer]]:
        yield from self._cut(self._company.payers)

    def deals(self, ids: Sequence[str]) -> Iterator[Page]:
        self.requests += len(ids)
        yield Page(deals=tuple(self._company.deals[one] for one in ids))

    def invoices(self, since: date, until: date) -> Iterator[Sequence[LedgerInvoice]]:
        documents = self._company.invoices.values()
        found = [one for one in documents if since <= one.dated < until]
        yield from self._cut(found, _ONEC_PAGE)

    def payments(self, since: date, until: date) -> Iterator[Sequence[Payment]]:
        found = [one for one in self._company.payments if since <= one.dated < until]
        yield from self._cut(found, _ONEC_PAGE)

    def _cut(self, items: Sequence[T], size: int = _CRM_PAGE) -> Iterator[Sequence[T]]:
        for begin in range(0, len(items), size):
            self.requests += 1
            yield items[begin : begin + size]

    @property
    def least(self) -> int:
        """How many pages there are."""
        company = self._company
        return sum(
            ceil(len(items) / size)
            for items, size in (
                (company.deals, _CRM_PAGE),
                (company.payers, _CRM_PAGE),
                (company.invoices, _ONEC_PAGE),
                (company.payments, _ONEC_PAGE),
            )
        )


def measure(options: Options) -> Iterator[Line]:
    """Make a company, plant differences, reconcile it once."""
    size = options.size or SIZE
    company = agreeing(size, size * 3 // 2, options.seed)
    plant(company, _DIFFERENCES * size // SIZE or 13, options.seed + 1)
    pages = _Pages(company)
    begin = process_time()
    found = _reconciled(pages)
    cpu = process_time() - begin
    missed, false = len(company.planted - found), len(found - company.planted)
    planted = len(company.planted)
    wrong = f"{missed} missed, {false} false" if missed or false else ""
    yield Line(
        suite=NAME,
        what=f"n={size} differences found of {planted}",
        unit="rows",
        ours=[planted - missed],
        target=Target(limit=planted, at_least=True),
        answers="row by row",
        invalid=wrong,
    )
    yield Line(
        suite=NAME,
        what=f"n={size} requests",
        unit="requests",
        ours=[pages.requests],
        peer="the least possible",
        theirs=[pages.least],
        target=Target(limit=1.1, on_ratio=True),
    )
    yield Line(
        suite=NAME,
        what=f"n={size} memory, both systems included",
        unit="MB",
        ours=[resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024],
        target=Target(limit=_MEGABYTES),
    )
    yield Line(suite=NAME, what=f"n={size} cpu", unit="s", ours=[cpu])


def _reconciled(pages: _Pages) -> set[Planted]:
    clock = DrillClock(_LATER)
    database = open_scratch(clock)
    span = Span(since=SINCE, until=UNTIL)
    sources = Sources(
        crm=pages,  # type: ignore[arg-type]  # the part of the port that a reconciliation asks
        ledger=pages,  # type: ignore[arg-type]  # as above
        memory=SqliteStore(database, _ACCOUNT),
        terms=Terms(),
        zone=ZoneInfo("Europe/Moscow"),
    )
    try:
        with scratch_workbook(_ACCOUNT, clock) as workbook:
            Reading(workbook, sources, clock, lambda: None).read(span, _SUBJECTS)
            return {_told(one) for one in _compared(workbook, span) if one.category != "match"}
    finally:
        database.close()


def _compared(workbook: Workbook, span: Span) -> Iterator[Finding]:
    yield from InvoiceComparison(workbook, span).findings()
    yield from PaymentComparison(workbook, span).findings()
    yield from ClientComparison(workbook, span, None).findings()


def _told(finding: Finding) -> Planted:
    """Return a finding as it is planted: by the bill where 1C has nothing."""
    key = finding.bill if finding.reason == "bill_not_in_onec" else finding.ref
    return finding.subject.value, finding.category.value, finding.reason, key
