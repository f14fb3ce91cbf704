"""The stand-in of 1C as the ledger contract sees it: an accountant and a channel."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING

from tests.contract.ledger_contract import NOON, Books, Break
from tests.fakes.clock import FakeClock
from westsync.app.ledger import connect_ledger
from westsync.domain.ledger import LedgerRef
from westsync.sandbox.onec import bp30
from westsync.sandbox.onec.furnishing import BUYER
from westsync.sandbox.onec.switches import OneCSwitches
from westsync.sandbox.onec.world import PASSWORD, USER, OneCWorld
from westsync.settings.onec import OneCSettings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from westsync.sandbox.onec.server import OneCServer

_FAULTS = {"before": "drop_before", "after": "commit_then_drop"}
_CREATE = {
    "odata": "POST Document_СчетНаОплатуПокупателю",
    "soap": "SOAP WestSync.CreateInvoice",
}


def a_world(clock: FakeClock, **switches: object) -> OneCWorld:
    """Return a base whose time is the test's."""
    return OneCWorld(source=clock.now, switches=OneCSwitches().turned(switches))


class OneCBooks(Books):
    """A running stand-in, and a connector to it through one channel.

    Attributes:
        server: The stand-in.
        world: The base behind it.
        ledger: The connector.
    """

    def __init__(self, server: OneCServer, clock: FakeClock, channel: str, **more: object) -> None:
        """Connect; nothing is sent."""
        self.server = server
        self.world = server.world
        self.clock = clock
        self._channel = channel
        settings = OneCSettings.model_validate(
            {
                "url": server.url,
                "user": USER,
                "password": PASSWORD,
                "organization_inn": "7701234560",
                "readonly": False,
                "channels": {
                    "invoices": channel,
                    "payments": [channel],
                    "shipments": channel,
                    "print_forms": "soap" if channel == "soap" else "none",
                },
                **more,
            }
        )
        self.ledger = connect_ledger("main", settings, clock)
        self.reader = self.ledger.reader
        if self.ledger.writer is not None:  # УТ is only read
            self.writer = self.ledger.writer

    def close(self) -> None:
        """Close the connection."""
        self.ledger.close()

    def enter_invoice(self, day: date, total: Decimal) -> LedgerRef:
        """Let the accountant post an invoice."""
        return LedgerRef(self.world.make_invoice(BUYER.key, total, at=_noon(day)))

    def pay(self, day: date, parts: Sequence[tuple[LedgerRef | None, Decimal]]) -> LedgerRef:
        """Let the accountant load a receipt."""
        links = [(str(invoice), amount) for invoice, amount in parts if invoice is not None]
        total = sum((amount for _, amount in parts), start=parts[0][1] * 0)
        return LedgerRef(self.world.receive(total, payer=BUYER.key, links=links, at=_noon(day)))

    def ship(self, day: date, invoice: LedgerRef, total: Decimal) -> LedgerRef:
        """Let the accountant post a shipment of the whole invoice."""
        del total
        return LedgerRef(self.world.ship(invoice, at=_noon(day)))

    def unpost(self, document: LedgerRef) -> None:
        """Let the accountant unpost a receipt."""
        self.world.unpost_document(document)

    def break_next(self, fault: Break) -> None:
        """Break the next creation of an invoice."""
        self.world.break_next(_CREATE[self._channel], _FAULTS[fault])

    def made(self) -> int:
        """Return how many invoices stand in the books."""
        return len(self.world.store.all(bp30.INVOICE))


def a_clock() -> FakeClock:
    """Return the moment at which the contract's invoices are made."""
    return FakeClock(NOON)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12))
