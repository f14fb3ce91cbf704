"""All endpoints in one table, and the calls that carry other calls (contract 4.14)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from westsync.sandbox.megaplan.api import clients, deals, every_type, goods, work
from westsync.sandbox.megaplan.api.calls import Call, Routes, broken, find
from westsync.sandbox.megaplan.bodies import accept
from westsync.sandbox.megaplan.query import read_query
from westsync.sandbox.megaplan.rendering import Renderer, envelope
from westsync.sandbox.megaplan.wire import Doc, Refused, invalid, is_link, ref

if TYPE_CHECKING:
    from westsync.sandbox.megaplan.api.calls import Handler
    from westsync.sandbox.megaplan.core import Core

PREFIX = "/api/v3"
BULK = Routes()


def refusal(exc: Refused) -> Doc:
    """Render a refusal as the error envelope of contract 2.1."""
    answer = envelope([], status=exc.status)
    answer["meta"]["errors"] = [
        {"field": found.field, "message": found.message} for found in exc.complaints
    ]
    return answer


def dispatch(call: Call, path: str) -> Doc:
    """Find the endpoint of a path below ``/api/v3`` and answer.

    Args:
        call: Everything but route and ids, which are filled in here.
        path: E.g. ``/deal/501``.

    Raises:
        Refused: What the server answers instead.
    """
    call.route, call.ids, handler = find(ROUTES, call.method, path)
    return handler(call)


def route_of(method: str, path: str) -> str | None:
    """Return the route that a path below ``/api/v3`` stands for, None if nothing does."""
    try:
        return find(ROUTES, method, path)[0]
    except Refused:
        return None


@BULK.add("POST /bulk")
def _bulk(call: Call) -> Doc:
    """Answer several calls in one; each has its own outcome, nothing is atomic."""
    _there(call.core)
    body = accept(call.core, call.body, ("BulkApiCall",), creating=True)
    return envelope([_inner(call, item) for item in body["calls"]])


def _inner(call: Call, item: Doc) -> Doc:
    target = urlsplit(str(item.get("url", "")))
    inner = Call(
        core=call.core,
        user=call.user,
        method=str(item.get("method", "GET")).upper(),
        route="",
        query=read_query(target.query),
    )
    try:
        inner.body = _carried_body(item.get("body"))
        answer = dispatch(inner, _below_prefix(target.path))
    except Refused as exc:
        answer = refusal(exc)
    call.notes.extend(inner.notes)
    answer["meta"]["pagination"] = answer["meta"]["pagination"] or {}  # here PHP prints {} (6)
    return answer


def _below_prefix(path: str) -> str:
    if not path.startswith(f"{PREFIX}/"):
        raise Refused(404)
    return path.removeprefix(PREFIX)


def _carried_body(text: str | None) -> object:
    """Parse the body of a carried call, which is a JSON *string* (4.14)."""
    try:
        return json.loads(text) if text else None
    except ValueError as exc:
        raise invalid("body is not a JSON text", "body") from exc


@BULK.add("POST /bulk/getEntitiesByLinks")
def _by_links(call: Call) -> Doc:
    """Return entities by their links, unordered; employees break it (LIVE)."""
    _there(call.core)
    links = call.body
    if not isinstance(links, list) or not all(is_link(item) for item in links):
        raise invalid("'stdClass' is not assignable to 'BaseEntity[]'")
    if any(item["contentType"] == "Employee" for item in links):
        raise broken("Internal server error")
    found = {ref(item): call.core.store.follow(item) for item in links}
    present = [found[key] for key in sorted(found)]
    renderer = Renderer(call.core, call.user)
    return envelope([renderer.card(doc) for doc in present if doc is not None])


def _there(core: Core) -> None:
    if not core.switches.bulk:
        raise Refused(404)


ROUTES: dict[str, tuple[str, Handler]] = {
    shape: entry
    for family in (every_type.ROUTES, deals.ROUTES, work.ROUTES, clients.ROUTES, goods.ROUTES, BULK)
    for shape, entry in family.handlers.items()
}
