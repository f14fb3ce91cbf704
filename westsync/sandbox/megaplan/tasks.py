"""Tasks: creation, edits, the state machine of actions, links with deals (contract 4.3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from westsync.sandbox.megaplan import comments
from westsync.sandbox.megaplan.bodies import accept
from westsync.sandbox.megaplan.history import record_changes, record_creation, record_link
from westsync.sandbox.megaplan.task_rights import ACTIONS, CLOSED, OPEN, Action, is_person, rights
from westsync.sandbox.megaplan.wire import (
    Doc,
    Ref,
    forbidden,
    invalid,
    read_day,
    read_moment,
    ref,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from westsync.sandbox.megaplan.core import Core


def create(core: Core, body: object, by: Doc) -> Doc:
    """Create a task; the author owns it, who is named is responsible.

    Raises:
        Refused: 422 without ``name``, ``isUrgent`` or ``isTemplate``, or what does not fit.
    """
    fields = accept(core, body, ("Task",), creating=True)
    if not str(fields["name"]).strip():
        raise invalid("Поле обязательно для заполнения", "name")
    _check_deadline(core, fields.get("deadline"))
    deals = fields.pop("deals", None) or []
    at = core.stamp()
    entity_id = core.store.next_id("Task")
    owner = fields.pop("owner", None) or by
    responsible = fields.pop("responsible", None)
    task = core.store.put(
        {
            "contentType": "Task",
            "id": entity_id,
            "humanNumber": int(entity_id) - 1_000_000,
            "subject": "",
            "statement": "",
            "status": _first_status(responsible, owner),
            "owner": owner,
            "responsible": responsible,
            "executors": [],
            "auditors": [],
            "deadline": None,
            "contractor": None,
            "parent": None,
            "attaches": [],
            **fields,
            "deals": [],
            "timeCreated": at,
            "activity": at,
            "statusChangeTime": at,
            "actualStart": None,
            "actualFinish": None,
            "userCreated": by,
        }
    )
    record_creation(core, task, by)
    if core.switches.deals_on_create and deals:
        task = with_deals(core, task, deals, by)
    return task


def _first_status(responsible: Doc | None, owner: Doc) -> str:
    """INFERRED in 4.3.2: assigned to another, else accepted; created while nobody has it."""
    if responsible is None:
        return "created"
    return "accepted" if responsible == owner else "assigned"


def _check_deadline(core: Core, deadline: Doc | None) -> None:
    if deadline and deadline["contentType"] == "DateTime" and not core.switches.deadline_time:
        raise invalid("'DateTime' is not assignable to 'DateOnly|ShiftDate'", "deadline")


def update(core: Core, task: Doc, body: object, by: Doc) -> Doc:
    """Write the fields that were sent; status and dates are not among them."""
    fields = accept(core, body, ("Task",), creating=False)
    if not rights(core, task, by["id"])["edit"]:
        raise forbidden(f"No act_edit rights for model {task['id']}")
    for name in ("name", "isUrgent", "isTemplate"):
        if fields.get(name, "-") in {None, ""}:
            raise invalid("Поле обязательно для заполнения", name)
    _check_deadline(core, fields.get("deadline"))
    deals = fields.pop("deals", None)
    record_changes(core, task, by, {name: task.get(name) for name in fields}, fields)
    task = core.store.change(task, **fields, activity=core.stamp())
    if deals is not None:
        gone = [item for item in task["deals"] if item not in deals]
        task = with_deals(core, task, gone, by, unlink=True)
        task = with_deals(core, task, deals, by)
    return task


def do_action(core: Core, task: Doc, body: object, by: Doc) -> Doc:
    """Carry out a ``TaskActionRequest``; its text becomes a comment.

    Raises:
        Refused: 403 when this user may not do it now; 422 when it is no action.
    """
    request = accept(core, body, ("TaskActionRequest",), creating=True)
    name = str(request["action"])
    if name == "update_deep_last_activity":
        return core.store.change(task, activity=core.stamp())
    action = ACTIONS.get(name)
    if action is None or not rights(core, task, by["id"])[action.right]:
        raise forbidden(f"No {name} rights for model {task['id']}")
    task = _take_step(core, task, action, by)
    if request.get("text"):
        comments.write(core, task, str(request["text"]), by)
    return task


def _take_step(core: Core, task: Doc, action: Action, by: Doc) -> Doc:
    at = core.stamp()
    status = action.to
    if status == "done" and task["owner"] == by:
        status = "completed"  # nobody is left to accept the work
    fields: Doc = {"status": status, "statusChangeTime": at, "activity": at}
    if status == "accepted" and task["actualStart"] is None:
        fields["actualStart"] = at
    if action.who == "anybody":
        fields["responsible"] = by
    fields["actualFinish"] = at if status in CLOSED | {"done"} else None
    record_changes(core, task, by, {"status": task["status"]}, {"status": status})
    return core.store.change(task, **fields)


def with_deals(core: Core, task: Doc, deals: list[Doc], by: Doc, *, unlink: bool = False) -> Doc:
    """Link a task with deals or part them; the journal of both sides tells it (4.12)."""
    task = core.store.need(*ref(task))
    present = list(task["deals"])
    for item in deals:
        deal = core.store.need(*ref(item))
        if (item in present) is not unlink:
            continue
        if unlink:
            present.remove(item)
        else:
            present.append(item)
        record_link(core, deal, task, by, unlink=unlink)
        if core.switches.task_touches_deal:
            core.store.change(deal, timeUpdated=core.stamp())
    return core.store.change(task, deals=present, activity=core.stamp())


def delegate(core: Core, task: Doc, to: Doc, by: Doc) -> Doc:
    """Give a task to another employee."""
    if not rights(core, task, by["id"])["delegate"]:
        raise forbidden(f"No act_delegate rights for model {task['id']}")
    record_changes(core, task, by, {"responsible": task["responsible"]}, {"responsible": to})
    at = core.stamp()
    return core.store.change(
        task, responsible=to, status="assigned", statusChangeTime=at, activity=at
    )


def change_deadline(core: Core, task: Doc, body: object, by: Doc) -> Doc:
    """Ask for another deadline; the owner's own request is granted at once (4.3.1)."""
    request = accept(core, body, ("DeadlineChangeRequest",), creating=True)
    _check_deadline(core, request["deadline"])
    if is_person(task["owner"], by["id"]):
        record_changes(
            core,
            task,
            by,
            {"deadline": task["deadline"]},
            {"deadline": request["deadline"]},
        )
        return core.store.change(task, deadline=request["deadline"], activity=core.stamp())
    asked = core.new(
        "DeadlineChangeRequest", **request, owner=by, status="created", timeCreated=core.stamp()
    )
    pointer = {"contentType": "DeadlineChangeRequest", "id": asked["id"]}
    return core.store.change(task, deadlineChangeRequest=pointer, activity=core.stamp())


