"""Breaches that one OData request shows in its method and body (contract 4.5, 8.1, 8.2)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.sandbox.onec.requestlog import Request

_OFFSET = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9]{2}:?[0-9]{2})")
_MONEY = re.compile(r"Сумма|Цена")
_WITH_KEYS = ("Catalog_", "Document_")
KOPECK_PLACES = 2


def writing_rules(entry: Request) -> Iterator[tuple[str, str]]:
    """Yield rule and detail of each breach."""
    route = entry.route or ""
    if entry.method == "DELETE":
        yield "delete-call", "westsync marks for deletion"
    if entry.method == "PUT":
        yield "put-call", "westsync uses PATCH"
    if route.endswith("/Unpost"):
        yield "unpost-call", "a posting is taken back by the accountant"
    if "1c_odata-dataloadmode" in entry.headers:
        yield "data-load-mode", entry.headers["1c_odata-dataloadmode"]
    if entry.method in {"POST", "PATCH", "PUT"} and isinstance(entry.body, dict):
        yield from _body_rules(entry, entry.body)


def _body_rules(entry: Request, body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if not entry.headers.get("content-type", "").startswith("application/json"):
        yield "content-type", entry.headers.get("content-type", "none")
    is_create = entry.route == f"POST {entry.entity}" and entry.entity.startswith(_WITH_KEYS)
    if is_create and not body.get("Ref_Key"):
        yield "create-without-ref", entry.entity
    if body.get("Posted") is True:
        yield "posted-in-body", entry.entity
    for name, value in body.items():
        yield from _value_rules(name, value)


def _value_rules(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for line in value:
            if isinstance(line, dict):
                if "LineNumber" not in line:
                    yield "row-without-number", name
                for column, inner in line.items():
                    yield from _value_rules(f"{name}/{column}", inner)
    elif isinstance(value, str) and _OFFSET.fullmatch(value):
        yield "moment-with-offset", name
    elif isinstance(value, Decimal) and _MONEY.search(name.rpartition("/")[2]):
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > KOPECK_PLACES:
            yield "money-places", f"{name}: {-exponent} places"
