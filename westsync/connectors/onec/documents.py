"""From 1C's documents to what the ledger ports speak of (1C contract 4.7, 4.9)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from westsync.connectors.onec.parties import party_in
from westsync.domain.ledger import (
    Counterparty,
    LedgerInvoice,
    MoneyKind,
    Payment,
    PaymentRow,
    PaymentStatus,
    Shipment,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from zoneinfo import ZoneInfo

    from westsync.connectors.onec.tables import Row
    from westsync.domain.ledger import LedgerRef

ZERO = Decimal("0.00")
VAT_FREE = "БезНДС"

# Our words of an invoice's head, as asked for in a window (4.9.8).
HEAD = (
    "ref",
    "version",
    "marked",
    "number",
    "date",
    "posted",
    "total",
    "comment",
    "organization",
    "counterparty",
    "currency",
    "incoming_number",
    "incoming_date",
    "basis",
    "cancelled",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Factura:
    """A Счёт-фактура of a shipment.

    Attributes:
        number, on: As printed, its date in the server's zone.
    """

    number: str
    on: date | None


def invoice_of(
    row: Row,
    zone: ZoneInfo,
    *,
    buyer: Counterparty | None,
    rouble: LedgerRef | None,
    status: PaymentStatus | None,
) -> LedgerInvoice:
    """Return an invoice to a client, or a supplier's.

    Args:
        row: The document.
        zone: Of the server's clock.
        buyer: Its counterparty where it is known.
        rouble: Key of the rouble; None takes every currency for it.
        status: The accountant's mark.

    Raises:
        UnexpectedReply: It lacks what an invoice must have.
    """
    at = row.moment("date", zone)
    currency = row.ref("currency")
    return LedgerInvoice(
        ref=row.key(),
        number=row.text("number"),
        at=at,
        dated=at.astimezone(zone).date(),
        posted=row.flag("posted"),
        marked=row.flag("marked"),
        total=_total(row),
        counterparty=party_in(row),
        inn="" if buyer is None else buyer.inn,
        comment=row.text("comment"),
        version=row.text("version"),
        incoming_number=row.text("incoming_number").strip(),
        incoming_on=row.day("incoming_date"),
        status=PaymentStatus.CANCELLED if row.flag("cancelled") else status,
        foreign_currency=None not in {currency, rouble} and currency != rouble,
    )


def _total(row: Row) -> Decimal:
    """Return the sum; where it has no field of its own, that of its stages (4.8)."""
    if "total" in row.table.columns:
        return row.money("total")
    return sum((stage.money("amount") for stage in row.rows("stages")), ZERO)


def payment_of(
    row: Row,
    zone: ZoneInfo,
    kind: MoneyKind,
    *,
    payer: Counterparty | None,
    invoice_of_link: Callable[[Row], LedgerRef | None],
) -> Payment:
    """Return a document that moved money.

    Args:
        row: The document.
        zone: Of the server's clock.
        kind: What moved it.
        payer: Its counterparty where it is known.
        invoice_of_link: Finds the invoice that a row of its section names.

    Raises:
        UnexpectedReply: It lacks what a payment must have.
    """
    at = row.moment("date", zone)
    operation = row.text("operation")
    sign = -1 if operation in row.table.words.get("refunds", ()) else 1
    return Payment(
        ref=row.key(),
        kind=kind,
        number=row.text("number"),
        at=at,
        dated=at.astimezone(zone).date(),
        amount=sign * row.money("amount"),
        posted=row.flag("posted"),
        marked=row.flag("marked"),
        counterparty=party_in(row),
        inn="" if payer is None else payer.inn,
        payer="" if payer is None else payer.name,
        incoming_number=row.text("incoming_number").strip(),
        incoming_on=row.day("incoming_date"),
        purpose=row.text("purpose"),
        rows=tuple(
            PaymentRow(invoice=invoice_of_link(link), amount=sign * link.money("amount"))
            for link in row.rows("links")
        ),
        operation=operation,
        version=row.text("version"),
    )


def shipment_of(row: Row, zone: ZoneInfo, facturas: Mapping[LedgerRef, Factura]) -> Shipment:
    """Return a shipment with its Счёт-фактура.

    Raises:
        UnexpectedReply: It lacks what a shipment must have.
    """
    at, ref = row.moment("date", zone), row.key()
    factura = facturas.get(ref)
    rates = {line.text("vat_rate") for part in ("goods", "services") for line in row.rows(part)}
    return Shipment(
        ref=ref,
        number=row.text("number"),
        at=at,
        dated=at.astimezone(zone).date(),
        posted=row.flag("posted"),
        marked=row.flag("marked"),
        total=row.money("total"),
        invoice=row.ref("invoice") or _invoice_in_rows(row),
        counterparty=party_in(row),
        is_upd=row.flag("is_upd"),
        factura=None if factura is None else factura.number,
        factura_on=None if factura is None else factura.on,
        is_vat_free=rates == {VAT_FREE},
        version=row.text("version"),
    )


def _invoice_in_rows(row: Row) -> LedgerRef | None:
    """Return the only invoice that the goods of a shipment name; None for none or several."""
    named = {ref for line in row.rows("goods") if (ref := line.ref("invoice")) is not None}
    return next(iter(named)) if len(named) == 1 else None


def factura_of(row: Row) -> tuple[frozenset[LedgerRef], Factura]:
    """Return a Счёт-фактура and the shipments it is for (4.9.12)."""
    bases = {row.ref("basis"), *(base.ref("basis") for base in row.rows("bases"))}
    found = frozenset(base for base in bases if base is not None)
    return found, Factura(number=row.text("number"), on=row.day("date"))


def status_of(said: str) -> PaymentStatus | None:
    """Return the accountant's mark; None for an empty one or one we do not know (4.7)."""
    return next((status for status in PaymentStatus if status.value == said), None)
