"""Opening an account for work: state, connection, readers and, only where wanted, writers."""

from __future__ import annotations

from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import westsync.logs  # noqa: F401 - nothing is logged unredacted from here on
from westsync.connectors.mail.config import MailConfig
from westsync.connectors.mail.messenger import SmtpMessenger
from westsync.connectors.megaplan.auth import Credentials
from westsync.connectors.megaplan.config import (
    DeadlineForm,
    LinkFallback,
    MegaplanConfig,
    NotifyForm,
    TransitionForm,
)
from westsync.connectors.megaplan.reader import MegaplanReader
from westsync.connectors.megaplan.session import open_session
from westsync.connectors.megaplan.verification import verify
from westsync.connectors.megaplan.writer import MegaplanWriter
from westsync.domain.places import Place, Problem
from westsync.errors import ConfigError, ConnectorError
from westsync.jobs.act import Limits, never
from westsync.jobs.company import Guards
from westsync.jobs.cycle import Cycle, CycleReport, Desk, idle
from westsync.jobs.effects import Writers
from westsync.jobs.observe import ME
from westsync.jobs.reconcile import reconcile
from westsync.journal.opening import open_for_reading, open_scratch, open_state
from westsync.journal.store import Store
from westsync.settings import trees, yaml12
from westsync.settings.files import SETTINGS_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from westsync.app.configuration import Configuration
    from westsync.connectors.megaplan.session import Session
    from westsync.jobs.company import Company
    from westsync.journal.database import Database
    from westsync.ports import Clock, TokenPair, TokenStore
    from westsync.settings.model import AccountSettings

LEARNED_RATE = "megaplan.requests_per_second"
_VERIFIED = "megaplan.verified"
_NO_BRAKES = Guards(new_intents_per_cycle=10**9, per_rule_per_hour=10**9, open_deals_drop=1.0)
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


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
    ) -> None:
        """Hold what was opened.

        Args:
            desk: What the jobs work with.
            session: The connection.
            config: How the connector was told to behave.
            verify_names: Raises `ConfigError` when the account lacks what the settings name.
        """
        self.desk = desk
        self.session = session
        self.config = config
        self.verify_names = verify_names
        self._resting_until: datetime | None = None

    @property
    def name(self) -> str:
        """Name of the account."""
        return self.desk.company.account

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


