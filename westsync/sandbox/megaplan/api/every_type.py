"""Endpoints that are the same for every type that has them (contract 2.4, 2.5, 4.3.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.sandbox.megaplan import deals
from westsync.sandbox.megaplan.api.calls import Call, Routes
from westsync.sandbox.megaplan.bodies import pointed
from westsync.sandbox.megaplan.rendering import envelope
from westsync.sandbox.megaplan.wire import bare

if TYPE_CHECKING:
    from westsync.sandbox.megaplan.wire import Doc

ROUTES = Routes()
WITH_CARDS = (
    "comment",
    "contractorCompany",
    "contractorHuman",
    "deal",
    "department",
    "employee",
    "finOperation",
    "invoice",
    "offer",
    "payer",
    "program",
    "project",
    "task",
    "todo",
)
LISTED_WHOLE = (
    "department",
    "invoice",
    "offerCategory",
    "program",
    "project",
    "taskFilter",
    "todoCategory",
    "todoStatus",
    "tradeFilter",
)
LINKED = ("deal", "finOperation", "task")


@ROUTES.add(*(f"GET /{family}/{{id}}" for family in WITH_CARDS))
def _card(call: Call) -> Doc:
    return call.one(call.subject)


@ROUTES.add(*(f"GET /{family}" for family in LISTED_WHOLE))
def _list(call: Call) -> Doc:
    return call.many(call.core.store.all(call.family), call.family)


@ROUTES.add(
    *(f"POST /{family}/{{id}}/{act}With" for family in LINKED for act in ("link", "unlink"))
)
def _link(call: Call) -> Doc:
    other = pointed(call.core, call.body, ("BaseEntity",))
    unlink = call.route.endswith("unlinkWith")
    deals.link_with(call.core, call.subject, other, call.by, unlink=unlink)
    return envelope(bare(other))
