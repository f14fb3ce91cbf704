"""What 1C would have shown of a deal at a past moment, from what it shows now.

Documents of 1C carry their moments, so nothing of them is recorded in the history: what is dated
later than a moment was not there yet, and how far an invoice was paid follows from the payments
until then. A document that was corrected since is seen as it is now, one that was deleted not at
all; an accountant's mark without money has no moment and is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from westsync.domain.ledger import PaymentStatus
from westsync.domain.settlement.status import state_of
from westsync.domain.settlement.values import Terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from westsync.domain.ledger import LedgerInvoice
    from westsync.domain.records import DealRecord
    from westsync.domain.settlement.values import InvoiceState
    from westsync.rules.ledger_picture import LedgerSeen, SettledInvoice

_TERMS = Terms()


@dataclass(frozen=True, slots=True)
class PastLedger:
    """What 1C shows of one deal, asked for earlier moments.

    Attributes:
        now: As it is seen now.
    """

    now: LedgerSeen

    @property
    def moments(self) -> Iterator[datetime]:
        """When anything happened in 1C, in any order."""
        for one in (*self.now.invoices, *self.now.suppliers):
            yield one.invoice.at
            yield from (shipment.at for shipment in one.shipments)
            yield from (question.payment.at for question in one.questions)
            if one.state is not None:
                yield from (share.at for share in one.state.shares)

    def at(self, moment: datetime, deal: DealRecord) -> LedgerSeen:
        """Return what was there at a moment.

        Args:
            moment: UTC.
            deal: As it was then; a bill that it did not have yet joins nothing.
        """
        bills = {bill.id for bill in deal.invoices}
        return replace(
            self.now,
            invoices=tuple(_cut(self.now.invoices, moment, bills)),
            suppliers=tuple(_cut(self.now.suppliers, moment, bills)),
        )


def _cut(
    invoices: Iterable[SettledInvoice], moment: datetime, bills: set[str]
) -> Iterator[SettledInvoice]:
    for one in invoices:
        if one.invoice.at > moment:
            continue
        yield replace(
            one,
            bill=one.bill if one.bill is not None and one.bill.id in bills else None,
            state=None if one.state is None else _state(one.invoice, one.state, moment),
            shipments=tuple(shipment for shipment in one.shipments if shipment.at <= moment),
            questions=tuple(q for q in one.questions if q.payment.at <= moment),
            fell_at=one.fell_at if one.fell_at is not None and one.fell_at <= moment else None,
        )


def _state(invoice: LedgerInvoice, state: InvoiceState, moment: datetime) -> InvoiceState:
    """Return how far an invoice was paid by the payments until a moment."""
    is_cancelled = invoice.status is PaymentStatus.CANCELLED
    dated = replace(invoice, paid=None, status=invoice.status if is_cancelled else None)
    return state_of(dated, (share for share in state.shares if share.at <= moment), _TERMS)
