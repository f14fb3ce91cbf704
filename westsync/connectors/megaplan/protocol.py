"""What goes over the wire to Megaplan, without sending it (contract 2 and 4).

Every endpoint and field named here exists in megaplan-types.json; a test proves it. A query is one
JSON object, percent-encoded whole (contract 2.2). Every object carries its ``contentType``.
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from westsync.connectors.megaplan.values import Json

PREFIX = "/api/v3"
UPLOAD_TARGET = "/api/file"


class Endpoint(StrEnum):
    """The endpoints that westsync uses; ``{id}`` stands for the entity's id."""

    RAML = "GET /"
    LOG_IN = "POST /auth/access_token"
    CURRENT_USER = "GET /currentUser"
    PROGRAM = "GET /program/{id}"
    PROGRAM_STATES = "GET /program/{id}/states"
    PROGRAM_FIELDS = "GET /program/{id}/fields"
    DEAL_EXTRA_FIELDS = "GET /deal/extraFields"
    TASK_EXTRA_FIELDS = "GET /task/extraFields"
    OFFER_EXTRA_FIELDS = "GET /offer/extraFields"
    DEALS = "GET /deal"
    DEAL = "GET /deal/{id}"
    DEAL_UPDATE = "POST /deal/{id}"
    DEAL_TRANSITION = "POST /deal/{id}/applyTransition"
    DEAL_LINK = "POST /deal/{id}/linkWith"
    DEAL_TASKS = "GET /deal/{id}/linkedTasks"
    DEAL_TODOS = "GET /deal/{id}/todos"
    DEAL_HISTORY = "GET /deal/{id}/history"
    DEAL_COMMENTS = "GET /deal/{id}/comments"
    DEAL_COMMENT = "POST /deal/{id}/comments"
    DEAL_STATUS_HISTORY = "GET /deal/{id}/statusHistory"
    TASKS = "GET /task"
    TASK = "GET /task/{id}"
    TASK_CREATE = "POST /task"
    TASK_ACTION = "POST /task/{id}/doAction"
    TASK_LINK = "POST /task/{id}/linkWith"
    TASK_HISTORY = "GET /task/{id}/history"
    CONTRACTORS = "GET /contractor"
    CONTRACTOR = "GET /contractor/{id}"
    CONTRACTOR_PAYERS = "GET /contractor/{id}/payers"
    HUMAN_HISTORY = "GET /contractorHuman/{id}/history"
    HUMAN_TODOS = "GET /contractorHuman/{id}/todos"
    COMPANY_HISTORY = "GET /contractorCompany/{id}/history"
    COMPANY_TODOS = "GET /contractorCompany/{id}/todos"
    INVOICE = "GET /invoice/{id}"
    INVOICE_UPDATE = "POST /invoice/{id}"
    PAYERS = "GET /payer"
    EMPLOYEES = "GET /employee"
    TODOS = "GET /todo"
    BULK = "POST /bulk"

    @property
    def method(self) -> str:
        """Return the HTTP method."""
        return self.value.partition(" ")[0]

    @property
    def path(self) -> str:
        """Return the path below the API's prefix, with ``{id}`` open."""
        return self.value.partition(" ")[2]

    def target(self, entity: str = "", query: dict[str, Json] | None = None) -> str:
        """Return path and query as they go over the wire.

        Args:
            entity: Id for ``{id}``.
            query: Parameters; None or empty sends no query.
        """
        path = PREFIX + self.path.replace("{id}", quote(entity, safe="")).rstrip("/")
        return f"{path}?{quote(compact(query), safe='')}" if query else path


def compact(value: Json) -> str:
    """Return JSON without spaces; letters beyond ASCII stay as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def link(kind: str, entity: str) -> dict[str, Json]:
    """Return a reference to an existing entity (contract 2.4)."""
    return {"contentType": kind, "id": entity}


def links(kind: str, entities: Iterable[str]) -> list[Json]:
    """Return references to several entities."""
    return [link(kind, one) for one in entities]


def page_query(
    *,
    limit: int,
    fields: Sequence[str] = (),
    sort_by: str | None = None,
    after: dict[str, Json] | None = None,
    list_filter: dict[str, Json] | None = None,
) -> dict[str, Json]:
    """Return the parameters of one page.

    Args:
        limit: At most 100 (contract 2.5).
        fields: Exactly these are asked for; none leaves the choice to the server.
        sort_by: Sortable field, newest or largest first; None where the type has none.
        after: Link to the last entity of the page before.
        list_filter: Filter of the entity's own type.
    """
    query: dict[str, Json] = {"limit": limit}
    if fields:
        query |= {"fields": list(fields), "onlyRequestedFields": True}
    if sort_by is not None:
        query["sortBy"] = [{"contentType": "SortField", "fieldName": sort_by, "desc": True}]
    if list_filter is not None:
        query["filter"] = list_filter
    if after is not None:
        query["pageAfter"] = after
    return query


def program_filter(program: str) -> dict[str, Json]:
    """Return the filter for the deals of one program; its effect is re-checked by the reader."""
    return {"contentType": "TradeFilter", "id": None, "program": link("Program", program)}


def any_status_filter() -> dict[str, Json]:
    """Return the filter that shows closed tasks as well (contract 4.3.1: ``filter_any``)."""
    term: Json = {
        "contentType": "FilterTermEnum",
        "field": "status",
        "comparison": "equals",
        "value": ["filter_any"],
    }
    return {"contentType": "TaskFilter", "id": None, "config": filter_config([term])}


def filter_config(terms: list[Json], join: str = "and") -> dict[str, Json]:
    """Return the terms of a filter; only probes join by anything else than ``and``."""
    group: Json = {"contentType": "FilterTermGroup", "join": join, "terms": terms}
    return {"contentType": "FilterConfig", "termGroup": group}


def comment_body(content: str, deal: str | None = None) -> dict[str, Json]:
    """Return a comment in the simple form; with its deal named where it stands inside another."""
    body: dict[str, Json] = {"contentType": "Comment", "content": content}
    return body if deal is None else {**body, "subject": link("Deal", deal)}


def notifying_comment_body(content: str, deal: str, to: Sequence[str]) -> dict[str, Json]:
    """Return a comment that notifies employees.

    There is no ``transports`` key: with one, Megaplan might send the comment to the client
    (contract 4.5).
    """
    return {
        "contentType": "CommentCreateActionRequest",
        "comment": comment_body(content, deal),
        "participantsToNotify": links("Employee", to),
    }


def task_action_body(action: str, said: str = "") -> dict[str, Json]:
    """Return an action on a task, e.g. ``act_done`` (contract 4.3.2)."""
    body: dict[str, Json] = {
        "contentType": "TaskActionRequest",
        "action": action,
        "checkTodos": False,
    }
    return {**body, "text": said} if said else body


def deal_update_body(deal: str, changes: dict[str, Json]) -> dict[str, Json]:
    """Return a partial update; without ``id`` in the body some entities are created anew (2.3)."""
    return {**link("Deal", deal), **changes}


def bulk_body(targets: Sequence[str]) -> dict[str, Json]:
    """Return several reads in one request; never anything but reads (contract 4.14)."""
    calls: list[Json] = [
        {"contentType": "ApiCall", "method": "GET", "url": target} for target in targets
    ]
    return {"contentType": "BulkApiCall", "calls": calls}
