"""The state of all accounts and their connections: for work, for a preview, for looking."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import westsync.logs  # noqa: F401 - nothing is logged unredacted from here on
from westsync.app.account import OpenAccount, connect_account
from westsync.domain.places import Place, Problem
from westsync.errors import ConfigError, ConnectorError
from westsync.jobs.company import Guards
from westsync.jobs.cycle import idle
from westsync.jobs.observe import ME
from westsync.journal.opening import open_for_reading, open_scratch, open_state
from westsync.journal.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from westsync.app.configuration import Configuration
    from westsync.jobs.company import Company
    from westsync.jobs.portal_questions import PortalQuestions
    from westsync.jobs.stock_sources import SupplierStock
    from westsync.journal.database import Database
    from westsync.ports import Clock

_NO_BRAKES = Guards(new_intents_per_cycle=10**9, per_rule_per_hour=10**9, open_deals_drop=1.0)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Installation:
    """The state of all accounts, owned by this process, and their connections."""

    def __init__(self, database: Database, state_path: Path, clock: Clock) -> None:
        """Hold an open state; `open` makes it."""
        self.state_path = state_path
        self.accounts: tuple[OpenAccount, ...] = ()
        self._database = database
        self._clock = clock
        self._beside = ExitStack()

    @classmethod
    @contextmanager
    def open(
        cls, configuration: Configuration, clock: Clock, *, adopt: bool = False
    ) -> Iterator[Installation]:
        """Open the state for writing; this process alone owns it.

        Raises:
            LockHeld: Another process owns the state.
            StateError: The state cannot be trusted.
        """
        database = open_state(configuration.loaded.state_path, clock, adopt=adopt)
        installation = cls(database, configuration.loaded.state_path, clock)
        try:
            yield installation
        finally:
            installation.disconnect()
            database.close()

    def connect(
        self,
        configuration: Configuration,
        *,
        writes: bool = True,
        progress: Callable[[], None] = idle,
        questions: PortalQuestions | None = None,
    ) -> tuple[OpenAccount, ...]:
        """Connect all accounts of a configuration; a former one is let go only if that works.

        Args:
            configuration: Right and with all secrets.
            writes: False builds accounts that cannot write.
            progress: Called whenever something was done, as a sign of life.
            questions: Where questions go that somebody asks suppliers' portals; None: nobody does.

        Raises:
            ConfigError: The configuration is wrong, secrets are missing, names in it do not exist
                in the account, or the state file is another one.
        """
        configuration.must_be_right().loaded.connectable()
        if configuration.loaded.state_path != self.state_path:
            place = Place(file=str(configuration.loaded.directory / "westsync.yaml"))
            text = "'state' names another file than the daemon runs on"
            raise ConfigError([Problem(place=place, text=text, cure="restart westsync")])
        fresh: list[OpenAccount] = []
        beside = ExitStack()
        try:
            stock = self._stock(configuration, beside, questions)
            for name in configuration.companies:
                account = connect_account(
                    configuration,
                    name,
                    self._database,
                    self._clock,
                    writes=writes,
                    progress=progress,
                    stock=stock,
                )
                fresh.append(account)
                with suppress(ConnectorError):  # asked again before the first cycle
                    account.verify_names()
        except BaseException:
            for account in fresh:
                account.session.close()
            beside.close()
            raise
        self.disconnect()
        self.accounts, self._beside = tuple(fresh), beside
        return self.accounts

    def _stock(
        self, configuration: Configuration, beside: ExitStack, questions: PortalQuestions | None
    ) -> SupplierStock | None:
        """Return what asks supplier stock; a company without it does not pay for the modules."""
        if not configuration.asks_stock:
            return None
        from westsync.app.stock_inquiry import open_stock_for_cycles  # noqa: PLC0415 - who has suppliers

        stock = open_stock_for_cycles(configuration, self._clock, questions)
        return beside.enter_context(stock)

    def disconnect(self) -> None:
        """Close all connections; the state stays open."""
        for account in self.accounts:
            account.close()
        self.accounts = ()
        self._beside.close()

    def store(self, account: str) -> SqliteStore:
        """Return the memory of an account, whether or not it is connected."""
        return SqliteStore(self._database, account)

    @property
    def is_broken(self) -> bool:
        """Whether the disk failed: nothing is written any more, a new process must look."""
        return self._database.broken

    def next_due(self) -> datetime | None:
        """Return when the nearest timer or send of any account comes."""
        moments = [account.next_due() for account in self.accounts]
        return min((moment for moment in moments if moment is not None), default=None)


@contextmanager
def open_for_work(
    configuration: Configuration, clock: Clock, *, progress: Callable[[], None] = idle
) -> Iterator[tuple[OpenAccount, ...]]:
    """Open all accounts with readers and writers.

    Args:
        configuration: Right and with all secrets.
        clock: Time.
        progress: Called whenever something was done.

    Raises:
        ConfigError, LockHeld, StateError: As `Installation` says.
    """
    configuration.must_be_right().loaded.connectable()
    with Installation.open(configuration, clock) as installation:
        yield installation.connect(configuration, progress=progress)


@contextmanager
def open_for_preview(
    configuration: Configuration, clock: Clock, *, progress: Callable[[], None] = idle
) -> Iterator[tuple[OpenAccount, ...]]:
    """Open all accounts without writers, on a copy of the state that is thrown away.

    The copy makes a preview run the very code of a cycle: what it records is what the next cycle
    would record. Brakes are off, so that everything is shown.
    """
    configuration.must_be_right().loaded.connectable()
    original = configuration.loaded.state_path
    with closing(open_scratch(clock, copy_of=original)) as database:
        installation = Installation(database, original, clock)
        try:
            installation.connect(configuration, writes=False, progress=progress)
            for account in installation.accounts:
                company = replace(account.desk.company, guards=_NO_BRAKES)
                account.desk = replace(account.desk, company=company)
            yield installation.accounts
        finally:
            installation.disconnect()


@contextmanager
def open_stores(configuration: Configuration, clock: Clock) -> Iterator[tuple[SqliteStore, ...]]:
    """Open the memory of all accounts for looking, beside a running daemon.

    Mistakes in the files do not matter: how the daemon stands must be seen all the more then.

    Raises:
        ConfigError: Not even the accounts can be read.
        StateError: There is no state yet, or it is damaged.
    """
    if not configuration.companies:
        raise ConfigError(configuration.problems)
    database = open_for_reading(configuration.loaded.state_path, clock)
    try:
        yield tuple(SqliteStore(database, name) for name in configuration.companies)
    finally:
        database.close()


@contextmanager
def open_stores_for_writing(
    configuration: Configuration, clock: Clock
) -> Iterator[tuple[SqliteStore, ...]]:
    """Open the memory of all accounts for a person's decision (ack, retry), without a connection.

    Raises:
        LockHeld: The daemon runs; it owns the state.
    """
    database = open_state(configuration.loaded.state_path, clock)
    try:
        yield tuple(SqliteStore(database, name) for name in configuration.companies)
    finally:
        database.close()


def read_only_company(company: Company, store: SqliteStore) -> Company:
    """Return a company with what was observed of its staff, without asking anybody."""
    me = company.setup.me or store.keepsakes.get(ME) or ""
    return company.with_observed(me, store.mirror.employees(), store.mirror.programs())


def is_drill(configuration: Configuration) -> bool:
    """Return whether every configured host is a loopback address."""
    hosts = []
    for account in configuration.settings.accounts.values():
        hosts.append(urlsplit(str(account.megaplan.url)).hostname)
        if account.onec is not None:
            hosts.append(urlsplit(str(account.onec.url)).hostname)
        if account.mail is not None:
            hosts.append(urlsplit(str(account.mail.smtp)).hostname)
    return all(host in _LOOPBACK or str(host).startswith("127.") for host in hosts)