class Installation:
    """The state of all accounts, owned by this process, and their connections."""

    def __init__(self, database: Database, state_path: Path, clock: Clock) -> None:
        """Hold an open state; `open` makes it."""
        self.state_path = state_path
        self.accounts: tuple[OpenAccount, ...] = ()
        self._database = database
        self._clock = clock

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
    ) -> tuple[OpenAccount, ...]:
        """Connect all accounts of a configuration; a former one is let go only if that works.

        Args:
            configuration: Right and with all secrets.
            writes: False builds accounts that cannot write.
            progress: Called whenever something was done, as a sign of life.

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
        try:
            for name in configuration.companies:
                account = self._connect(configuration, name, writes=writes, progress=progress)
                fresh.append(account)
                with suppress(ConnectorError):  # asked again before the first cycle
                    account.verify_names()
        except BaseException:
            for account in fresh:
                account.session.close()
            raise
        self.disconnect()
        self.accounts = tuple(fresh)
        return self.accounts

    def disconnect(self) -> None:
        """Close all connections; the state stays open."""
        for account in self.accounts:
            account.session.close()
        self.accounts = ()

    @property
    def is_broken(self) -> bool:
        """Whether the disk failed: nothing is written any more, a new process must look."""
        return self._database.broken

    def next_due(self) -> datetime | None:
        """Return when the nearest timer or send of any account comes."""
        moments = [account.next_due() for account in self.accounts]
        return min((moment for moment in moments if moment is not None), default=None)

    def _connect(
        self,
        configuration: Configuration,
        name: str,
        *,
        writes: bool,
        progress: Callable[[], None],
    ) -> OpenAccount:
        settings = configuration.settings
        account = settings.accounts[name]
        store = Store(self._database, name)
        config = megaplan_config(name, account, settings.timezone)
        where = configuration.loaded.directory
        messenger = _messenger(account, config, self._clock, where) if writes else None
        rate = store.keepsakes.get(LEARNED_RATE)
        session = open_session(
            config,
            _credentials(account),
            clock=self._clock,
            store=store.tokens if writes else _BorrowedTokens(store.tokens),
            learned_rate=float(rate) if rate else None,
        )
        reader = MegaplanReader(session, config)
        company = configuration.companies[name]
        writers = None
        if writes:
            crm = MegaplanWriter(session, config, is_working=lambda i: _is_working(store, i))
            writers = Writers(crm=crm, messenger=messenger)
        desk = Desk(
            store=store,
            reader=reader,
            writers=writers,
            clock=self._clock,
            company=company,
            limits=Limits(settle_s=float(account.megaplan.settle)),
            progress=progress,
        )
        return OpenAccount(
            desk, session, config, lambda: _verify(session, config, store, company, where)
        )


class _BorrowedTokens:
    """The tokens of a state that is only looked at.

    A refresh token is good for one refresh (contract 1.3); using it here would take it from the
    daemon. Without one, the session logs in anew when the access token has run out.
    """

    def __init__(self, tokens: TokenStore) -> None:
        self._tokens = tokens

    def load(self) -> TokenPair | None:
        pair = self._tokens.load()
        return None if pair is None else replace(pair, refresh="")

    def save(self, pair: TokenPair) -> None:
        self._tokens.save(pair)  # the store of a preview is a copy


@contextmanager
def open_for_work(
    configuration: Configuration, clock: Clock, *, adopt: bool = False
) -> Iterator[tuple[OpenAccount, ...]]:
    """Open all accounts with readers and writers.

    Raises:
        ConfigError, LockHeld, StateError: As `Installation` says.
    """
    configuration.must_be_right().loaded.connectable()
    with Installation.open(configuration, clock, adopt=adopt) as installation:
        yield installation.connect(configuration)


@contextmanager
def open_for_preview(
    configuration: Configuration, clock: Clock
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
            installation.connect(configuration, writes=False)
            for account in installation.accounts:
                company = replace(account.desk.company, guards=_NO_BRAKES)
                account.desk = replace(account.desk, company=company)
            yield installation.accounts
        finally:
            installation.disconnect()


@contextmanager
def open_stores(configuration: Configuration, clock: Clock) -> Iterator[tuple[Store, ...]]:
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
        yield tuple(Store(database, name) for name in configuration.companies)
    finally:
        database.close()


@contextmanager
def open_stores_for_writing(
    configuration: Configuration, clock: Clock
) -> Iterator[tuple[Store, ...]]:
    """Open the memory of all accounts for a person's decision (ack, retry), without a connection.

    Raises:
        LockHeld: The daemon runs; it owns the state.
    """
    database = open_state(configuration.loaded.state_path, clock)
    try:
        yield tuple(Store(database, name) for name in configuration.companies)
    finally:
        database.close()


def read_only_company(company: Company, store: Store) -> Company:
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
    return all(host in LOOPBACK or str(host).startswith("127.") for host in hosts)


def megaplan_config(name: str, account: AccountSettings, zone: str) -> MegaplanConfig:
    """Return what the connector must know, from the settings."""
    megaplan = account.megaplan
    return MegaplanConfig(
        account=name,
        url=str(megaplan.url).rstrip("/"),
        programs=megaplan.programs,
        stages=megaplan.stages,
        fields=megaplan.fields,
        me=megaplan.me,
        marker_field=megaplan.marker_field,
        client_city_field=megaplan.client_city_field,
        requests_per_second=megaplan.requests_per_second,
        requests_ceiling=megaplan.requests_per_second_max,
        page_limit=megaplan.page_limit,
        first_page=megaplan.first_page,
        use_bulk=megaplan.use_bulk,
        task_deadline=DeadlineForm(megaplan.task_deadline),
        notify_form=NotifyForm(megaplan.notify_form),
        link_fallback=LinkFallback(megaplan.link_fallback),
        transition_form=TransitionForm(megaplan.state_transition_form),
        on_behalf_of=megaplan.on_behalf_of,
        zone=zone,
        ca_file=Path(megaplan.ca_file) if megaplan.ca_file else None,
    )


def _messenger(
    account: AccountSettings, config: MegaplanConfig, clock: Clock, where: Path
) -> SmtpMessenger | None:
    """Return who sends the account's mail; None if none is configured.

    Raises:
        ConfigError: Mail cannot be written from the configured address.
    """
    mail = account.mail
    if mail is None:
        return None
    try:
        mailbox = MailConfig.at(
            str(mail.smtp),
            sender=str(mail.sender),
            site=config.base_url,
            user=mail.user,
            password=None if mail.password is None else mail.password.get_secret_value(),
        )
    except ValueError as exc:
        place = _place_of(where / SETTINGS_FILE, "accounts", config.account, "mail", "from")
        raise ConfigError([Problem(place=place, text=f"mail: {exc}")]) from exc
    return SmtpMessenger(mailbox, clock, deal_url=config.deal_url)


def _credentials(account: AccountSettings) -> Credentials | str:
    megaplan = account.megaplan
    if megaplan.token is not None:
        return megaplan.token.get_secret_value()
    if megaplan.login is None or megaplan.password is None:
        raise AssertionError("connectable() has found the secrets")
    return Credentials(login=megaplan.login, password=megaplan.password.get_secret_value())


def _is_working(store: Store, employee_id: str) -> bool:
    employee = store.mirror.employee(employee_id)
    return employee is None or employee.is_working


def _verify(
    session: Session, config: MegaplanConfig, store: Store, company: Company, where: Path
) -> None:
    """Refuse names that the account does not have; asked once per configuration.

    Raises:
        ConfigError: Some do not exist there.
        Unavailable, AccessDenied: Nothing is known; it is asked again before the next cycle.
    """
    if store.keepsakes.get(_VERIFIED) == company.version:
        return
    problems = [
        Problem(place=_place_of(where / SETTINGS_FILE, *_setting_in(text, company)), text=text)
        for text in verify(session, config)
    ]
    if problems:
        raise ConfigError(problems)
    store.keepsakes.put(_VERIFIED, company.version)


def _setting_in(text: str, company: Company) -> tuple[str, ...]:
    """Return the keys of the setting that a message of the connector begins with."""
    return ("accounts", company.account, "megaplan", *text.partition(":")[0].split("."))


def _place_of(file: Path, *path: str) -> Place:
    """Return where a setting stands, or else the nearest section around it."""
    root = yaml12.read_yaml(file).root
    while path and root is not None:
        node = trees.get(root, *path)
        if node is not None:
            return node.place
        path = path[:-1]
    return Place(file=str(file))
