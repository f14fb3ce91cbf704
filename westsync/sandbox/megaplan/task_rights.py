"""Who may do what with a task in which status (contract 4.3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from westsync.sandbox.megaplan.wire import Doc, ref

if TYPE_CHECKING:
    from westsync.sandbox.megaplan.core import Core

OPEN = frozenset({"created", "assigned", "accepted", "delayed", "overdue"})
ACTIVE = OPEN | {"done"}
CLOSED = frozenset({"completed", "rejected", "cancelled", "expired"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A step of the state machine; meanings after the vendor's v1 documents (4.3.2).

    Attributes:
        right: Key of ``rights`` that says whether it may be done.
        states: Statuses from which it leads.
        to: Status to which it leads.
        who: ``owner`` or ``responsible``; both where one person is both.
    """

    right: str
    states: frozenset[str]
    to: str
    who: str


ACTIONS = {
    "act_accept_task": Action(
        right="acceptTask",
        states=frozenset({"assigned"}),
        to="accepted",
        who="responsible",
    ),
    "act_reject_task": Action(
        right="rejectTask",
        states=frozenset({"assigned"}),
        to="rejected",
        who="responsible",
    ),
    "act_done": Action(right="done", states=OPEN, to="done", who="responsible"),
    "act_accept_work": Action(
        right="acceptWork",
        states=frozenset({"done"}),
        to="completed",
        who="owner",
    ),
    "act_reject_work": Action(
        right="rejectWork",
        states=frozenset({"done"}),
        to="accepted",
        who="owner",
    ),
    "act_pause": Action(
        right="pause",
        states=frozenset({"accepted", "overdue"}),
        to="delayed",
        who="responsible",
    ),
    "act_resume": Action(
        right="resume",
        states=frozenset({"delayed"}),
        to="accepted",
        who="responsible",
    ),
    "act_cancel": Action(right="cancel", states=ACTIVE, to="cancelled", who="owner"),
    "act_expire": Action(right="expire", states=ACTIVE, to="expired", who="owner"),
    "act_renew": Action(right="renew", states=CLOSED, to="accepted", who="owner"),
    "act_takeup": Action(
        right="takeup",
        states=frozenset({"created"}),
        to="accepted",
        who="anybody",
    ),
}


def rights(core: Core, task: Doc, user: str) -> Doc:
    """Return ``TaskRights`` of a user for a task, true to what `do_action` allows."""
    owner = is_person(task["owner"], user)
    responsible = is_person(task["responsible"], user)
    allowed: Doc = {"contentType": "TaskRights", "read": True, "linkDeal": True}
    for action in ACTIONS.values():
        may = {"owner": owner, "responsible": responsible, "anybody": True}[action.who]
        if action.right == "done" and owner and core.switches.owner_may_finish:
            may = True
        allowed[action.right] = may and task["status"] in action.states
    allowed["edit"] = allowed["editMainInfo"] = owner or responsible
    allowed["remove"] = allowed["changeOwner"] = owner
    allowed["changeDeadline"] = owner
    allowed["requestDeadline"] = responsible and not owner
    allowed["delegate"] = owner or responsible
    return allowed


def is_person(person: Doc | None, user: str) -> bool:
    """Whether a link, if there is one, points to this employee."""
    return person is not None and ref(person) == ("Employee", user)
