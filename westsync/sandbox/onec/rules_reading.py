"""Breaches that one OData request shows in its address and headers (contract 4.1, 4.4)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from westsync.sandbox.onec.bp30 import BANK_OUT, RECEIPTS
from westsync.sandbox.onec.odata.syntax import Binary, Literal, Node, Path, conjuncts, nodes, parse
from westsync.sandbox.onec.odata.words import Guid
from westsync.sandbox.onec.refusals import OneCRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.sandbox.onec.requestlog import Request

MOST_ROWS = 500
MOST_ALTERNATIVES = 10
MONEY = frozenset({*RECEIPTS, BANK_OUT})
FORMAT = "json;odata=nometadata"
_STATE = frozenset({"Posted", "DeletionMark"})


def reading_rules(entry: Request) -> Iterator[tuple[str, str]]:
    """Yield rule and detail of each breach."""
    if "+" in entry.raw_query:
        yield "plus-in-query", entry.raw_query[:80]
    if "$skip" in entry.options:
        yield "skip-paging", f"$skip={entry.options['$skip']}"
    if "$inlinecount" in entry.options and "$top" in entry.options:
        yield "count-with-top", f"$top={entry.options['$top']}"
    if entry.key and "$expand" in entry.options:
        yield "expand-on-object", entry.options["$expand"]
    yield from _format(entry)
    condition = _condition(entry)
    if condition is not None:
        yield from _condition_rules(entry, condition)
    if entry.method == "GET" and entry.route == f"GET {entry.entity}" and entry.entity:
        yield from _list_rules(entry, condition)


def _format(entry: Request) -> Iterator[tuple[str, str]]:
    """Both the option and the header name the format, wherever JSON comes back."""
    route = entry.route or ""
    if "$metadata" in route or route.endswith(("/$count", "/Post", "/Unpost")):
        return
    if entry.method not in {"GET", "POST", "PATCH"}:
        return
    wanted = entry.options.get("$format", "").replace(" ", "")
    accepted = entry.headers.get("accept", "").replace(" ", "")
    if wanted != FORMAT or not accepted.startswith(f"application/{FORMAT}"):
        yield "format", f"$format={wanted or 'none'}, Accept: {accepted or 'none'}"


def _condition(entry: Request) -> Node | None:
    try:
        text = entry.options.get("$filter", "")
        return parse(text) if text.strip() else None
    except OneCRefused:
        return None


def _condition_rules(entry: Request, condition: Node) -> Iterator[tuple[str, str]]:
    found = list(nodes(condition))
    names = {node.parts[0] for node in found if isinstance(node, Path)}
    if entry.entity in MONEY and "Контрагент_Key" in names:
        yield "party-filter-on-money", entry.entity
    if entry.entity.startswith("Document_") and names & _STATE:
        yield "filter-on-state", ", ".join(sorted(names & _STATE))
    alternatives = 1 + sum(isinstance(one, Binary) and one.operator == "or" for one in found)
    if alternatives > MOST_ALTERNATIVES:
        yield "or-chain", f"{alternatives} alternatives"


def _list_rules(entry: Request, condition: Node | None) -> Iterator[tuple[str, str]]:
    """A list is bounded by a window, by keys, or by a small ``$top``."""
    top = entry.options.get("$top", "")
    is_small = top.isdecimal() and int(top) <= MOST_ROWS
    is_document = entry.entity.startswith("Document_")
    is_bounded = condition is not None and (not is_document or _is_bounded(condition))
    is_node_list = entry.entity.startswith("ExchangePlan_")
    if not is_small and not is_bounded and not is_node_list:
        yield "list-without-window", entry.options.get("$filter", "no $filter")
    if is_document and is_small and int(top) > 1 and not _is_by_key(condition):
        order = entry.options.get("$orderby", "").replace(" ", "")
        if not order.startswith("Date"):
            yield "top-without-order", f"$top={top}, $orderby={order or 'none'}"


def _is_bounded(condition: Node) -> bool:
    """Return whether a condition names two ends of a window, or keys."""
    ends = set()
    for node in conjuncts(condition):
        match node:
            case Binary("ge" | "gt", Path(("Date",)), Literal(datetime())):
                ends.add("since")
            case Binary("lt" | "le", Path(("Date",)), Literal(datetime())):
                ends.add("until")
            case _:
                continue
    return ends == {"since", "until"} or _is_by_key(condition)


def _is_by_key(condition: Node | None) -> bool:
    """Return whether every way to fulfil a condition names a key."""
    match condition:
        case Binary("and", left, right):
            return _is_by_key(left) or _is_by_key(right)
        case Binary("or", left, right):
            return _is_by_key(left) and _is_by_key(right)
        case Binary("eq", Path((name,)), Literal(Guid())):
            return name.endswith("_Key")
        case _:
            return False
