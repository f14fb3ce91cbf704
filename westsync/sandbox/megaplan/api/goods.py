"""``/offer``, ``/offerCategory``, ``/invoice``, ``/finOperation`` (contract 4.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.sandbox.megaplan import goods
from westsync.sandbox.megaplan.api.calls import Call, Routes
from westsync.sandbox.megaplan.rendering import envelope

if TYPE_CHECKING:
    from westsync.sandbox.megaplan.wire import Doc

ROUTES = Routes()


@ROUTES.add("GET /offer")
def _offers(call: Call) -> Doc:
    return call.many(call.filtered(goods.catalogue(call.core), "Offer", "OfferFilter"), "Offer")


@ROUTES.add("POST /offer")
def _create_offer(call: Call) -> Doc:
    return call.one(goods.create_offer(call.core, call.body, call.by))


@ROUTES.add("POST /offer/{id}")
def _update_offer(call: Call) -> Doc:
    return call.one(goods.update_offer(call.core, call.entity("Offer"), call.body))


@ROUTES.add("POST /invoice")
def _create_invoice(call: Call) -> Doc:
    return call.one(goods.create_invoice(call.core, call.body, call.by))


@ROUTES.add("POST /invoice/{id}")
def _update_invoice(call: Call) -> Doc:
    invoice = call.entity("Invoice")
    return call.one(goods.update_invoice(call.core, invoice, call.body, call.by))


@ROUTES.add("DELETE /invoice/{id}")
def _drop_invoice(call: Call) -> Doc:
    call.core.store.remove(call.entity("Invoice"))
    return envelope([])


@ROUTES.add("GET /invoice/{id}/rows")
def _rows(call: Call) -> Doc:
    return call.many(goods.rows_of(call.core, call.entity("Invoice")), "OfferRow")


@ROUTES.add("GET /invoice/template")
def _templates(call: Call) -> Doc:
    return call.many(call.core.store.all("InvoiceTemplate"), "InvoiceTemplate")


@ROUTES.add("GET /invoice/realAccounts")
def _accounts(call: Call) -> Doc:
    return call.many(call.core.store.all("FinRealAccount"), "FinRealAccount")


@ROUTES.add("POST /finOperation")
def _create_operation(call: Call) -> Doc:
    return call.one(goods.create_operation(call.core, call.body, call.by))


@ROUTES.add("POST /finOperation/{id}")
def _update_operation(call: Call) -> Doc:
    operation = call.entity("FinOperation")
    return call.one(goods.update_operation(call.core, operation, call.body))


@ROUTES.add("GET /finOperation/types")
def _types(call: Call) -> Doc:
    return call.many(call.core.store.all("FinOperationType"), "FinOperationType")


@ROUTES.add("GET /finOperation/search")
def _search(call: Call) -> Doc:
    needle = str(call.query.get("q", "")).casefold()
    found = [
        operation
        for operation in call.core.store.all("FinOperation")
        if needle in f"{operation['number']} {operation['description']}".casefold()
    ]
    return call.links(found)
