"""``/deal`` and ``/program`` (contract 4.1, 4.2, 4.11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.sandbox.megaplan import clients, comments, deals, files, history, todos
from westsync.sandbox.megaplan.api.calls import Call, Routes, broken
from westsync.sandbox.megaplan.bodies import pointed
from westsync.sandbox.megaplan.rendering import envelope
from westsync.sandbox.megaplan.wire import Refused, bare, is_link, ref

if TYPE_CHECKING:
    from westsync.sandbox.megaplan.wire import Doc

ROUTES = Routes()
TASKS = ("Task", "Project")
CLIENT_TYPES = ("ContractorCompany", "ContractorHuman")
PEOPLE_TYPES = ("Employee",)


@ROUTES.add("GET /deal")
def _list(call: Call) -> Doc:
    found = call.filtered(call.core.store.all("Deal"), "Deal", "TradeFilter")
    status = call.query.get("status")
    if is_link(status):
        found = [deal for deal in found if ref(deal["state"]) == ref(status)]
    return call.many(found, "Deal")


@ROUTES.add("POST /deal")
def _create(call: Call) -> Doc:
    return call.one(deals.create(call.core, call.body, call.by))


@ROUTES.add("POST /deal/{id}")
def _update(call: Call) -> Doc:
    return call.one(deals.update(call.core, call.entity("Deal"), call.body, call.by))


@ROUTES.add("DELETE /deal/{id}")
def _drop(call: Call) -> Doc:
    deals.drop(call.core, call.entity("Deal"))
    return envelope([])


@ROUTES.add("POST /deal/{id}/applyTransition")
def _move(call: Call) -> Doc:
    deal = call.entity("Deal")
    try:
        moved = deals.apply_transition(call.core, deal, call.body, call.by)
    except Refused:
        call.notes.append("transition-not-possible")
        raise
    return call.one(moved)


@ROUTES.add("GET /deal/{id}/statusHistory")
def _states(call: Call) -> Doc:
    found = call.core.store.pointing("DealStatusHistory", "_deal", ref(call.entity("Deal")))
    return call.many(found, "DealStatusHistory")


@ROUTES.add("GET /deal/{id}/history")
def _history(call: Call) -> Doc:
    found = history.history_of(call.core, call.entity("Deal"), call.query.get("filters"))
    return call.many(found, "Changeset", "Comment", "BasedOnHistory", "TriggerLogSet")


@ROUTES.add("GET /deal/{id}/linkedTasks")
def _tasks(call: Call) -> Doc:
    return call.many(deals.linked_tasks(call.core, call.entity("Deal")), *TASKS)


@ROUTES.add("GET /deal/{id}/actualLinkedTasks")
def _open_tasks(call: Call) -> Doc:
    return call.many(deals.linked_tasks(call.core, call.entity("Deal"), only_open=True), *TASKS)


@ROUTES.add("GET /deal/{id}/linkedDeals")
def _linked_deals(call: Call) -> Doc:
    call.entity("Deal")
    return call.many([], "Deal")


@ROUTES.add("GET /deal/{id}/basedOnLinkedDeals")
def _based_on(call: Call) -> Doc:
    call.entity("Deal")
    return envelope({"contentType": "BasedOnDealIds", "value": []})


@ROUTES.add("GET /deal/{id}/offerRows")
def _rows(call: Call) -> Doc:
    rows = call.core.store.pointing("OfferRow", "deal", ref(call.entity("Deal")))
    return call.many(rows, "OfferRow")


@ROUTES.add("GET /deal/{id}/invoices")
def _invoices(call: Call) -> Doc:
    found = call.core.store.pointing("Invoice", "deal", ref(call.entity("Deal")))
    return call.many(found, "Invoice")


@ROUTES.add("GET /deal/{id}/payers")
def _payers(call: Call) -> Doc:
    client = call.core.store.follow(call.entity("Deal")["contractor"])
    found = call.core.store.pointing("Payer", "contractor", ref(client)) if client else []
    return call.many(found, "Payer")


@ROUTES.add("GET /deal/{id}/contractor")
def _client(call: Call) -> Doc:
    return call.one(call.core.store.follow(call.entity("Deal")["contractor"]))


@ROUTES.add("GET /deal/{id}/todos", "GET /task/{id}/todos")
def _todos(call: Call) -> Doc:
    return call.many(call.core.store.pointing("Todo", "relations", ref(call.subject)), "Todo")


@ROUTES.add("POST /deal/{id}/todos", "POST /task/{id}/todos")
def _add_todo(call: Call) -> Doc:
    return call.one(todos.create(call.core, call.body, call.by, about=call.subject))


@ROUTES.add("GET /deal/{id}/allParticipants")
def _participants(call: Call) -> Doc:
    return call.many(deals.participants(call.core, call.entity("Deal")), *PEOPLE_TYPES)


@ROUTES.add("GET /deal/{id}/auditors")
def _auditors(call: Call) -> Doc:
    return call.followed(call.subject["auditors"], *PEOPLE_TYPES)


@ROUTES.add("POST /deal/{id}/auditors", "DELETE /deal/{id}/auditors/{auditorId}")
def _audit(call: Call) -> Doc:
    deal = call.entity("Deal")
    if call.method == "DELETE":
        person = bare(call.core.store.need("Employee", call.ids[1]))
    else:
        person = bare(pointed(call.core, call.body, PEOPLE_TYPES))
    kept = [item for item in deal["auditors"] if item != person]
    after = kept if call.method == "DELETE" else [*kept, person]
    body = {"contentType": "Deal", "auditors": after}
    return call.one(deals.update(call.core, deal, body, call.by))


@ROUTES.add("GET /deal/{id}/attaches", "GET /task/{id}/attaches")
def _attaches(call: Call) -> Doc:
    return call.followed(call.subject["attaches"], "File")


@ROUTES.add("GET /deal/{id}/allFiles")
def _all_files(call: Call) -> Doc:
    return call.followed(files.all_files(call.core, call.subject), "File")


@ROUTES.add("GET /deal/search")
def _search(call: Call) -> Doc:
    needle = str(call.query.get("q", "")).casefold()
    every = call.core.store.all("Deal")
    found = [deal for deal in every if needle and needle in str(deal["name"]).casefold()]
    return call.links(found)


@ROUTES.add("GET /deal/{id}/possibleTriggers")
def _possible_triggers(call: Call) -> Doc:
    call.entity("Deal")
    return call.many([], "ProgramTrigger")


@ROUTES.add("GET /deal/{id}/relationLinks")
def _relation_links(_call: Call) -> Doc:
    raise Refused(404)


@ROUTES.add("GET /deal/duplicates")
def _duplicates(call: Call) -> Doc:
    name = str(call.query.get("name", "")).casefold()
    every = call.core.store.all("Deal")
    return call.many([deal for deal in every if str(deal["name"]).casefold() == name], "Deal")


@ROUTES.add("GET /deal/checkDealExist")
def _never_works(_call: Call) -> Doc:
    raise broken("checkDealExist is not supported")


@ROUTES.add("GET /contractor/{id}/deals")
def _deals_of_client(call: Call) -> Doc:
    return call.many(clients.deals_of(call.core, clients.find(call.core, call.ids[0])), "Deal")


@ROUTES.add("GET /deal/{id}/comments/search", "GET /task/{id}/comments/search")
def _search_comments(call: Call) -> Doc:
    needle = str(call.query.get("q", "")).casefold()
    found = comments.of(call.core, call.subject)
    return call.many([doc for doc in found if needle in doc["content"].casefold()], "Comment")


@ROUTES.add("GET /program/{id}/states")
def _program_states(call: Call) -> Doc:
    return call.followed(call.subject["states"], "ProgramState")


@ROUTES.add("GET /program/{id}/entryPoints")
def _entries(call: Call) -> Doc:
    states = [call.core.store.need(*ref(item)) for item in call.entity("Program")["states"]]
    return call.many([state for state in states if state["isEntry"]], "ProgramState")


@ROUTES.add("GET /program/{id}/triggers")
def _triggers(call: Call) -> Doc:
    return call.followed(call.subject["triggers"], "ProgramTrigger")


@ROUTES.add(
    "GET /program/{id}/fields",
    "GET /deal/extraFields",
    "GET /task/extraFields",
    "GET /project/extraFields",
    "GET /contractorCompany/extraFields",
    "GET /contractorHuman/extraFields",
    "GET /offer/extraFields",
    "GET /payer/extraFields/{country}/{type}",
)
def _fields(call: Call) -> Doc:
    """Describe fields; system ones come along (4.11)."""
    owner = call.family
    if owner == "Program":  # its fields are those of its deals
        call.entity(owner)
        owner = "Deal"
    kinds = (
        "StringField",
        "DateTimeField",
        "EnumField",
        "BoolField",
        "RefSetField",
        "RefLinkField",
    )
    every = [doc for kind in kinds for doc in call.core.store.all(kind)]
    return call.many([doc for doc in every if doc["_of"] == owner], *kinds)
