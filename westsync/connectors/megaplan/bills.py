"""Bills to the client: their status moves one step at a time (contract 4.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.connectors.megaplan.auth import SYSTEM
from westsync.connectors.megaplan.protocol import Endpoint
from westsync.connectors.megaplan.values import text
from westsync.errors import Rejected, Unavailable
from westsync.ports import Receipt

if TYPE_CHECKING:
    from westsync.connectors.megaplan.session import Session
    from westsync.connectors.megaplan.values import Json
    from westsync.domain.actions import SetInvoiceStatus

# The way forward (contract 4.9); backwards goes only a person.
_NEXT = {"created": "drawn", "drawn": "paid"}


def set_invoice_status(session: Session, change: SetInvoiceStatus) -> Receipt:
    """Move a bill to a status; each step is read back before the next one is made.

    Raises:
        Rejected: The bill stands where no way leads to the status, or the account does not
            offer the step now.
        Unavailable: A step is not known to have been taken; asking again is harmless.
    """
    operation = f"move bill {change.invoice} to {change.status}"
    for _ in range(len(_NEXT) + 1):
        bill = session.get_entity(Endpoint.INVOICE, change.invoice, "Invoice")
        status = text(bill.get("status"))
        if status == change.status:
            return Receipt(ref=change.invoice)
        step = _step(bill, status, change.status, operation)
        body: dict[str, Json] = {
            "contentType": "Invoice",
            "id": change.invoice,
            "status": step,
        }
        session.update(Endpoint.INVOICE_UPDATE, change.invoice, body)
    raise Unavailable(SYSTEM, operation, "the account did not take the status")


def _step(bill: dict[str, Json], status: str, wanted: str, operation: str) -> str:
    step = _NEXT.get(status)
    if step is None or (wanted == "drawn" and status != "created"):
        raise Rejected(SYSTEM, operation, f"it is {status or 'without a status'}; no way leads on")
    offered = bill.get("possibleStatuses")
    if isinstance(offered, list) and step not in {text(one) for one in offered}:
        raise Rejected(SYSTEM, operation, f"the account does not offer '{step}' now")
    return step
