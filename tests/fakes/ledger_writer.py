"""The writing side of the 1C in memory: what it makes is read from the same `FakeLedger`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from westsync.connectors.onec.config import carries_marker
from westsync.domain.ledger import Buyer, Counterparty, InvoiceSpec, LedgerInvoice, LedgerRef
from westsync.domain.ledger_keys import counterparty_ref
from westsync.domain.refusals import DraftChanged
from westsync.errors import OutcomeUnknown, Rejected, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from typing import Literal

    from tests.fakes.ledger import FakeLedger

    Break = Literal["before", "after"]

MARKER_DAYS = timedelta(days=4)
MOSCOW = ZoneInfo("Europe/Moscow")


class FakeLedgerWriter:
    """The port `LedgerWriter` over a `FakeLedger`.

    Attributes:
        creates_counterparties: Whether unknown buyers are entered.
        honours_keys: Whether the key that we choose is kept.
        refuses_posting: 1C's text against posting; empty if it posts.
        writes: Every write that was carried out, e.g. ``create <ref>``.
    """

    def __init__(self, ledger: FakeLedger) -> None:
        """Write into a ledger."""
        self._ledger = ledger
        self._numbers = count(1)
        self._breaks: list[Break] = []
        self.creates_counterparties = False
        self.honours_keys = True
        self.refuses_posting = ""
        self.writes: list[str] = []

    def break_next(self, fault: Break) -> None:
        """Break the next write: before it is done, or after it with the answer lost."""
        self._breaks.append(fault)

    def ensure_counterparty(self, buyer: Buyer) -> Counterparty:
        """Return the buyer's counterparty, as the port says."""
        living = [one for one in self._ledger.counterparties(buyer.inn) if not one.marked]
        exact = [one for one in living if one.kpp == buyer.kpp]
        if len(exact) == 1 or len(living) == 1:
            return (exact or living)[0]
        if living or not self.creates_counterparties:
            raise Rejected("onec", "find the buyer", f"{len(living)} fit")
        made = Counterparty(
            ref=counterparty_ref(buyer.inn, buyer.kpp),
            name=buyer.name,
            inn=buyer.inn,
            kpp=buyer.kpp,
            is_organisation=buyer.is_organisation,
        )
        self._write(f"counterparty {made.ref}", lambda: self._ledger.put_counterparty(made))
        return made

    def look_up(self, spec: InvoiceSpec) -> LedgerInvoice | None:
        """Return what an earlier attempt made, by key or by marker."""
        found = self._ledger.invoice(spec.ref)
        if found is not None:
            return found
        dated = spec.dated_at.astimezone(MOSCOW).date()
        pages = self._ledger.invoices(dated - MARKER_DAYS, dated + MARKER_DAYS)
        return next(
            (one for page in pages for one in page if carries_marker(one.comment, spec.marker)),
            None,
        )

    def create_invoice(self, spec: InvoiceSpec) -> LedgerInvoice:
        """Create the draft under our key; one that exists is returned as it is."""
        found = self.look_up(spec)
        if found is not None:
            return found
        buyer = self.ensure_counterparty(spec.buyer)
        unknown = [line.name for line in spec.lines if not self._knows(line.article)]
        if unknown:
            raise Rejected("onec", "find the articles", ", ".join(unknown))
        number = next(self._numbers)
        made = LedgerInvoice(
            ref=spec.ref
            if self.honours_keys
            else LedgerRef(f"00000000-0000-1000-8000-{number:012}"),
            number=f"0000-{number:06}",
            at=spec.dated_at,
            dated=spec.dated_at.astimezone(MOSCOW).date(),
            posted=False,
            marked=False,
            total=spec.total,
            counterparty=buyer.ref,
            inn=buyer.inn,
            comment=spec.marker,
            version="1",
        )
        self._write(f"create {made.ref}", lambda: self._ledger.put(made))
        return made

    def post_invoice(self, ref: LedgerRef, version: str = "") -> LedgerInvoice:
        """Post the draft; posting twice is harmless."""
        found = self._ledger.invoice(ref)
        if found is None:
            raise Rejected("onec", "post", "there is no such invoice", 404)
        if found.posted:
            return found
        if found.marked or (version and found.version != version):
            raise Rejected("onec", "post", DraftChanged(number=found.number))
        if self.refuses_posting:
            raise Rejected("onec", "post", self.refuses_posting)
        posted = replace(found, posted=True, version=f"{found.version}+")
        self._write(f"post {ref}", lambda: self._ledger.put(posted))
        return posted

    def register_supplier_invoice(
        self, spec: InvoiceSpec, number: str, dated: date
    ) -> LedgerInvoice:
        """Enter a supplier's invoice; ``spec.buyer`` is the supplier."""
        made = LedgerInvoice(
            ref=spec.ref,
            number=f"0000-{next(self._numbers):06}",
            at=spec.dated_at,
            dated=spec.dated_at.astimezone(MOSCOW).date(),
            posted=False,
            marked=False,
            total=spec.total,
            inn=spec.buyer.inn,
            comment=spec.marker,
            incoming_number=number.strip(),
            incoming_on=dated,
        )
        self._write(f"supplier {made.ref}", lambda: self._ledger.put_supplier_invoice(made))
        return made

    def _knows(self, article: str) -> bool:
        return bool(self._ledger.items([article]))

    def _write(self, name: str, do: Callable[[], None]) -> None:
        fault = self._breaks.pop(0) if self._breaks else None
        if fault == "before":
            raise Unavailable("onec", name, "not sent")
        do()
        self.writes.append(name)
        if fault == "after":
            raise OutcomeUnknown("onec", name, "the answer was lost")
