"""``/contractor*``, ``/payer``, ``/employee``, ``/department``, ``/notification`` (4.6 to 4.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.sandbox.megaplan import clients
from westsync.sandbox.megaplan.api.calls import Call, Routes, broken
from westsync.sandbox.megaplan.rendering import envelope
from westsync.sandbox.megaplan.wire import Doc, Refused, link, ref

if TYPE_CHECKING:
    from westsync.sandbox.megaplan.core import Core

ROUTES = Routes()
NO_MODEL = r"There is no model class for bums\crm\api\v03\Entity\Contractor"
KINDS = clients.KINDS


@ROUTES.add("GET /contractor")
def _list(call: Call) -> Doc:
    return call.many(call.filtered(_present(call.core), KINDS[0], "CrmFilter"), *KINDS)


@ROUTES.add("GET /contractorCompany", "GET /contractorHuman")
def _list_kind(call: Call) -> Doc:
    kind = call.family
    found = [client for client in _present(call.core) if client["contentType"] == kind]
    return call.many(call.filtered(found, kind, "CrmFilter"), kind)


def _present(core: Core) -> list[Doc]:
    return [client for client in clients.everybody(core) if not client["isDropped"]]


@ROUTES.add("GET /contractor/{id}")
def _card(call: Call) -> Doc:
    return call.one(clients.find(call.core, call.ids[0]))


@ROUTES.add("POST /contractorCompany", "POST /contractorHuman")
def _create(call: Call) -> Doc:
    return call.one(clients.create(call.core, call.family, call.body, call.by))


@ROUTES.add("POST /contractor/{id}", "POST /contractorCompany/{id}", "POST /contractorHuman/{id}")
def _update(call: Call) -> Doc:
    client = clients.find(call.core, call.ids[0])
    if call.family not in {"Contractor", client["contentType"]}:
        raise Refused(404)
    return call.one(clients.update(call.core, client, call.body, call.by))


@ROUTES.add("DELETE /contractor/{id}")
def _drop(call: Call) -> Doc:
    return call.one(clients.drop(call.core, clients.find(call.core, call.ids[0])))


@ROUTES.add(
    "GET /contractor/search",
    "GET /contractor/{id}/comments",
    "POST /contractor/{id}/comments",
    "GET /contractor/{id}/history",
    "GET /contractor/{id}/todos",
)
def _abstract(_call: Call) -> Doc:
    raise broken(NO_MODEL)


@ROUTES.add("GET /contractorCompany/search", "GET /contractorHuman/search")
def _search(call: Call) -> Doc:
    """Find clients of both kinds, whichever path was asked; profiles are reduced (4.6)."""
    found = clients.search(call.core, str(call.query.get("q", "")))
    call.query = {**call.query, "onlyRequestedFields": True, "fields": ["name", "contactInfo"]}
    return call.many(found, *KINDS)


@ROUTES.add("GET /contractorCompany/possibleDuplicates", "GET /contractorHuman/possibleDuplicates")
def _duplicates(call: Call) -> Doc:
    sample = {
        "name": call.query.get("name"),
        "contactInfo": call.query.get("contactInfo") or [],
    }
    return call.many(clients.duplicates(call.core, sample), *KINDS)


@ROUTES.add(
    "GET /contractorCompany/{id}/possibleDuplicates",
    "GET /contractorHuman/{id}/possibleDuplicates",
    "GET /contractorCompany/{id}/similar",
    "GET /contractorHuman/{id}/similar",
)
def _twins(call: Call) -> Doc:
    client = call.subject
    return call.many(clients.duplicates(call.core, client, but=client), *KINDS)


@ROUTES.add("GET /contractorCompany/{id}/todos", "GET /contractorHuman/{id}/todos")
def _todos(call: Call) -> Doc:
    client = call.subject
    return call.many(call.core.store.pointing("Todo", "relations", ref(client)), "Todo")


@ROUTES.add("GET /contractorCompany/types", "GET /contractorHuman/types")
def _types(call: Call) -> Doc:
    return call.many(call.core.store.all("ContractorType"), "ContractorType")


@ROUTES.add("GET /contractor/{id}/payers")
def _payers_of(call: Call) -> Doc:
    client = clients.find(call.core, call.ids[0])
    return call.many(call.core.store.pointing("Payer", "contractor", ref(client)), "Payer")


@ROUTES.add("POST /contractor/{id}/payers")
def _add_payer(call: Call) -> Doc:
    client = clients.find(call.core, call.ids[0])
    return call.one(clients.create_payer(call.core, call.body, contractor=client))


@ROUTES.add("GET /payer")
def _payers(call: Call) -> Doc:
    every = call.core.store.all("Payer")
    return call.many([payer for payer in every if not payer["isDropped"]], "Payer")


@ROUTES.add("POST /payer/{id}")
def _update_payer(call: Call) -> Doc:
    return call.one(clients.update_payer(call.core, call.entity("Payer"), call.body))


@ROUTES.add("DELETE /payer/{id}")
def _drop_payer(call: Call) -> Doc:
    return call.one(call.core.store.change(call.entity("Payer"), isDropped=True))


@ROUTES.add("GET /currentUser")
def _me(call: Call) -> Doc:
    return call.one(call.core.store.need("Employee", call.user))


@ROUTES.add("GET /employee")
def _employees(call: Call) -> Doc:
    """List everybody; filters are ignored, ``department`` and ``status`` are 422 (4.8)."""
    for name in ("department", "status"):
        if name in call.query:
            call.strict("EmployeeListRequest", *(set(call.query) - {name}))
    return call.many(call.core.store.all("Employee"), "Employee")


@ROUTES.add("GET /employee/me")
def _not_me(_call: Call) -> Doc:
    raise Refused(405)


@ROUTES.add("GET /employee/{id}/vacations")
def _vacations(call: Call) -> Doc:
    found = call.core.store.pointing("Vacation", "employee", ref(call.entity("Employee")))
    return call.many(found, "Vacation")


@ROUTES.add("GET /holiday", "GET /holidayDay")
def _holidays(call: Call) -> Doc:
    return call.many([], "BaseEntity")


@ROUTES.add("GET /notification")
def _notifications(call: Call) -> Doc:
    call.strict(
        "NotificationListRequest", "isActive", "limit", "pageAfter", "pageBefore", "pageWith"
    )
    return call.many(_own(call), "Notification")


def _own(call: Call) -> list[Doc]:
    mine = call.core.store.pointing("Notification", "_recipient", ("Employee", call.user))
    wanted = call.query.get("isActive")
    return [note for note in mine if wanted is None or note["isActive"] is wanted]


@ROUTES.add("GET /notification/counter")
def _counter(call: Call) -> Doc:
    mine = call.core.store.pointing("Notification", "_recipient", ("Employee", call.user))
    return envelope({"unread": sum(note["isActive"] for note in mine)})


@ROUTES.add("DELETE /notification/{id}")
def _mark_read(call: Call) -> Doc:
    note = call.entity("Notification")
    if note["_recipient"] != link("Employee", call.user):
        raise Refused(403)
    return call.one(call.core.store.change(note, isActive=False))
