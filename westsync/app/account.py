"""One account, connected and ready to work."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from westsync.app.connectors import (
    BorrowedTokens,
    credentials_of,
    is_working,
    megaplan_config,
    messenger_of,
    verify_names,
)
from westsync.app.report_sources import mailed_reports
from westsync.connectors.megaplan.reader import MegaplanReader
from westsync.connectors.megaplan.session import open_session
from westsync.connectors.megaplan.writer import MegaplanWriter
from westsync.jobs.act import Limits, never
from westsync.jobs.cycle import Cycle, CycleReport, Desk, idle
from westsync.jobs.effects import Writers
from westsync.jobs.reconcile import reconcile
from westsync.jobs.remember import keep_history, senses_of
from westsync.journal.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from westsync.app.configuration import Configuration
    from westsync.app.ledger import ConnectedLedger
    from westsync.connectors.megaplan.config import MegaplanConfig
    from westsync.connectors.megaplan.session import Session
    from westsync.jobs.stock_sources import SupplierStock
    from westsync.journal.database import Database
    from westsync.journal.port import Store
    from westsync.ports import Clock
    from westsync.settings.model import AccountSettings
    from westsync.transport import Transport

LEARNED_RATE = "megaplan.requests_per_second"


class OpenAccount:
    """One account, connected and ready.

    Attributes:
        desk: What the jobs work with.
        session: The connection.
    """

    def __init__(
        self,
        desk: Desk,
        session: Session,
        config: MegaplanConfig,
        verify_names: Callable[[], None],
        ledger: ConnectedLedger | None = None,
    ) -> None:
        """Hold what was opened.

        Args:
            desk: What the jobs work with.
            session: The connection.
            config: How the connector was told to behave.
            verify_names: Raises `ConfigError` when the account lacks what the settings name.
            ledger: Its connected 1C; None if it is not configured.
        """
        self.desk = desk
        self.session = session
        self.config = config
        self.verify_names = verify_names
        self._ledger = ledger
        self._resting_until: datetime | None = None

    @property
    def name(self) -> str:
        """Name of the account."""
        return self.desk.company.account

    @property
    def transports(self) -> Mapping[str, Transport]:
        """System -> its connection, for what it says of itself."""
        found = {"megaplan": self.session.transport}
        if self._ledger is not None and self._ledger.session is not None:
            found["onec"] = self._ledger.session.transport
        return found

    def cycle(self, stopping: Callable[[], bool] = never) -> CycleReport:
        """Run one cycle; the learned request rate is kept for the next start.

        Raises:
            ConfigError: The account lacks a program, stage or field that the settings name.
            Unavailable: Nobody could be asked whether it does.
            AccessDenied: The CRM refused our credentials.
            GuardTripped: The clock went back.
        """
        self.verify_names()
        report = Cycle(self.desk).run(stopping)
        rate = f"{self.session.transport.limiter.per_second:.3f}"
        if self.desk.store.keepsakes.get(LEARNED_RATE) != rate:
            self.desk.store.keepsakes.put(LEARNED_RATE, rate)
        return report

    def housekeeping(self) -> None:
        """Do what is done once a night: heal duplicates, forget old contents."""
        desk = self.desk
        if desk.writers is not None:
            note = desk.company.ruleset.twin_note
            reconcile(desk.store, desk.writers, desk.clock, twin_note=note)
        desk.store.outbox.clear_payloads(desk.clock.now())
        keep_history(desk.store, desk.clock.now())

    def close(self) -> None:
        """Close the connections to the CRM and to 1C."""
        self.session.close()
        if self._ledger is not None:
            self._ledger.close()

    def rest(self, until: datetime) -> None:
        """Leave the account alone for a while (its credentials were refused)."""
        self._resting_until = until

    def next_due(self) -> datetime | None:
        """Return when the nearest timer or send of the account comes."""
        moments = [self.desk.store.episodes.next_due(), self.desk.store.delivery.next_due()]
        due = min((moment for moment in moments if moment is not None), default=None)
        if due is None or self._resting_until is None:
            return due
        return max(due, self._resting_until)


def _ledger_of(
    name: str,
    account: AccountSettings,
    store: Store,
    clock: Clock,
    where: Path,
    *,
    writes: bool,
) -> ConnectedLedger | None:
    if account.onec is None:
        return None
    from westsync.app.ledger import connect_ledger  # noqa: PLC0415 - only accounts with 1C

    memory = store.keepsakes if writes else None
    return connect_ledger(name, account.onec, clock, memory, writes=writes, directory=where)


def connect_account(
    configuration: Configuration,
    name: str,
    database: Database,
    clock: Clock,
    *,
    writes: bool = True,
    progress: Callable[[], None] = idle,
    stock: SupplierStock | None = None,
) -> OpenAccount:
    """Connect one account of a configuration; nothing is sent yet.

    Args:
        configuration: Right and with all secrets.
        name: The account.
        database: Its memory.
        clock: Time.
        writes: False builds an account that cannot write.
        progress: Called whenever something was done, as a sign of life.
        stock: Asks supplier stock; None if no supplier is enabled.

    Raises:
        ConfigError: Mail cannot be written from the configured address.
    """
    settings = configuration.settings
    account = settings.accounts[name]
    store = SqliteStore(database, name)
    config = megaplan_config(name, account, settings.timezone)
    where = configuration.loaded.directory
    messenger = messenger_of(account, config, clock, where) if writes else None
    rate = store.keepsakes.get(LEARNED_RATE)
    session = open_session(
        config,
        credentials_of(account),
        clock=clock,
        store=store.tokens if writes else BorrowedTokens(store.tokens),
        learned_rate=float(rate) if rate else None,
    )
    company = configuration.companies[name]
    store.mirror.history.keep_senses(senses_of(company.setup))
    writers = None
    if writes:
        crm = MegaplanWriter(session, config, is_working=lambda who: is_working(store, who))
        writers = Writers(crm=crm, messenger=messenger)
    ledger = _ledger_of(name, account, store, clock, where, writes=writes)
    books = None
    if ledger is not None and account.onec is not None:
        from westsync.app.ledger_pace import ledger_scan  # noqa: PLC0415 - only accounts with 1C

        books = ledger_scan(account.onec, ledger, store, clock, company=company, progress=progress)
        if writers is not None:
            writers = replace(writers, ledger=ledger.writer, books=ledger.reader)
    desk = Desk(
        store=store,
        reader=MegaplanReader(session, config),
        writers=writers,
        clock=clock,
        company=company,
        limits=Limits(settle_s=float(account.megaplan.settle)),
        progress=progress,
        books=books,
        stock=stock,
    )
    opened = OpenAccount(
        desk,
        session,
        config,
        lambda: verify_names(session, config, store, company, where),
        ledger,
    )
    if writers is not None and messenger is not None:
        reports = mailed_reports(opened, configuration, messenger)
        opened.desk = replace(desk, writers=replace(writers, reports=reports))
    return opened
