"""What the ledger mirror holds of a deal: its invoices with money, papers and open questions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from westsync.domain.ledger import PaymentStatus
from westsync.domain.settlement.joining import marked_issue

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from westsync.domain.ledger import LedgerInvoice, LedgerRef, Payment, Shipment
    from westsync.domain.records import CrmInvoice
    from westsync.domain.settlement.values import InvoiceState, Question

REJECTED = "rejected"  # Megaplan's word for a bill that does not count (Megaplan contract 4.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledInvoice:
    """An invoice of the deal with everything 1C says about it.

    Attributes:
        bill: The deal's own record of it; None if the manager made none.
        state: How far it is paid; None before its money was placed.
        shipments: What was shipped by it.
        questions: Payments that may be for it; a person decides.
        fell_at: When less was last found paid than before; None if never.
    """

    invoice: LedgerInvoice
    bill: CrmInvoice | None = None
    state: InvoiceState | None = None
    shipments: tuple[Shipment, ...] = ()
    questions: tuple[Question, ...] = ()
    fell_at: datetime | None = None

    @property
    def is_live(self) -> bool:
        """Whether it is neither cancelled in 1C nor rejected in the CRM."""
        is_rejected = self.bill is not None and self.bill.status == REJECTED
        is_cancelled = self.state is not None and self.state.status is PaymentStatus.CANCELLED
        return not (self.invoice.marked or is_rejected or is_cancelled)

    @property
    def number_of_ours(self) -> int | None:
        """Which of our invoices for the deal it is, from 1; None if a person made it."""
        return marked_issue(self.invoice.comment)[1] or None

    @property
    def is_draft(self) -> bool:
        """Whether we made it and it waits to be posted."""
        return self.number_of_ours is not None and self.is_live and not self.invoice.posted

    @property
    def is_issued(self) -> bool:
        """Whether the client has it: posted (1C contract 7.1), paid, or noted in the deal."""
        is_paid = self.state is not None and self.state.paid > 0
        return self.is_live and (self.invoice.posted or is_paid or self.bill is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerSeen:
    """What the ledger mirror holds of a deal.

    Attributes:
        invoices: To the client, oldest first.
        suppliers: Suppliers' invoices for the deal.
        payments: The payments that the shares of all states name.
        shipments_read: False if no channel tells shipments, or none was read yet.
    """

    invoices: tuple[SettledInvoice, ...] = ()
    suppliers: tuple[SettledInvoice, ...] = ()
    payments: Mapping[LedgerRef, Payment] = field(default_factory=dict)
    shipments_read: bool = True
