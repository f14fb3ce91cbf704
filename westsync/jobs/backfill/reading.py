"""Reading both systems for a reconciliation, each thing once and in full pages.

1C is read in whole windows before Megaplan. What came to its end is noted, so that a killed run
reads on with the next source. Nothing is kept of the walk but the page that is being stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import structlog

from westsync.domain.backfill import Span, Subject
from westsync.domain.intents import ObjectRef
from westsync.domain.purposes import read_purpose
from westsync.domain.settlement.joining import marked_deal
from westsync.jobs.observe import DEALS
from westsync.jobs.settle import settle_changed
from westsync.journal.cursors import TASKS
from westsync.journal.ledger import Kind, Pass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from zoneinfo import ZoneInfo

    from westsync.domain.ledger import LedgerInvoice
    from westsync.domain.records import Page
    from westsync.domain.settlement.values import Terms
    from westsync.journal.backfill import Workbook
    from westsync.journal.ledger_documents import Document
    from westsync.journal.port import Store
    from westsync.ports import Clock, CrmReader
    from westsync.ports.ledger import LedgerReader

_MONEY = frozenset({Subject.INVOICES, Subject.PAYMENTS, Subject.CLIENTS})
# How much older an invoice may be than the money that names it (a buyer rarely pays later).
_PAID_LATE = timedelta(days=120)
# A bill of the span may have an invoice of a few days before or after it, as may an invoice a bill.
_BESIDE = timedelta(days=31)
_DEALS_AT_ONCE = 100

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The systems that are compared.

    Attributes:
        crm: Megaplan.
        ledger: 1C; None if it is not configured, then only tasks can be reconciled.
        memory: What the daemon knows of the account; asked, never written.
        terms: How strictly money is matched.
        zone: Of the 1C server; its dates bound the span.
    """

    crm: CrmReader
    ledger: LedgerReader | None
    memory: Store
    terms: Terms
    zone: ZoneInfo

    def moment(self, day: date) -> datetime:
        """Return the beginning of a day of the server's zone, UTC."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)


class Reading:
    """Fills a working file."""

    def __init__(
        self, workbook: Workbook, sources: Sources, clock: Clock, progress: Callable[[], None]
    ) -> None:
        """Bind the ends; ``progress`` is called for each page and each party."""
        self._workbook = workbook
        self._store = workbook.store
        self._sources = sources
        self._clock = clock
        self._progress = progress

    def read(self, span: Span, only: Sequence[Subject]) -> None:
        """Read what a reconciliation needs and is not read yet.

        Raises:
            ConnectorError: A system could not be read; what was read before stays.
        """
        wanted = frozenset(only)
        if wanted & _MONEY:
            self._read_ledger(span, wanted)
            self._step("payers", self._read_payers)
        since = self._sources.moment(span.since)
        if wanted & _MONEY:
            self._step("deals", lambda: self._read_deals(since))
            self._step("other_deals", lambda: self._read_other_deals(span))
        if Subject.TASKS in wanted:
            self._step("tasks", lambda: self._read_tasks(since))

    def _step(self, name: str, do: Callable[[], None]) -> None:
        if not self._workbook.is_done(name):
            do()
            self._workbook.note_done(name)

    # -- 1C ------------------------------------------------------------------------------------

    def _read_ledger(self, span: Span, wanted: frozenset[Subject]) -> None:
        ledger = self._sources.ledger
        if ledger is None:
            return
        since, until = span.since - _BESIDE, span.until + _BESIDE
        self._step("invoices", lambda: self._keep(Kind.INVOICES, ledger.invoices(since, until)))
        if Subject.PAYMENTS not in wanted:
            return
        # An invoice of the span may be paid after it.
        paid_until = max(span.until, self._today() + timedelta(days=1))
        self._step(
            "payments",
            lambda: self._keep(Kind.PAYMENTS, ledger.payments(span.since, paid_until)),
        )
        self._step("settled", self._settle)
        self._step("older_invoices", lambda: self._read_older_invoices(span, ledger))

    def _keep(self, kind: Kind, pages: Iterator[Sequence[Document]]) -> None:
        for page in pages:
            self._store.ledger.keep(Pass(kind=kind, changed=page), self._clock.now())
            self._progress()

    def _settle(self) -> None:
        settle_changed(self._store, self._sources.terms, self._clock.now(), self._progress)

    def _read_older_invoices(self, span: Span, ledger: LedgerReader) -> None:
        """Read the invoices before the span that money of the span names, if there are any."""
        named = [
            mention.dated
            for question in self._workbook.questions(span)
            for mention in read_purpose(question.payment.purpose).invoices
            if mention.dated is not None
        ]
        read_since = span.since - _BESIDE
        older = [day for day in named if span.since - _PAID_LATE <= day < read_since]
        if older:
            self._keep(Kind.INVOICES, ledger.invoices(min(older), read_since))
            self._settle()

    def _today(self) -> date:
        return self._clock.now().astimezone(self._sources.zone).date()

    # -- Megaplan ------------------------------------------------------------------------------

    def _read_payers(self) -> None:
        for page in self._sources.crm.payers():
            self._store.mirror.keep_payers(page, self._clock.now())
            self._progress()

    def _read_deals(self, since: datetime) -> None:
        for page in self._sources.crm.changed_deals(since):
            self._keep_page(page, DEALS)

    def _read_tasks(self, since: datetime) -> None:
        for page in self._sources.crm.changed_tasks(since):
            self._keep_page(page, TASKS)

    def _keep_page(self, page: Page, source: str) -> None:
        """Store a page; what of it does not fit our model is told, for its rows will be wrong."""
        for item, why in page.quarantined:
            log.warning("item.quarantined", source=source, object=item, error=why)
        self._store.mirror.keep_page(page, self._clock.now())
        self._progress()

    def _read_other_deals(self, span: Span) -> None:
        """Read deals that did not change since the span began and have an invoice of it.

        The marker in the invoice names them, or the daemon remembers whose bill it is.
        """
        named = (
            deal
            for invoice in self._workbook.client_invoices(span)
            for deal in self._deals_named_by(invoice)
        )
        ids = [deal for deal in dict.fromkeys(named) if self._store.mirror.deal(deal) is None]
        for begin in range(0, len(ids), _DEALS_AT_ONCE):
            batch = ids[begin : begin + _DEALS_AT_ONCE]
            refs = [ObjectRef(kind="deal", id=deal) for deal in batch]
            for page in self._sources.crm.objects(refs):
                self._keep_page(page, DEALS)

    def _deals_named_by(self, invoice: LedgerInvoice) -> Iterable[str]:
        marked = marked_deal(invoice)
        if marked is not None:
            return (marked,)
        return self._sources.memory.ledger.deals_of(invoice.ref)
