"""From settings to connectors: addresses, credentials, whether an account fits its settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from westsync.connectors.megaplan.auth import Credentials
from westsync.connectors.megaplan.config import (
    DeadlineForm,
    LinkFallback,
    MegaplanConfig,
    NotifyForm,
    TransitionForm,
)
from westsync.connectors.megaplan.verification import verify
from westsync.domain.places import Place, Problem
from westsync.errors import ConfigError
from westsync.settings import trees, yaml12
from westsync.settings.files import SETTINGS_FILE

if TYPE_CHECKING:
    from westsync.connectors.mail.messenger import SmtpMessenger
    from westsync.connectors.megaplan.session import Session
    from westsync.jobs.company import Company
    from westsync.journal.port import Store
    from westsync.ports import Clock, TokenPair, TokenStore
    from westsync.settings.model import AccountSettings

_VERIFIED = "megaplan.verified"


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
        product_supplier_fields=megaplan.product_supplier_fields,
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


def messenger_of(
    account: AccountSettings, config: MegaplanConfig, clock: Clock, where: Path
) -> SmtpMessenger | None:
    """Return who sends the account's mail; None if none is configured.

    Raises:
        ConfigError: Mail cannot be written from the configured address.
    """
    mail = account.mail
    if mail is None:
        return None
    from westsync.connectors.mail.config import MailConfig  # noqa: PLC0415 - only accounts with mail
    from westsync.connectors.mail.messenger import SmtpMessenger  # noqa: PLC0415 - as above

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


def credentials_of(account: AccountSettings) -> Credentials | str:
    """Return login and password, or the application token."""
    megaplan = account.megaplan
    if megaplan.token is not None:
        return megaplan.token.get_secret_value()
    if megaplan.login is None or megaplan.password is None:
        raise AssertionError("connectable() has found the secrets")
    return Credentials(login=megaplan.login, password=megaplan.password.get_secret_value())


def is_working(store: Store, employee_id: str) -> bool:
    """Return whether an employee still works here, as far as is known."""
    employee = store.mirror.employee(employee_id)
    return employee is None or employee.is_working


def verify_names(
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


class BorrowedTokens:
    """The tokens of a state that is only looked at.

    A refresh token is good for one refresh (contract 1.3); using it here would take it from the
    daemon. Without one, the session logs in anew when the access token has run out.
    """

    def __init__(self, tokens: TokenStore) -> None:
        """Look at these tokens."""
        self._tokens = tokens

    def load(self) -> TokenPair | None:
        """Return the pair without its refresh token."""
        pair = self._tokens.load()
        return None if pair is None else replace(pair, refresh="")

    def save(self, pair: TokenPair) -> None:
        """Keep a new pair in the copy."""
        self._tokens.save(pair)  # the store of a preview is a copy
