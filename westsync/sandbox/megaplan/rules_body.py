"""What a client may not put into a body (contract 2.3, 2.4, 4)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from westsync.sandbox.megaplan.rules_query import CUSTOM
from westsync.sandbox.megaplan.typebook import PRIMITIVES, Endpoint, Field, typebook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.sandbox.megaplan.requestlog import Request
    from westsync.sandbox.megaplan.wire import Doc

UPDATE = re.compile(r"POST /(?!bulk)\w+/\{\w+\}")
SAFE_TRANSPORTS: tuple[object, ...] = (None, [], [{}])


def body_rules(entry: Request) -> Iterator[tuple[str, str]]:
    """Yield (rule, detail) of what is wrong with a request's body."""
    endpoint = typebook().endpoints.get(entry.route or "")
    body = entry.body
    if endpoint is None or entry.method != "POST" or not isinstance(body, dict):
        return
    if UPDATE.fullmatch(entry.route or "") and body.get("id") is None:
        yield "update-without-id", "a todo would be created instead"
    if (entry.route or "").endswith("/comments"):
        transports = body.get("transports")
        if transports not in SAFE_TRANSPORTS:
            yield "comment-transports", "it would go to the client"
    if "when" in body and endpoint.response == "Todo":
        yield "todo-when", "422 in every shape"
    yield from _object(body, _default_type(endpoint), "")


def _default_type(endpoint: Endpoint) -> str:
    names = [name for name in endpoint.request if name in typebook().types]
    return names[0] if names else "BaseEntity"


def _object(doc: Doc, expected: str, path: str) -> Iterator[tuple[str, str]]:
    where = path or "body"
    if doc.get("contentType") is None:
        yield "missing-content-type", where
    content_type = str(doc.get("contentType", expected))
    facts = typebook().types.get(content_type)
    if facts is None:
        yield "unknown-field", f"{where}: type {content_type}"
        return
    is_link = path != "" and doc.get("id") is not None
    for name, value in doc.items():
        field = facts.get(name)
        if name in {"contentType", "id"} or name in CUSTOM or is_link:
            continue
        if field is None:
            yield "unknown-field", f"{content_type}.{name}"
        elif field.readonly:
            yield "readonly-field", f"{content_type}.{name}"
        elif not _is_proven_form(name, value):
            yield from _value(value, field, f"{path}.{name}" if path else name)


def _value(value: object, field: Field, path: str) -> Iterator[tuple[str, str]]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict) and not PRIMITIVES.issuperset(field.types):
            yield from _object(item, field.types[0], path)


def _is_proven_form(name: str, value: object) -> bool:
    """``"transports": [{}]`` is proven LIVE though its object has no type (4.5)."""
    return name == "transports" and value in SAFE_TRANSPORTS
