"""Products, positions, invoices and money (contract 4.9)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from westsync.sandbox.megaplan.bodies import accept
from westsync.sandbox.megaplan.history import record_changes, record_creation
from westsync.sandbox.megaplan.wire import Doc, amount, bare, invalid, link, money, ref

if TYPE_CHECKING:
    from collections.abc import Callable

    from westsync.sandbox.megaplan.core import Core

# One step at a time, as LIVE (4.9).
STEPS = {
    "created": ("drawn",),
    "drawn": ("paid", "rejected"),
    "paid": ("drawn",),
    "rejected": ("created",),
}


def create_offer(core: Core, body: object, by: Doc) -> Doc:
    """Add a product to the catalogue."""
    fields = accept(core, body, ("Offer",), creating=True)
    at = core.stamp()
    return core.new(
        "Offer",
        **{
            "article": "",
            "type": "product",
            "category": link("OfferCategory", "1"),
            "unit": link("Unit", "1"),
            "tax": link("Tax", "1"),
            "quantity": 0,
            **fields,
            "isDropped": False,
            "originalOffer": None,
            "timeCreated": at,
            "timeUpdated": at,
            "userCreated": by,
        },
    )


def update_offer(core: Core, offer: Doc, body: object) -> Doc:
    """Write the fields of a product that were sent."""
    fields = accept(core, body, ("Offer",), creating=False)
    return core.store.change(offer, **fields, timeUpdated=core.stamp())


def write_rows(
    core: Core, rows: list[Doc], *, deal: Doc | None = None, invoice: Doc | None = None
) -> list[Doc]:
    """Replace the positions of a deal or invoice by the given rows.

    A position keeps a private copy of its product, whose ``originalOffer`` is the catalogue's
    (LIVE, 4.9).
    """
    owner = deal or invoice
    if owner is None:
        raise ValueError("positions belong to a deal or an invoice")
    field = "deal" if deal else "_invoice"
    for former in core.store.pointing("OfferRow", field, ref(owner)):
        core.store.remove(former)
    return [_row(core, row, {field: bare(owner)}) for row in rows]


def _row(core: Core, row: Doc, belongs: Doc) -> Doc:
    catalogue = core.store.need(*ref(row["offer"]))
    original = core.store.follow(catalogue.get("originalOffer")) or catalogue
    offer = core.new(
        "Offer",
        **{
            **{
                name: value for name, value in original.items() if name not in {"contentType", "id"}
            },
            "originalOffer": bare(original),
            "_private": True,
        },
    )
    quantity = row.get("quantity")
    price = row.get("price") or original["price"]
    total = amount(price) * Decimal(str(1 if quantity is None else quantity))
    return core.new(
        "OfferRow",
        **{
            "name": original["name"],
            "unit": original["unit"],
            "tax": original["tax"],
            **{name: value for name, value in row.items() if name != "contentType"},
            "offer": bare(offer),
            "quantity": 1 if quantity is None else quantity,
            "price": money(amount(price)),
            "sum": money(total),
            **belongs,
        },
    )


def create_invoice(core: Core, body: object, by: Doc) -> Doc:
    """Create a bill to the client in status ``created``."""
    fields = accept(core, body, ("Invoice",), creating=True)
    if fields.pop("status", "created") != "created":
        raise invalid("Новый счёт создаётся в статусе created", "status")
    rows = fields.pop("rows", None) or []
    entity_id = core.store.next_id("Invoice")
    invoice = core.store.put(
        {
            "contentType": "Invoice",
            "id": entity_id,
            "number": entity_id,
            "name": f"Счёт {entity_id}",
            "deadline": None,
            "deal": None,
            "currency": link("Currency", "1"),
            "invoiceTemplate": link("InvoiceTemplate", "1"),
            **fields,
            "status": "created",
            "actualPaymentDate": None,
            "userCreated": by,
        }
    )
    record_creation(core, invoice, by)
    write_rows(core, rows, invoice=invoice)
    return invoice


def update_invoice(core: Core, invoice: Doc, body: object, by: Doc) -> Doc:
    """Write an invoice; its status moves one step, its rows only while ``created`` (4.9)."""
    fields = accept(core, body, ("Invoice",), creating=False)
    rows = fields.pop("rows", None)
    status = fields.get("status", invoice["status"])
    if status != invoice["status"]:
        if status not in STEPS[invoice["status"]]:
            raise invalid(f"Недопустимый переход {invoice['status']} -> {status}", "status")
        fields["actualPaymentDate"] = core.stamp() if status == "paid" else None
    if rows is not None:
        if invoice["status"] != "created":
            raise invalid("Позиции выставленного счёта изменить нельзя", "rows")
        write_rows(core, rows, invoice=invoice)
    record_changes(core, invoice, by, {name: invoice.get(name) for name in fields}, fields)
    return core.store.change(invoice, **fields)


def create_operation(core: Core, body: object, by: Doc) -> Doc:
    """Register money (4.9); it does not move invoices by itself (UNKNOWN, so not assumed)."""
    fields = accept(core, body, ("FinOperation",), creating=True)
    entity_id = core.store.next_id("FinOperation")
    return core.store.put(
        {
            "contentType": "FinOperation",
            "id": entity_id,
            "number": entity_id,
            "kind": "income",
            "status": "opened",
            "invoices": [],
            "description": "",
            "date": core.stamp(),
            "type": link("FinOperationType", "1"),
            "realAccount": link("FinRealAccount", "1"),
            **fields,
            "creator": by,
            "timeUpdated": core.stamp(),
            "_deals": [],
        }
    )


def update_operation(core: Core, operation: Doc, body: object) -> Doc:
    """Write the fields of a financial operation that were sent."""
    fields = accept(core, body, ("FinOperation",), creating=False)
    return core.store.change(operation, **fields, timeUpdated=core.stamp())


def catalogue(core: Core) -> list[Doc]:
    """Return the products, without the private copies of positions."""
    return [offer for offer in core.store.all("Offer") if not offer.get("_private")]


def rows_of(core: Core, invoice: Doc) -> list[Doc]:
    """Return the rows of an invoice."""
    return core.store.pointing("OfferRow", "_invoice", ref(invoice))


def total_of(core: Core, invoice: Doc) -> Doc:
    """Return the sum of an invoice: of its rows, or as people entered it without rows."""
    rows = rows_of(core, invoice)
    if invoice.get("_sum"):
        return money(Decimal(str(invoice["_sum"])))
    return money(sum((amount(row["sum"]) for row in rows), Decimal(0)))


INVOICE: dict[str, Callable[[Core, Doc, str], object]] = {
    "possibleStatuses": lambda _core, invoice, _: list(STEPS[invoice["status"]]),
    "rows": lambda core, invoice, _: rows_of(core, invoice),
    "sum": lambda core, invoice, _: total_of(core, invoice),
    "financeOperations": lambda core, invoice, _: core.store.pointing(
        "FinOperation", "invoices", ref(invoice)
    ),
    "publicDownloadLink": lambda _core, invoice, _: f"/invoice/{invoice['id']}/pdf?key=sandbox",
}
OFFER: dict[str, Callable[[Core, Doc, str], object]] = {
    "availableQuantity": lambda _core, offer, _: offer["quantity"],
    "balanceQuantity": lambda _core, offer, _: offer["quantity"],
}
OWN_PAYER = link("Payer", "3000")


def way_to(status: str) -> tuple[str, ...]:
    """Return the steps from ``created`` to a status.

    Raises:
        KeyError: There is no such status.
    """
    return {
        "created": (),
        "drawn": ("drawn",),
        "paid": ("drawn", "paid"),
        "rejected": ("drawn", "rejected"),
    }[status]
