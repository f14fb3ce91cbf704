"""From a deal's facts to what is wanted of its invoices: one made in 1C, bills moved on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.actions import CreateInvoice, PrintInvoice, SetInvoiceStatus
from westsync.domain.ledger import Buyer, InvoiceSpec
from westsync.domain.ledger_keys import invoice_marker, invoice_ref
from westsync.rules.billing import Unbillable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from westsync.domain.facts import Facts
    from westsync.rules.situation import Situation

# Statuses of a bill from which it may be moved on by us; a rejected one is a person's word.
_BEHIND = {"drawn": frozenset({"created"}), "paid": frozenset({"created", "drawn"})}


def invoice_wish(facts: Facts, situation: Situation) -> tuple[CreateInvoice, str | None]:
    """Return the next invoice of a deal, and why it cannot be made; None if it can.

    A draft of ours that waits in 1C is that invoice: perhaps a restored journal forgot it.
    """
    number = _next_number(facts, situation)
    if situation.billing is None:
        return _unfinished(facts.id, number, situation.now), "no invoice: 1C is not configured"
    try:
        spec = situation.billing.spec(facts, number, situation.now)
    except Unbillable as exc:
        return _unfinished(facts.id, number, situation.now), f"no invoice: {exc}"
    return CreateInvoice(deal=facts.id, spec=spec), None


def print_wishes(facts: Facts, form: str, name: str) -> Iterator[PrintInvoice]:
    """Yield the print of the invoice that was issued last; nothing before one is.

    Args:
        facts: Of a deal.
        form: 1C's name of the print form.
        name: Of the file.
    """
    number = facts.values.get("invoice_number")
    refs = [bill["ref"] for bill in _bills(facts) if bill["posted"] and bill["number"] == number]
    if refs:
        yield PrintInvoice(deal=facts.id, invoice=str(refs[-1]), form=form, name=name)


def status_wishes(facts: Facts, status: str) -> Iterator[SetInvoiceStatus]:
    """Yield a move for each bill of the CRM whose invoice in 1C is further than itself.

    Args:
        facts: Of a deal.
        status: ``drawn`` for bills that are posted in 1C, ``paid`` for those paid in full.
    """
    for bill in _bills(facts):
        ready = bill["payment"] == "paid" if status == "paid" else bill["posted"]
        if bill["crm_id"] and ready and bill["status"] in _BEHIND[status]:
            yield SetInvoiceStatus(deal=facts.id, invoice=str(bill["crm_id"]), status=status)


def _next_number(facts: Facts, situation: Situation) -> int:
    ours = [bill for bill in _bills(facts) if isinstance(bill["ours"], int)]
    numbers = [int(str(bill["ours"])) for bill in ours]
    drafts = [int(str(bill["ours"])) for bill in ours if bill["draft"]]
    return max(drafts) if drafts else max(situation.invoices_made, *numbers, 0) + 1


def _bills(facts: Facts) -> tuple[Mapping[str, object], ...]:
    bills = facts.values.get("invoices")
    return bills if isinstance(bills, tuple) else ()


def _unfinished(deal: str, number: int, now: datetime) -> CreateInvoice:
    """Return what stands in the dead letter of an invoice that cannot be written yet."""
    spec = InvoiceSpec(
        ref=invoice_ref(deal, number),
        marker=invoice_marker(deal, number),
        dated_at=now,
        buyer=Buyer(name=""),
        lines=(),
    )
    return CreateInvoice(deal=deal, spec=spec)
