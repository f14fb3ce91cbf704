"""``/task``, ``/todo``, ``/comment``, ``/project`` (contract 4.3 to 4.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.sandbox.megaplan import comments, history, task_rights, tasks, todos
from westsync.sandbox.megaplan.api.calls import Call, Routes, broken
from westsync.sandbox.megaplan.bodies import pointed
from westsync.sandbox.megaplan.rendering import envelope
from westsync.sandbox.megaplan.wire import Doc, bare, forbidden, ref

if TYPE_CHECKING:
    from collections.abc import Callable

ROUTES = Routes()
PEOPLE_TYPES = ("Employee", "ContractorHuman", "ContractorCompany")
DISCUSSED = ("deal", "offer", "project", "task", "todo")
COMMENT_ITEMS = ("Comment", "BasedOnHistory", "FieldChange")
HISTORY_ITEMS = ("Changeset", "Comment", "BasedOnHistory", "TriggerLogSet")
LIST_PARAMETERS = (
    "limit",
    "pageAfter",
    "pageBefore",
    "pageWith",
    "fields",
    "sortBy",
    "onlyRequestedFields",
)


@ROUTES.add("GET /task")
def _list(call: Call) -> Doc:
    """List tasks and projects mixed; without a filter only the active ones (4.3.1)."""
    found = call.core.store.all("Task")
    if call.query.get("filter") is not None:
        found = call.filtered(found, "Task", "TaskFilter")
    else:
        if call.core.switches.task_list == "active":
            found = [task for task in found if task["status"] in task_rights.ACTIVE]
        found = [*call.core.store.all("Project"), *found]
    return call.many(found, "Task", "Project")


@ROUTES.add("POST /task")
def _create(call: Call) -> Doc:
    return call.one(tasks.create(call.core, call.body, call.by))


@ROUTES.add("POST /task/{id}")
def _update(call: Call) -> Doc:
    return call.one(tasks.update(call.core, call.entity("Task"), call.body, call.by))


@ROUTES.add("DELETE /task/{id}")
def _drop(call: Call) -> Doc:
    task = call.entity("Task")
    if not task_rights.rights(call.core, task, call.user)["remove"]:
        raise forbidden(f"No act_delete rights for model {task['id']}")
    call.core.store.remove(task)
    return envelope([])


@ROUTES.add("POST /task/{id}/doAction")
def _act(call: Call) -> Doc:
    return call.one(tasks.do_action(call.core, call.entity("Task"), call.body, call.by))


@ROUTES.add("GET /task/{id}/deals")
def _deals(call: Call) -> Doc:
    return call.followed(call.subject["deals"], "Deal")


@ROUTES.add("GET /task/{id}/subTasks", "GET /task/{id}/actualSubTasks")
def _subtasks(call: Call) -> Doc:
    found = call.core.store.pointing("Task", "parent", ref(call.entity("Task")))
    if call.route.endswith("actualSubTasks"):
        found = [task for task in found if task["status"] in task_rights.ACTIVE]
    return call.many(found, "Task")


@ROUTES.add("POST /task/{id}/delegate")
def _delegate(call: Call) -> Doc:
    to = bare(pointed(call.core, call.body, ("Employee",)))
    return call.one(tasks.delegate(call.core, call.entity("Task"), to, call.by))


@ROUTES.add("POST /task/{id}/changeDeadline")
def _deadline(call: Call) -> Doc:
    return call.one(tasks.change_deadline(call.core, call.entity("Task"), call.body, call.by))


@ROUTES.add("GET /task/{id}/milestones")
def _milestones(_call: Call) -> Doc:
    raise broken("Internal server error")


def _people(field: str) -> Callable[[Call], Doc]:
    """Make the endpoints of a task's executors or auditors."""

    def answer(call: Call) -> Doc:
        task = call.entity("Task")
        if call.method == "GET":
            return call.followed(task[field], *PEOPLE_TYPES)
        if call.method == "POST":
            person = bare(pointed(call.core, call.body, PEOPLE_TYPES))
        else:
            person = bare(call.core.store.need(call.ids[1], call.ids[2]))
        add = call.method == "POST"
        return call.one(tasks.with_person(call.core, task, field, person, call.by, add=add))

    return answer


