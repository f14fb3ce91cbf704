"""The suppliers of a configuration, reached for real: files, portals, and the memory beside."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from westsync.app.stock import SupplierAccess, open_desk
from westsync.connectors.suppliers.fetching.fetcher import Fetcher
from westsync.connectors.suppliers.secrets import Secrets
from westsync.errors import ConfigError
from westsync.settings.brands import read_brands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.app.configuration import Configuration
    from westsync.app.stock import StockDesk
    from westsync.ports import Clock


@contextmanager
def open_suppliers(configuration: Configuration, clock: Clock) -> Iterator[StockDesk]:
    """Open everything that works with supplier stock; nobody is asked anything yet.

    Args:
        configuration: A right one. Secrets may be missing: a source that lacks one says so when
            it is fetched.
        clock: Time.

    Raises:
        ConfigError: ``brands.yaml`` has mistakes.
        StateError: The stock file is damaged, too new or not ours.
        Unavailable: Our own disk is full or fails.
    """
    brands, problems = read_brands(configuration.loaded.directory)
    if problems:
        raise ConfigError(problems)
    secrets = Secrets(
        {
            name: secret.get_secret_value()
            for name, secret in configuration.loaded.supplier_secrets.items()
        }
    )
    zone = configuration.settings.zone
    access = SupplierAccess(
        profiles=configuration.suppliers,
        brands=brands,
        fetcher=Fetcher(configuration.suppliers, secrets=secrets, clock=clock, zone=zone),
        zone=zone,
    )
    with open_desk(access, configuration.loaded.state_path.parent, clock) as desk:
        yield desk
