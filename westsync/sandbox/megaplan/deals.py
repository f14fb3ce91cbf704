"""Deals: creation, edits, passages along the program's transitions (contract 4.1, 4.2)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from westsync.sandbox.megaplan import goods
from westsync.sandbox.megaplan.bodies import accept
from westsync.sandbox.megaplan.history import (
    record_changes,
    record_creation,
    record_link,
    record_state,
    record_trigger,
)
from westsync.sandbox.megaplan.task_rights import OPEN as OPEN_TASK
from westsync.sandbox.megaplan.tasks import with_deals
from westsync.sandbox.megaplan.todos import is_open, when_starts
from westsync.sandbox.megaplan.wire import (
    Doc,
    amount,
    bare,
    forbidden,
    invalid,
    link,
    missing,
    money,
    ref,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from westsync.sandbox.megaplan.core import Core

SYSTEM_FIELDS = ("name", "description", "contractor", "manager", "cost", "attaches", "positions")


def create(core: Core, body: object, by: Doc) -> Doc:
    """Create a deal in its program's entry state; the manager is the author if not named.

    Raises:
        Refused: 422, e.g. without ``program`` (4.1).
    """
    fields = accept(core, body, ("Deal",), creating=True)
    program = core.store.need(*ref(fields["program"]))
    states = [core.store.need(*ref(state)) for state in program["states"]]
    at = core.stamp()
    entity_id = core.store.next_id("Deal")
    rows = fields.pop("positions", None) or []
    deal = core.store.put(
        {
            "contentType": "Deal",
            "id": entity_id,
            "number": entity_id,
            "name": f"Сделка {entity_id}",
            "description": "",
            "contractor": None,
            "manager": by,
            "auditors": [],
            "attaches": [],
            "cost": None,
            "payer": None,
            "currency": link("Currency", "1"),
            **dict.fromkeys(core.custom.get("Deal", {})),
            **fields,
            "state": bare(next(state for state in states if state["isEntry"])),
            "stateTimeUpdated": at,
            "timeCreated": at,
            "timeUpdated": at,
            "userCreated": by,
            "userUpdated": by,
            "_entered_by": by,
        }
    )
    record_creation(core, deal, by)
    goods.write_rows(core, rows, deal=deal)
    return deal


def update(core: Core, deal: Doc, body: object, by: Doc, *, generated_by: Doc | None = None) -> Doc:
    """Write the fields that were sent; the state never changes this way (9.7).

    Args:
        core: The account.
        deal: Which deal.
        body: Wire body.
        by: Link to the author.
        generated_by: Link to a trigger if it was one that did it.
    """
    fields = accept(core, body, ("Deal",), creating=False)
    rows = fields.pop("positions", None)
    if "program" in fields and fields["program"] != deal["program"]:
        raise invalid("Программу сделки нельзя изменить", "program")
    if fields.get("name", "-") in {None, ""}:
        raise invalid("Поле обязательно для заполнения", "name")
    if rows is not None:
        goods.write_rows(core, rows, deal=deal)
    record_changes(
        core,
        deal,
        by,
        {name: deal.get(name) for name in fields},
        fields,
        generated_by=generated_by,
    )
    if generated_by is not None:
        record_trigger(core, deal, generated_by, by)
    return core.store.change(deal, **fields, timeUpdated=core.stamp(), userUpdated=by)


def apply_transition(core: Core, deal: Doc, body: object, by: Doc) -> Doc:
    """Move a deal along a transition; takes the RAML's body form and the SDK's (4.1).

    Raises:
        Refused: 422, no such transition from here, or it needs a person's input; 403, disabled.
    """
    wanted = _asked_transition(core, body)
    for transition in possible_transitions(core, deal):
        if transition["id"] == wanted:
            if not transition["enabled"]:
                raise forbidden("; ".join(transition["reasons"]) or "Переход запрещён")
            if any(operation.get("needRuntimeParams") for operation in transition["operations"]):
                raise invalid("Переход требует ввода данных", "operations")
            return enter(core, deal, transition["to"], by)
    raise invalid(f"Переход {wanted} невозможен из текущего статуса", "id")


def _asked_transition(core: Core, body: object) -> str:
    form = core.switches.transition_body
    if isinstance(body, dict) and form in {"any", "sdk"} and "transition" in body:
        return str(body["transition"])
    is_raml = isinstance(body, dict) and body.get("contentType") == "ProgramTransition"
    if not isinstance(body, dict) or not is_raml or form == "sdk" or body.get("id") is None:
        raise invalid("'stdClass' is not assignable to 'ProgramTransition'")
    return str(body["id"])


def enter(core: Core, deal: Doc, state: Doc, by: Doc, *, generated_by: Doc | None = None) -> Doc:
    """Put a deal into a state and write both histories."""
    at = core.stamp()
    moved = core.store.change(
        deal,
        state=bare(state),
        stateTimeUpdated=at,
        timeUpdated=at,
        userUpdated=by,
        _entered_by=by,
    )
    record_state(core, moved, by, deal, deal["_entered_by"])
    record_changes(
        core,
        deal,
        by,
        {"state": deal["state"]},
        {"state": moved["state"]},
        generated_by=generated_by,
    )
    return moved


def possible_transitions(core: Core, deal: Doc) -> list[Doc]:
    """Return the transitions that leave the deal's present state, disabled ones too."""
    program = core.store.need(*ref(deal["program"]))
    found = (core.store.need(*ref(item)) for item in program["transitions"])
    return [transition for transition in found if transition["from"] == deal["state"]]


