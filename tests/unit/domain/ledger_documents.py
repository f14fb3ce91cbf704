"""Documents of 1C for tests; each names only what the test is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from westsync.domain.ledger import (
    LedgerInvoice,
    LedgerRef,
    MoneyKind,
    Payment,
    PaymentRow,
    Shipment,
)

BUYER, OTHER, SUPPLIER = "9990000019", "9990000026", "9990000033"
FIRST = date(2025, 2, 1)
_numbers = count(1)


def ref(name: str) -> LedgerRef:
    """Return a key that a test can name."""
    return LedgerRef(name)


def moment(day: date, hour: int = 9) -> datetime:
    """Return an hour of a day, UTC."""
    return datetime.combine(day, time(hour), UTC)


def an_invoice(number: str = "0000-000123", dated: date = FIRST, **parts: Any) -> LedgerInvoice:
    """Return a posted invoice of 120 000 to the buyer."""
    plain: dict[str, Any] = {
        "ref": ref(f"invoice-{number}-{dated}"),
        "number": number,
        "at": moment(dated),
        "dated": dated,
        "posted": True,
        "marked": False,
        "total": Decimal("120000.00"),
        "inn": BUYER,
        "version": "1",
    }
    return LedgerInvoice(**plain | _sum(parts, "total"))


def a_payment(
    amount: str | int = "120000.00",
    purpose: str = "",
    dated: date = FIRST + timedelta(days=1),
    **parts: Any,
) -> Payment:
    """Return a posted receipt of the buyer at the bank."""
    number = str(next(_numbers))
    plain: dict[str, Any] = {
        "ref": ref(f"payment-{number}"),
        "kind": MoneyKind.BANK,
        "number": number,
        "at": moment(dated),
        "dated": dated,
        "amount": Decimal(amount).quantize(Decimal("0.01")),
        "inn": BUYER,
        "incoming_number": number,
        "incoming_on": dated,
        "purpose": purpose,
        "operation": "ОплатаПокупателя",
        "version": "1",
    }
    return Payment(**plain | parts)


def linked(*invoices: LedgerInvoice, amounts: tuple[str, ...] = ()) -> tuple[PaymentRow, ...]:
    """Return rows that link a payment with invoices, by their totals if no amounts are named."""
    sums = [Decimal(one) for one in amounts] or [invoice.total for invoice in invoices]
    return tuple(
        PaymentRow(invoice=invoice.ref, amount=amount)
        for invoice, amount in zip(invoices, sums, strict=True)
    )


def a_shipment(invoice: LedgerInvoice | None, **parts: Any) -> Shipment:
    """Return a posted shipment by an invoice."""
    dated = parts.pop("dated", FIRST + timedelta(days=5))
    plain: dict[str, Any] = {
        "ref": ref(f"shipment-{next(_numbers)}"),
        "number": "0000-000050",
        "at": moment(dated),
        "dated": dated,
        "posted": True,
        "marked": False,
        "total": Decimal("120000.00"),
        "invoice": None if invoice is None else invoice.ref,
        "version": "1",
    }
    return Shipment(**plain | parts)


def _sum(parts: dict[str, Any], name: str) -> dict[str, Any]:
    """Let a test write a sum as a number or text."""
    if name in parts and not isinstance(parts[name], Decimal):
        return parts | {name: Decimal(parts[name]).quantize(Decimal("0.01"))}
    return parts
