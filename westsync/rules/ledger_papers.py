"""Shipping papers and suppliers' invoices of a deal, as 1C has them (1C contract 7.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.facts import Unknown
from westsync.domain.ledger import PaymentStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.domain.ledger import Shipment
    from westsync.rules.ledger_picture import LedgerSeen

UPD, TORG12, FACTURA = "УПД", "ТОРГ-12", "Счёт-фактура"
PAPER_FACTS = frozenset({"shipments", "documents_ready"})
"""What only shipments tell."""


def paper_facts(seen: LedgerSeen) -> dict[str, object]:
    """Return which papers there are, and whether they are complete for every issued invoice."""
    if not seen.shipments_read:
        return dict.fromkeys(PAPER_FACTS, Unknown("1C has not told shipments"))
    issued = [one for one in seen.invoices if one.is_issued]
    papers = [paper for one in issued for shipment in one.shipments for paper in _paper(shipment)]
    return {
        "shipments": tuple(papers),
        "documents_ready": bool(issued) and all(_has_papers(one.shipments) for one in issued),
    }


def _has_papers(shipments: tuple[Shipment, ...]) -> bool:
    """Return whether what was shipped has all its papers (1C contract 7.1)."""
    return any(_is_valid(one) for one in shipments) and not incomplete(shipments)


def incomplete(shipments: tuple[Shipment, ...]) -> list[Shipment]:
    """Return what was shipped and still lacks its Счёт-фактура (1C contract 7.1)."""
    return [
        one
        for one in shipments
        if _is_valid(one) and not (one.is_upd or one.is_vat_free or one.factura is not None)
    ]


def _is_valid(shipment: Shipment) -> bool:
    return shipment.posted and not shipment.marked


def _paper(shipment: Shipment) -> Iterator[dict[str, object]]:
    if not _is_valid(shipment):
        return
    kind = UPD if shipment.is_upd else TORG12
    yield {"kind": kind, "number": shipment.number, "at": shipment.at, "total": shipment.total}
    if shipment.factura is not None:
        yield {"kind": FACTURA, "number": shipment.factura, "at": shipment.at, "total": None}


def supplier_records(seen: LedgerSeen) -> Iterator[dict[str, object]]:
    """Yield the suppliers' invoices that 1C has; it knows only received and paid ones."""
    for one in seen.suppliers:
        if one.is_live:
            is_paid = one.state is not None and one.state.status is PaymentStatus.PAID
            yield {
                "number": one.invoice.incoming_number or one.invoice.number,
                "state": "paid" if is_paid else "received",
                "amount": one.invoice.total,
                "attached_at": one.invoice.at,
            }
