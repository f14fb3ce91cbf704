"""Breaches of the contract by the client, found in the request log.

What Megaplan forgives in silence or punishes a year later is named here with the section that
forbids it. Rules look at one request; `repeats` looks at what came before.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from westsync.sandbox.megaplan.api.table import PREFIX, route_of
from westsync.sandbox.megaplan.query import read_query
from westsync.sandbox.megaplan.repeats import repeated
from westsync.sandbox.megaplan.rules_body import body_rules
from westsync.sandbox.megaplan.rules_query import query_rules
from westsync.sandbox.standin.breaches import Breach, named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from westsync.sandbox.megaplan.requestlog import Request

SECTIONS = {
    "access-token-in-query": "1.5",
    "auth-encoding": "1.2",
    "bulk-too-large": "4.14",
    "comment-transports": "4.5",
    "cursor-type": "2.5",
    "delete-call": "2.3",
    "extra-parameter": "2.2",
    "filter-type": "2.9",
    "limit-over-100": "2.5",
    "list-without-sort": "2.5",
    "missing-content-type": "2.2",
    "or-join": "2.9",
    "params-query": "2.2",
    "personal-data": "4.8",
    "q-on-list": "2.8",
    "query-encoding": "2.2",
    "readonly-field": "4.1",
    "repeated-create": "7",
    "sort-field": "2.6",
    "todo-when": "4.4",
    "too-many-fields": "2.2",
    "transition-not-possible": "4.1",
    "unknown-endpoint": "4",
    "unknown-field": "2.7",
    "unknown-filter-field": "2.9",
    "update-without-id": "2.3",
    "user-agent": "6",
}
MAX_BULK = 20


def breaches(requests: Sequence[Request]) -> list[Breach]:
    """Return every breach in a log, oldest first.

    Calls inside ``POST /bulk`` are judged like calls of their own.

    Args:
        requests: The log, or a slice of it.
    """
    found = [
        (entry, rule, detail)
        for request in requests
        for entry in (request, *_inside(request))
        for rule, detail in _rules(entry)
    ]
    found += [(entry, "repeated-create", detail) for entry, detail in repeated(requests)]
    return named(found, "contract", SECTIONS)


def _inside(request: Request) -> Iterator[Request]:
    """Unpack the calls of a bulk request."""
    calls = request.body.get("calls") if isinstance(request.body, dict) else None
    if request.route != "POST /bulk" or not isinstance(calls, list):
        return
    for call in calls:
        if isinstance(call, dict):
            target = urlsplit(str(call.get("url", "")))
            method = str(call.get("method", "GET"))
            yield replace(
                request,
                method=method,
                path=target.path,
                route=route_of(method, target.path.removeprefix(PREFIX)),
                raw_query=target.query,
                query=read_query(target.query),
                body=read_query(str(call.get("body") or "")) or None,
                notes=(),
            )


def _rules(entry: Request) -> Iterable[tuple[str, str]]:
    if entry.route is None:
        if entry.fault is None:
            yield "unknown-endpoint", f"status {entry.status}"
        return
    if not entry.agent.startswith("westsync/"):
        yield "user-agent", entry.agent[:40] or "none"
    if entry.method == "DELETE":
        yield "delete-call", "westsync deletes nothing"
    if entry.route == "POST /auth/access_token":
        if not entry.content_type.startswith("application/x-www-form-urlencoded"):
            yield "auth-encoding", entry.content_type
        return
    calls = entry.body.get("calls") if isinstance(entry.body, dict) else None
    if entry.route == "POST /bulk" and isinstance(calls, list) and len(calls) > MAX_BULK:
        yield "bulk-too-large", f"{len(calls)} calls"
    for note in entry.notes:
        yield note, f"status {entry.status}"
    yield from query_rules(entry)
    yield from body_rules(entry)
