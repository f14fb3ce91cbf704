"""What a client may not put into a query (contract 2.2 to 2.9)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from westsync.sandbox.megaplan import company
from westsync.sandbox.megaplan.typebook import Endpoint, typebook
from westsync.sandbox.megaplan.wire import Doc, is_link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.sandbox.megaplan.requestlog import Request

ENCODED = re.compile(r"(?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})*")
PERSONAL = re.compile(r"passport|pasport|address|adres|birthday", re.IGNORECASE)
CUSTOM = frozenset(
    [name for name, *_ in company.DEAL_FIELDS.values()]
    + [name for _, name, *_ in company.OTHER_FIELDS]
)
SORTED_TYPES = frozenset(
    {
        "Deal",
        "Task",
        "Project",
        "ContractorCompany",
        "ContractorHuman",
        "Offer",
        "FinOperation",
        "Employee",
    }
)
SEARCHES = ("search", "possibleDuplicates", "similar", "duplicates")
FILTERS = {
    "GET /deal": "TradeFilter",
    "GET /task": "TaskFilter",
    "GET /todo": "TodoFilter",
    "GET /offer": "OfferFilter",
    "GET /employee": "EmployeeFilter",
    "GET /contractor": "CrmFilter",
    "GET /contractorCompany": "CrmFilter",
    "GET /contractorHuman": "CrmFilter",
}
MAX_FIELDS = 60


def query_rules(entry: Request) -> Iterator[tuple[str, str]]:
    """Yield (rule, detail) of what is wrong with a request's query."""
    if entry.raw_query and not entry.query and entry.raw_query != "%7B%7D":
        yield "params-query", "the query is not one JSON object"
        return
    if ENCODED.fullmatch(entry.raw_query) is None:
        yield "query-encoding", "RFC 3986 wanted: %20 for a space, nothing left safe"
    endpoint = typebook().endpoints.get(entry.route or "")
    if endpoint is None:
        return
    types = _types(endpoint)
    query = entry.query
    yield from _parameters(entry, endpoint)
    yield from _order(entry, endpoint, types)
    yield from _names(query, types)
    for name in ("pageAfter", "pageBefore", "pageWith"):
        cursor = query.get(name)
        if cursor is not None and (not is_link(cursor) or cursor["contentType"] == "Contractor"):
            yield "cursor-type", name
    if "filter" in query:
        yield from _filter(entry, types)


def _types(endpoint: Endpoint) -> tuple[str, ...]:
    return tuple(endpoint.response.removesuffix("[]").strip("()").split("|"))


def _parameters(entry: Request, endpoint: Endpoint) -> Iterator[tuple[str, str]]:
    query = entry.query
    limit = query.get("limit")
    if isinstance(limit, int) and limit > 100:
        yield "limit-over-100", str(limit)
    if "access_token" in query:
        yield "access-token-in-query", "it leaks into logs"
    is_search = any(word in (entry.route or "") for word in SEARCHES)
    if "q" in query and not is_search:
        yield "q-on-list", "the server ignores it"
    for name in query:
        if name not in endpoint.parameters and name != "access_token" and not is_search:
            yield "extra-parameter", name


def _order(entry: Request, endpoint: Endpoint, types: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    query, route = entry.query, entry.route or ""
    is_list = endpoint.response.endswith("[]") and entry.method == "GET"
    if not is_list or any(word in route for word in SEARCHES):
        return
    sort = query.get("sortBy")
    if sort is None:
        if SORTED_TYPES.intersection(types) and "sortBy" in endpoint.parameters:
            yield "list-without-sort", "the order is an internal index"
        return
    for item in sort if isinstance(sort, list) else []:
        name = str(item.get("fieldName")) if isinstance(item, dict) else ""
        if not isinstance(item, dict) or item.get("contentType") != "SortField":
            yield "missing-content-type", "sortBy"
        found = [typebook().field(kind, name) for kind in types]
        is_habit = "Comment" in types and name == "timeCreated"
        if name not in CUSTOM and not is_habit and not any(f and f.sortable for f in found):
            yield "sort-field", f"{types[0]}.{name}"


def _names(query: Doc, types: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    names = query.get("fields")
    if not isinstance(names, list):
        return
    if len(names) >= MAX_FIELDS:
        yield "too-many-fields", str(len(names))
    for name in names:
        known = any(typebook().field(kind, str(name)) for kind in types) or name in CUSTOM
        if not known:
            yield "unknown-field", f"{types[0]}.{name}"
        if PERSONAL.search(str(name)):
            yield "personal-data", str(name)


def _filter(entry: Request, types: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    given = entry.query["filter"]
    wanted = FILTERS.get(entry.route or "")
    if not isinstance(given, dict) or given.get("contentType") != wanted:
        yield "filter-type", str(given.get("contentType") if isinstance(given, dict) else given)
        return
    for node in _nodes(given):
        if "contentType" not in node:
            yield "missing-content-type", f"filter: {', '.join(sorted(node))}"
        if node.get("join") == "or":
            yield "or-join", "some accounts reject it"
        if str(node.get("contentType", "")).startswith("FilterTerm") and "field" in node:
            name = str(node["field"])
            known = any(typebook().field(kind, name) for kind in types) or name in CUSTOM
            if not known and name != "participant":
                yield "unknown-filter-field", name
            if PERSONAL.search(name):
                yield "personal-data", name


def _nodes(value: object) -> Iterator[Doc]:
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from _nodes(item)
    elif isinstance(value, list):
        for item in value:
            yield from _nodes(item)