def drop(core: Core, deal: Doc) -> None:
    """Delete a deal; afterwards it is 404 (contract 6)."""
    for task in core.store.pointing("Task", "deals", ref(deal)):
        kept = [item for item in task["deals"] if item != bare(deal)]
        core.store.change(task, deals=kept)
    core.store.remove(deal)


def link_with(core: Core, one: Doc, other: Doc, by: Doc, *, unlink: bool = False) -> Doc:
    """Link two entities, one of them a deal, or part them (4.3.3); returns the other one.

    Raises:
        Refused: 404 where the account has no such method; 422 for a pair that cannot be linked.
    """
    if core.switches.link_with == "404":
        raise missing("Method", "unlinkWith" if unlink else "linkWith")
    pair = {one["contentType"]: one, other["contentType"]: other}
    deal = pair.get("Deal")
    rest = next((doc for kind, doc in pair.items() if kind != "Deal"), None)
    if deal is None or rest is None or rest["contentType"] not in {"Task", "FinOperation"}:
        raise invalid(f"{other['contentType']} cannot be linked with {one['contentType']}")
    if rest["contentType"] == "Task":
        with_deals(core, rest, [bare(deal)], by, unlink=unlink)
        return other
    kept = [item for item in rest.get("_deals", []) if item != bare(deal)]
    core.store.change(rest, _deals=kept if unlink else [*kept, bare(deal)])
    record_link(core, deal, rest, by, unlink=unlink)
    return other


# What a deal shows but does not store.


def _rows(core: Core, deal: Doc) -> list[Doc]:
    return core.store.pointing("OfferRow", "deal", ref(deal))


def _price(core: Core, deal: Doc) -> Doc:
    return money(sum((amount(row["sum"]) for row in _rows(core, deal)), Decimal(0)))


def _invoices(core: Core, deal: Doc) -> list[Doc]:
    return core.store.pointing("Invoice", "deal", ref(deal))


def _paid(core: Core, deal: Doc) -> Decimal:
    invoices = _invoices(core, deal)
    paid = (goods.total_of(core, doc) for doc in invoices if doc["status"] == "paid")
    return sum((amount(total) for total in paid), Decimal(0))


