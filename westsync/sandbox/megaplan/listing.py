"""Lists: order, pages by cursor, chosen fields (contract 2.5 to 2.7, 9.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.sandbox.megaplan.rendering import check_fields, value_of
from westsync.sandbox.megaplan.typebook import typebook
from westsync.sandbox.megaplan.wire import Doc, Ref, invalid, is_link, ref

if TYPE_CHECKING:
    from collections.abc import Sequence

    from westsync.sandbox.megaplan.core import Core

DEFAULT_LIMIT = 100


def in_order(
    core: Core, docs: list[Doc], types: Sequence[str], sort: object, user: str
) -> list[Doc]:
    """Return entities as ``sortBy`` asks; without it in the order of an internal index.

    Raises:
        Refused: 422, the form is wrong or the field is not sortable (2.6).
    """
    if sort is None:
        return docs
    if not isinstance(sort, list) or not all(_is_sort_field(item) for item in sort):
        raise invalid("'array' is not assignable to 'SortField[]'", "sortBy")
    for item in reversed(sort):
        name = str(item["fieldName"])
        if not any(_sortable(core, kind, name) for kind in types):
            raise invalid(f"{types[0]} cannot be sorted by {name}", "sortBy")
        docs = sorted(
            docs,
            key=lambda doc, name=name: _key(core, value_of(core, doc, name, user)),  # type: ignore[misc]  # mypy cannot infer a lambda with a bound default
            reverse=bool(item.get("desc")),
        )
    return docs


def _is_sort_field(item: object) -> bool:
    return (
        isinstance(item, dict)
        and item.get("contentType") == "SortField"
        and isinstance(item.get("fieldName"), str)
        and isinstance(item.get("desc", False), bool)
        and not set(item) - {"contentType", "id", "fieldName", "desc"}
    )


def _sortable(core: Core, content_type: str, name: str) -> bool:
    if content_type == "Comment" and name == "timeCreated":
        return core.switches.comment_sort
    described = core.custom.get(content_type, {}).get(name)
    field = typebook().field(content_type, name)
    return bool(described and described["isSortable"]) or (field is not None and field.sortable)


def _key(core: Core, value: object) -> tuple[bool, float, str]:
    """Make values of one field comparable: empty first, numbers, then texts."""
    if isinstance(value, dict):
        if is_link(value):
            target = core.store.follow(value) or value
            return (True, 0, str(target.get("name", "")))
        if value["contentType"] == "DateOnly":
            year, month, day = (int(value.get(part) or 0) for part in ("year", "month", "day"))
            return (True, year * 10_000 + month * 100 + day, "")
        value = value.get("value")
    if isinstance(value, bool | int | float):
        return (True, float(value), "")
    return (value is not None, 0, "" if value is None else str(value))


def page(core: Core, docs: list[Doc], query: Doc) -> tuple[list[Doc], Doc]:
    """Return one page and its ``pagination``.

    Raises:
        Refused: 422, ``limit`` is no positive number, or the cursor is no link of this list.
    """
    limit = query.get("limit", DEFAULT_LIMIT)
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise invalid("'limit' must be a positive integer", "limit")
    limit = min(limit, core.switches.max_limit)
    places = {ref(doc): place for place, doc in enumerate(docs)}
    start = 0
    for name in ("pageAfter", "pageBefore", "pageWith"):
        if query.get(name) is not None:
            place = _place(places, query[name], name)
            start = {
                "pageAfter": place + 1,
                "pageBefore": max(0, place - limit),
                "pageWith": place - place % limit,
            }[name]
            limit = min(limit, place) if name == "pageBefore" else limit
    found = docs[start : start + limit]
    return found, {
        "count": len(docs),
        "limit": limit,
        "currentPage": start // limit + 1 if limit else 1,
        "hasMoreNext": start + limit < len(docs),
        "hasMorePrev": start > 0,
    }


def _place(places: dict[Ref, int], cursor: object, name: str) -> int:
    """Find the cursor's entity; a bare id and an abstract type are 422 (LIVE, 2.5)."""
    if not isinstance(cursor, dict) or not is_link(cursor):
        raise invalid("'stdClass' is not assignable to 'BaseEntity'", name)
    if cursor["contentType"] not in typebook().types:
        raise invalid(f"There is no content type '{cursor['contentType']}'", name)
    if ref(cursor) not in places:
        raise invalid(f"{cursor['contentType']} {cursor['id']} is not in this list", name)
    return places[ref(cursor)]


def chosen(core: Core, types: Sequence[str], query: Doc) -> tuple[tuple[str, ...], bool]:
    """Return the requested fields and whether only they are wanted.

    Raises:
        Refused: 422 for unknown names.
    """
    return check_fields(core, types, query.get("fields")), query.get("onlyRequestedFields") is True