ROUTES.add(
    "GET /task/{id}/executors",
    "POST /task/{id}/executors",
    "DELETE /task/{id}/executors/{executorContentType}/{executorId}",
)(_people("executors"))
ROUTES.add(
    "GET /task/{id}/auditors",
    "POST /task/{id}/auditors",
    "DELETE /task/{id}/auditors/{auditorContentType}/{auditorId}",
)(_people("auditors"))


@ROUTES.add("GET /task/{id}/allParticipants")
def _participants(call: Call) -> Doc:
    people = sorted(tasks.people(call.entity("Task")))
    found = (call.core.store.get(*person) for person in people)
    return call.many([doc for doc in found if doc], *PEOPLE_TYPES)


@ROUTES.add("GET /task/{id}/finOperations")
def _operations(call: Call) -> Doc:
    call.entity("Task")
    return call.many([], "FinOperation")


@ROUTES.add(
    "GET /task/{id}/history",
    "GET /todo/{id}/history",
    "GET /contractorCompany/{id}/history",
    "GET /contractorHuman/{id}/history",
)
def _history(call: Call) -> Doc:
    found = history.history_of(call.core, call.subject, call.query.get("filters"))
    return call.many(found, *HISTORY_ITEMS)


@ROUTES.add("GET /deal/{id}/history/search", "GET /task/{id}/history/search")
def _search_history(call: Call) -> Doc:
    found = history.history_of(call.core, call.subject, call.query.get("filters"))
    return call.many(history.found_in(found, str(call.query.get("q", ""))), *HISTORY_ITEMS)


@ROUTES.add("GET /todo")
def _todos(call: Call) -> Doc:
    call.strict("TodoFilterListRequest", "filter", *LIST_PARAMETERS)
    found = call.filtered(call.core.store.all("Todo"), "Todo", "TodoFilter")
    return call.many(found, "Todo")


@ROUTES.add("GET /todo/search")
def _search_todos(call: Call) -> Doc:
    needle = str(call.query.get("q", "")).casefold()
    every = call.core.store.all("Todo")
    return call.links([todo for todo in every if needle and needle in todo["name"].casefold()])


@ROUTES.add("POST /todo")
def _create_todo(call: Call) -> Doc:
    return call.one(todos.create(call.core, call.body, call.by))


@ROUTES.add("POST /todo/{id}")
def _update_todo(call: Call) -> Doc:
    """Write a todo; without ``id`` in the body the path is ignored and one is made (2.3)."""
    if isinstance(call.body, dict) and call.body.get("id") is None:
        return call.one(todos.create(call.core, call.body, call.by))
    return call.one(todos.update(call.core, call.entity("Todo"), call.body, call.by))


@ROUTES.add("GET /todo/{id}/deals", "GET /todo/{id}/issues")
def _todo_relations(call: Call) -> Doc:
    kinds = ("Deal",) if call.route.endswith("deals") else ("Task", "Project")
    found = (item for item in call.subject["relations"] if item["contentType"] in kinds)
    return call.followed(found, *kinds)


@ROUTES.add("DELETE /todo/{id}")
def _drop_todo(call: Call) -> Doc:
    return call.one(call.core.store.change(call.entity("Todo"), isDropped=True))


@ROUTES.add("POST /todo/{id}/doAction")
def _finish_todo(call: Call) -> Doc:
    return call.one(todos.do_action(call.core, call.entity("Todo"), call.body, call.by))


@ROUTES.add(*(f"GET /{family}/{{id}}/comments" for family in DISCUSSED))
def _comments(call: Call) -> Doc:
    return call.many(comments.of(call.core, call.subject), *COMMENT_ITEMS)


@ROUTES.add(*(f"POST /{family}/{{id}}/comments" for family in DISCUSSED))
def _post_comment(call: Call) -> Doc:
    return call.one(comments.create(call.core, call.subject, call.body, call.by))


@ROUTES.add("POST /comment/{id}")
def _edit_comment(call: Call) -> Doc:
    return call.one(comments.update(call.core, call.entity("Comment"), call.body, call.by))


@ROUTES.add("DELETE /comment/{id}")
def _drop_comment(call: Call) -> Doc:
    call.entity("Comment")
    raise forbidden("No rights to delete comment")