def _debt(core: Core, deal: Doc) -> Doc:
    return money(max(amount(_price(core, deal)) - _paid(core, deal), Decimal(0)))


def _progress(core: Core, deal: Doc) -> int:
    price = amount(_price(core, deal))
    return int(100 * _paid(core, deal) / price) if price else 0


def linked_tasks(core: Core, deal: Doc, *, only_open: bool = False) -> list[Doc]:
    """Return the tasks linked with a deal, also closed ones unless told otherwise."""
    tasks = core.store.pointing("Task", "deals", ref(deal))
    return [task for task in tasks if not only_open or task["status"] in OPEN_TASK]


def todos_of(core: Core, deal: Doc, *, only_open: bool = False) -> list[Doc]:
    """Return the todos that relate to a deal."""
    todos = core.store.pointing("Todo", "relations", ref(deal))
    return [todo for todo in todos if not only_open or is_open(core, todo)]


def _near_todo(core: Core, deal: Doc) -> Doc | None:
    planned = [todo for todo in todos_of(core, deal, only_open=True) if todo["when"]]
    return min(planned, key=when_starts, default=None)


def participants(core: Core, deal: Doc) -> list[Doc]:
    """Return the manager, the author and the auditors, each once."""
    links = [deal["manager"], deal["userCreated"], *deal["auditors"]]
    unique = {ref(item): item for item in links if item}
    return [doc for item in unique.values() if (doc := core.store.follow(item))]


def _contact(core: Core, deal: Doc, kind: str) -> Doc | None:
    client = core.store.follow(deal["contractor"])
    found = client["contactInfo"] if client else []
    return next((item for item in found if item.get("type") == kind), None)


def _mail(core: Core, deal: Doc) -> str | None:
    contact = _contact(core, deal, "email")
    return str(contact["value"]) if contact else None


def field_names(core: Core) -> list[str]:
    """Return the names that ``visibleFields`` lists."""
    hidden = {name.partition(".")[2] for name in core.switches.hidden_fields}
    return [name for name in (*SYSTEM_FIELDS, *core.custom["Deal"]) if name not in hidden]


def _result(core: Core, deal: Doc) -> str:
    return str(core.store.need(*ref(deal["state"]))["type"])


def _operations(core: Core, deal: Doc) -> list[Doc]:
    return core.store.pointing("FinOperation", "_deals", ref(deal))


COMPUTED: dict[str, Callable[[Core, Doc, str], object]] = {
    "result": lambda core, deal, _: _result(core, deal),
    "price": lambda core, deal, _: _price(core, deal),
    "debt": lambda core, deal, _: _debt(core, deal),
    "paymentProgress": lambda core, deal, _: _progress(core, deal),
    "invoices": lambda core, deal, _: _invoices(core, deal),
    "positions": lambda core, deal, _: _rows(core, deal),
    "possibleTransitions": lambda core, deal, _: possible_transitions(core, deal),
    "possibleTriggers": lambda *_: [],
    "possibleActions": lambda *_: ["act_read", "act_use_journal", "act_edit_positions"],
    "tasksCount": lambda core, deal, _: len(linked_tasks(core, deal)),
    "actualTasksCount": lambda core, deal, _: len(linked_tasks(core, deal, only_open=True)),
    "todos": lambda core, deal, _: todos_of(core, deal),
    "actualTodosCount": lambda core, deal, _: len(todos_of(core, deal, only_open=True)),
    "nearTodo": lambda core, deal, _: _near_todo(core, deal),
    "contractorPhone": lambda core, deal, _: _contact(core, deal, "phone"),
    "contractorEmail": lambda core, deal, _: _mail(core, deal),
    "financeOperations": lambda core, deal, _: _operations(core, deal),
    "visibleFields": lambda core, *_: field_names(core),
    "editableFields": lambda core, *_: field_names(core),
    "shortDescription": lambda _core, deal, _: str(deal["description"] or "")[:100],
}
