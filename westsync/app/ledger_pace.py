"""How often 1C is read, and how strictly its money is matched: from settings to the scan."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from westsync.domain.logins import sign_of
from westsync.domain.requisites import VatRate
from westsync.domain.settlement.values import Terms
from westsync.jobs.awaited_papers import AwaitedPapers
from westsync.jobs.ledger import LedgerScan
from westsync.jobs.ledger_windows import KINDS, Pace
from westsync.rules.billing import Billing

if TYPE_CHECKING:
    from collections.abc import Callable

    from westsync.app.ledger import ConnectedLedger
    from westsync.jobs.company import Company
    from westsync.journal.port import Store
    from westsync.ports import Clock
    from westsync.settings.onec import OneCSettings


def ledger_scan(
    settings: OneCSettings,
    ledger: ConnectedLedger,
    store: Store,
    clock: Clock,
    *,
    company: Company,
    progress: Callable[[], None],
) -> LedgerScan:
    """Return what reads an account's 1C.

    Args:
        settings: Its section ``onec``.
        ledger: The connected channels.
        store: The account's.
        clock: Time.
        company: Its working time, in which 1C is asked more often, and the rules that wait for
            shipping papers.
        progress: Called for each page and each party.
    """
    hour, minute = str(settings.scan.cold).split(":")
    pace = Pace(
        hot=timedelta(seconds=float(settings.scan.hot)),
        warm=timedelta(seconds=float(settings.scan.warm)),
        cold_at=time(int(hour), int(minute)),
        zone=ZoneInfo(settings.timezone),
        is_working=company.calendar.is_open,
    )
    terms = Terms(
        tolerance=Decimal(str(settings.tolerance)), match_by_amount=settings.match_by_amount
    )
    password = settings.password
    kinds = [kind for kind in KINDS if kind.value in ledger.told]
    return LedgerScan(
        store,
        ledger.reader,
        clock,
        pace=pace,
        terms=terms,
        kinds=kinds,
        papers=AwaitedPapers(store, company.ruleset.rules),
        login=sign_of(settings.user, password.get_secret_value() if password else ""),
        progress=progress,
    )


def billing_of(settings: OneCSettings) -> Billing:
    """Return how invoices are made: the rates of VAT, in the zone of the server."""
    rates = tuple(
        VatRate(since=rate.since, percent=Decimal(str(rate.percent)), name=rate.name)
        for rate in settings.vat_rates
    )
    return Billing(zone=ZoneInfo(settings.timezone), rates=rates)