def with_person(core: Core, task: Doc, field: str, person: Doc, by: Doc, *, add: bool) -> Doc:
    """Add an executor or auditor, or take one off (4.3.1)."""
    present = [item for item in task[field] if item != person]
    after = [*present, person] if add else present
    record_changes(core, task, by, {field: task[field]}, {field: after})
    return core.store.change(task, **{field: after}, activity=core.stamp())


def deadline_at(core: Core, task: Doc) -> datetime | None:
    """Return the moment after which a task is overdue; a day ends at its midnight."""
    deadline = task["deadline"]
    if not deadline:
        return None
    if deadline["contentType"] == "DateTime":
        return read_moment(deadline)
    if deadline["contentType"] == "DateOnly" and deadline.get("year"):
        end = read_day(deadline) + timedelta(days=1)
        return datetime(end.year, end.month, end.day, tzinfo=core.zone)
    return None


def is_overdue(core: Core, task: Doc) -> bool:
    """Whether the task is open and its deadline has passed."""
    due = deadline_at(core, task)
    return task["status"] in OPEN and due is not None and due < core.now


def people(task: Doc) -> set[Ref]:
    """Return everybody the synthetic filter field ``participant`` means (2.9)."""
    links = [task["responsible"], task["owner"], *task["executors"], *task["auditors"]]
    return {ref(item) for item in links if item}


def _participants(core: Core, task: Doc) -> list[Doc]:
    return [doc for item in sorted(people(task)) if (doc := core.store.get(*item))]


def _subtasks(core: Core, task: Doc) -> list[Doc]:
    return core.store.pointing("Task", "parent", ref(task))


COMPUTED: dict[str, Callable[[Core, Doc, str], object]] = {
    "rights": rights,
    "isOverdue": lambda core, task, _: is_overdue(core, task),
    "textStatement": lambda _core, task, _: task["statement"],
    "participants": lambda core, task, _: _participants(core, task),
    "subTasks": lambda core, task, _: _subtasks(core, task),
    "todos": lambda core, task, _: core.store.pointing("Todo", "relations", ref(task)),
    "possibleActions": lambda core, task, user: [
        name for name, action in ACTIONS.items() if rights(core, task, user)[action.right]
    ],
}
