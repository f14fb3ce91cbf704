"""The suppliers of a configuration, reached for real: files, portals, and the memory beside."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from westsync.app.brands import brands_of
from westsync.app.stock import SupplierAccess, open_desk
from westsync.connectors.suppliers.fetching.fetcher import Fetcher
from westsync.connectors.suppliers.secrets import Secrets
from westsync.errors import ConfigError
from westsync.jobs.stock_standing import standing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from westsync.app.configuration import Configuration
    from westsync.app.stock import StockDesk
    from westsync.jobs.portal_questions import PortalQuestions
    from westsync.jobs.stock_standing import Standing
    from westsync.ports import Clock
    from westsync.ports.stock import PortalKeeper


@contextmanager
def open_suppliers(
    configuration: Configuration, clock: Clock, questions: PortalQuestions | None = None
) -> Iterator[StockDesk]:
    """Open everything that works with supplier stock; nobody is asked anything yet.

    Args:
        configuration: A right one. Secrets may be missing: a source that lacks one says so when
            it is fetched.
        clock: Time.
        questions: Where look-ups leave what only portals can answer; None: nobody asks later.

    Raises:
        ConfigError: ``brands.yaml`` has mistakes.
        StateError: The stock file is damaged, too new or not ours.
        Unavailable: Our own disk is full or fails.
    """
    brands = brands_of(configuration)
    if brands.problems:
        raise ConfigError(brands.problems)
    secrets = Secrets(
        {
            name: secret.get_secret_value()
            for name, secret in configuration.loaded.supplier_secrets.items()
        }
    )
    zone = configuration.settings.zone
    folder = configuration.loaded.state_path.parent
    access = SupplierAccess(
        profiles=configuration.suppliers,
        brands=brands.table,
        by_brand=brands.suppliers,
        fetcher=Fetcher(configuration.suppliers, secrets=secrets, clock=clock, zone=zone),
        zone=zone,
        portal=_portals(configuration, folder / "stock" / "portals", secrets, clock),
    )
    with open_desk(access, folder, clock, questions) as desk:
        yield desk


def stock_standings(configuration: Configuration, clock: Clock) -> list[Standing]:
    """Return how each enabled source stands, beside a running daemon.

    Raises:
        ConfigError, StateError, Unavailable: As `open_suppliers`.
    """
    with open_suppliers(configuration, clock) as desk:
        zone, now = configuration.settings.zone, clock.now()
        enabled = [source for source in desk.sources.values() if source.enabled]
        return [standing(desk.store, source, zone, now) for source in enabled]


def _portals(
    configuration: Configuration, folder: Path, secrets: Secrets, clock: Clock
) -> PortalKeeper | None:
    """Return who searches portals; a company without them does not pay for the parser of pages."""
    if all(profile.portal is None for profile in configuration.suppliers):
        return None
    from westsync.connectors.suppliers.portal.portal import Portals  # noqa: PLC0415 - heavy

    mails = (account.mail for account in configuration.settings.accounts.values())
    return Portals(
        configuration.suppliers,
        folder=folder,
        secrets=secrets,
        clock=clock,
        contact=next((str(mail.sender) for mail in mails if mail is not None), ""),
    )
