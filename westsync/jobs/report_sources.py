"""What reports are gathered from, as ports: the mirror's tables, the ledger's, the CRM itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from westsync.domain.episodes import Episode
    from westsync.domain.intents import ObjectRef
    from westsync.domain.ledger import LedgerInvoice, LedgerRef, Payment
    from westsync.domain.records import DealRecord, TodoRecord
    from westsync.domain.settlement.values import Share
    from westsync.jobs.company import Company
    from westsync.jobs.report_settings import ReportSettings
    from westsync.journal.port import Store
    from westsync.ports import CrmReader


class CrmRows(Protocol):
    """Whole tables of the CRM mirror and of the rules' memory, read once a report."""

    def deals_created(self, begins_at: datetime, ends_at: datetime) -> Sequence[DealRecord]:
        """Return the deals created in ``[begins_at, ends_at)`` that are not gone, oldest first."""
        ...

    def deals_with_invoices(self) -> Iterator[DealRecord]:
        """Yield the deals that have bills to the client and are not gone."""
        ...

    def episodes(
        self, begins_at: datetime, ends_at: datetime
    ) -> Iterator[tuple[ObjectRef, Episode, bool]]:
        """Yield the episodes that began in ``[begins_at, ends_at)``: object, episode, is it past.

        A past one is no longer in the rules' memory.
        """
        ...


class LedgerRows(Protocol):
    """Documents of 1C by their days, in the zone of its server; both ends belong to a stretch."""

    def issued(self, first: date, last: date) -> Sequence[LedgerInvoice]:
        """Return invoices to clients, drafts and marked ones too."""
        ...

    def received(self, first: date, last: date) -> Sequence[Payment]:
        """Return money from clients and back to them, rows of bank files too."""
        ...

    def shares_of(self, payment: LedgerRef) -> Sequence[Share]:
        """Return what a payment counts for."""
        ...


class TalkReader(Protocol):
    """The CRM's calls and meetings of a stretch of time (contract 4.4)."""

    def closed_talks(self, begins_at: datetime, ends_at: datetime) -> Sequence[TodoRecord]:
        """Return calls and meetings closed in ``[begins_at, ends_at)``.

        Raises:
            ConnectorError: They cannot be read, or not all of them.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What one account's reports are gathered from.

    Attributes:
        company: With the observed staff (`Company.with_observed`).
        now: When the report is built, UTC.
        reader: Reads what a deal's answer time hangs on and was not read yet; what it reads is kept
            in the store. None: only what is known already counts.
        ledger: None if 1C is not connected: bills of the CRM serve then.
        talks: None if calls are not to be counted.
    """

    store: Store
    rows: CrmRows
    company: Company
    settings: ReportSettings
    now: datetime
    reader: CrmReader | None = None
    ledger: LedgerRows | None = None
    talks: TalkReader | None = None
