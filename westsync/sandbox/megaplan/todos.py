"""Todos ("дела"): calls, meetings, events (contract 4.4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from westsync.sandbox.megaplan import comments
from westsync.sandbox.megaplan.bodies import accept
from westsync.sandbox.megaplan.history import record_changes, record_creation
from westsync.sandbox.megaplan.wire import (
    Doc,
    bare,
    forbidden,
    invalid,
    link,
    read_day,
    read_moment,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from westsync.sandbox.megaplan.core import Core

SCHEDULED, FINISHED = "1", "2"
ACTION_REQUESTS = (
    "TodoFinishActionRequest",
    "TodoRenewActionRequest",
    "TodoTakeActionRequest",
)


def create(core: Core, body: object, by: Doc, *, about: Doc | None = None) -> Doc:
    """Create a todo.

    Args:
        core: The account.
        body: Wire body; ``when`` is refused in every shape, as LIVE.
        by: Link to the author, responsible unless another is named.
        about: Entity that the todo is attached to (``POST /deal/{id}/todos``).

    Raises:
        Refused: 422.
    """
    if isinstance(body, dict) and "when" in body:
        raise invalid("'stdClass' is not assignable to 'IntervalDates|IntervalTime'", "when")
    fields = accept(core, body, ("Todo",), creating=True)
    relations = fields.pop("relations", None) or []
    if about is not None and bare(about) not in relations:
        relations = [*relations, bare(about)]
    return plan(core, fields, by, relations=relations, when=None)


def plan(core: Core, fields: Doc, by: Doc, *, relations: list[Doc], when: Doc | None) -> Doc:
    """Store a new todo; people plan theirs at a time, the API cannot."""
    todo = core.new(
        "Todo",
        **{
            "description": "",
            "category": link("TodoCategory", "4"),
            "responsible": by,
            "participants": [],
            "isNeedResult": False,
            **fields,
            "status": link("TodoStatus", SCHEDULED),
            "relations": relations,
            "when": when,
            "timeCreated": core.stamp(),
            "timeFinished": None,
            "isDropped": False,
            "userCreated": by,
            "resultComment": None,
        },
    )
    record_creation(core, todo, by)
    return todo


def update(core: Core, todo: Doc, body: object, by: Doc) -> Doc:
    """Write the fields that were sent."""
    if isinstance(body, dict) and "when" in body:
        raise invalid("'stdClass' is not assignable to 'IntervalDates|IntervalTime'", "when")
    fields = accept(core, body, ("Todo",), creating=False)
    record_changes(core, todo, by, {name: todo.get(name) for name in fields}, fields)
    return core.store.change(todo, **fields)


def do_action(core: Core, todo: Doc, body: object, by: Doc) -> Doc:
    """Finish, renew or take a todo; the result's text becomes a comment (4.4)."""
    kind = body.get("contentType") if isinstance(body, dict) else None
    if kind not in ACTION_REQUESTS:
        raise invalid(f"'{kind or 'stdClass'}' is not assignable to '{'|'.join(ACTION_REQUESTS)}'")
    request = accept(core, body, ACTION_REQUESTS, creating=True)
    if kind == "TodoTakeActionRequest":
        return core.store.change(todo, responsible=by)
    if kind == "TodoRenewActionRequest":
        if is_open(core, todo):
            raise forbidden(f"No act_renew rights for model {todo['id']}")
        return core.store.change(todo, status=link("TodoStatus", SCHEDULED), timeFinished=None)
    if not is_open(core, todo):
        raise forbidden(f"No act_finish rights for model {todo['id']}")
    status = request.get("status") or link("TodoStatus", FINISHED)
    return finish(core, todo, status, by, text=str(request.get("resultText") or ""))


def finish(core: Core, todo: Doc, status: Doc, by: Doc, *, text: str = "") -> Doc:
    """Close a todo with a status (finished, success, fail, finish_without_result)."""
    result = comments.write(core, todo, text, by) if text else None
    return core.store.change(
        todo,
        status=status,
        timeFinished=core.stamp(),
        resultComment=bare(result) if result else None,
    )


def is_open(core: Core, todo: Doc) -> bool:
    """Whether the todo still has to be done: its status is ``scheduled``."""
    status = core.store.follow(todo["status"])
    return status is not None and status["masterType"] == "scheduled" and not todo["isDropped"]


def when_starts(todo: Doc) -> datetime:
    """Return the planned moment; the end of time for a todo without one."""
    when = todo["when"]
    if not when:
        return datetime.max.replace(tzinfo=UTC)
    if when["contentType"] == "IntervalTime":
        return read_moment(when["from"])
    start = read_day(when["from"])
    return datetime(start.year, start.month, start.day, tzinfo=UTC)


def interval(start: datetime, minutes: int = 30) -> Doc:
    """Return the ``IntervalTime`` of a todo that people planned."""
    ends = start + timedelta(minutes=minutes)
    return {
        "contentType": "IntervalTime",
        **{
            name: {"contentType": "DateTime", "value": at.astimezone(UTC).isoformat()}
            for name, at in (("from", start), ("to", ends))
        },
    }


def _is_overdue(core: Core, todo: Doc) -> bool:
    return is_open(core, todo) and when_starts(todo) < core.now


def _rights(core: Core, todo: Doc) -> Doc:
    still = is_open(core, todo)
    return {
        "contentType": "TodoRights",
        "read": True,
        "edit": still,
        "finish": still,
        "take": still,
        "renew": not still,
    }


COMPUTED: dict[str, Callable[[Core, Doc, str], object]] = {
    "isOverdue": lambda core, todo, _: _is_overdue(core, todo),
    "rights": lambda core, todo, _: _rights(core, todo),
    "possibleActions": lambda core, todo, _: (
        ["act_finish", "act_edit", "act_take", "act_read"]
        if is_open(core, todo)
        else ["act_renew", "act_read"]
    ),
}
