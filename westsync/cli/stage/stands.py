"""The stand-ins of a play on loopback, under one clock: Megaplan, 1C, a supplier, mail."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from westsync.cli.stage import office
from westsync.cli.stage.accounting import Accounting
from westsync.cli.stage.casting import ALIKE, GOODS, SOLD_OUT, UNLISTED
from westsync.cli.stage.supplier import Supplier
from westsync.sandbox import Server, World
from westsync.sandbox.mail import Mailroom, MailServer
from westsync.sandbox.megaplan import company
from westsync.sandbox.onec import OneCServer, OneCWorld
from westsync.sandbox.onec.furnishing import OWN_INN
from westsync.sandbox.onec.world import PASSWORD, USER
from westsync.sandbox.supplier import SupplierServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ACCOUNT = "main"
# Long before `active_from`: what was there already is nobody's lapse.
OPENED = datetime(2026, 3, 2, 9, 0, tzinfo=office.ZONE)
_PREFIX = f"WESTSYNC__ACCOUNTS__{ACCOUNT.upper()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """The stand-ins, served.

    Attributes:
        world: Megaplan, whose clock is that of all.
        base: 1C.
        accounting: Who works in it.
        supplier: Who has what the shop sells.
        list_url: Address of his server.
        mailroom: Every letter that was mailed.
        addresses: Setting by environment variable -> where the others are.
    """

    world: World
    base: OneCWorld
    accounting: Accounting
    supplier: Supplier
    list_url: str
    mailroom: Mailroom
    addresses: Mapping[str, str]

    def environ(self, environ: Mapping[str, str], state: Path) -> dict[str, str]:
        """Return the environment that points the company's own configuration at the stand-ins.

        Args:
            environ: That of the process; what it says of a real installation is left out.
            state: Directory of the daemon's state.
        """
        kept = {
            name: value
            for name, value in environ.items()
            if not name.startswith("WESTSYNC__") and name != "CREDENTIALS_DIRECTORY"
        }
        return kept | {"STATE_DIRECTORY": str(state)} | dict(self.addresses)


@contextmanager
def raised(seed: int) -> Iterator[Stands]:
    """Serve an account of Megaplan, a base of 1C, a supplier and a mail server.

    Megaplan, 1C and the supplier know the shop's goods.

    Args:
        seed: Of ids, keys and faults.
    """
    world = World(start=OPENED, seed=seed)
    base = OneCWorld(source=lambda: world.now, seed=seed)
    supplier, mailroom = Supplier(lambda: world.now), Mailroom()
    for name, price, article in (*GOODS, SOLD_OUT, ALIKE, UNLISTED):
        world.add_product(name, price, article=article)
    with (
        Server(world) as megaplan,
        OneCServer(base) as onec,
        SupplierServer(supplier.shop) as shop,
        MailServer(mailroom, lambda: world.now) as mail,
    ):
        addresses = {
            f"{_PREFIX}__MEGAPLAN__URL": megaplan.url,
            f"{_PREFIX}__MEGAPLAN__LOGIN": company.PERSON["westsync"].mail,
            f"{_PREFIX}__MEGAPLAN__PASSWORD": company.PASSWORD,
            f"{_PREFIX}__ONEC__URL": onec.url,
            f"{_PREFIX}__ONEC__USER": USER,
            f"{_PREFIX}__ONEC__PASSWORD": PASSWORD,
            f"{_PREFIX}__ONEC__ORGANIZATION_INN": OWN_INN,
            f"{_PREFIX}__ONEC__READONLY": "false",
            f"{_PREFIX}__MAIL__SMTP": mail.url,
            f"{_PREFIX}__MAIL__FROM": company.PERSON["westsync"].mail,
        }
        yield Stands(
            world=world,
            base=base,
            accounting=Accounting(base),
            supplier=supplier,
            list_url=shop.url,
            mailroom=mailroom,
            addresses=addresses,
        )
