"""Breaches that show only beside earlier requests: blind repeats, the same wrong password."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from westsync.sandbox.onec.requestlog import Request

MOST_REFUSED_PASSWORDS = 2
UNCERTAIN = frozenset({0, 201, 500, 502, 503, 504})
"""Statuses after which an object may be there; 0 is a connection that broke (contract 4.6)."""


def repeated(requests: Sequence[Request]) -> Iterator[tuple[Request, str, str]]:
    """Yield request, rule and detail of each breach.

    A create whose fate is uncertain is looked up by its key before it is sent again (8.2); a
    password that was refused twice is not tried a third time (2.2).
    """
    unread: set[tuple[str, str]] = set()
    refused = 0
    for entry in requests:
        refused = refused + 1 if _is_refused(entry) else 0
        if refused > MOST_REFUSED_PASSWORDS:
            yield entry, "password-again", f"refused {refused} times in a row"
        if _is_lookup(entry):
            unread = {one for one in unread if not _looks_up(entry, *one)}
        created = _created(entry)
        if created is None:
            continue
        if created in unread:
            yield entry, "blind-repeat", f"{created[0]} {created[1]}"
        if entry.code is None and entry.status in UNCERTAIN:
            unread.add(created)


def _is_refused(entry: Request) -> bool:
    return entry.status == 401 and entry.code is None


def _created(entry: Request) -> tuple[str, str] | None:
    """Return entity set and key of a create."""
    if entry.route != f"POST {entry.entity}" or not isinstance(entry.body, dict):
        return None
    key = entry.body.get("Ref_Key")
    return (entry.entity, str(key).lower()) if entry.entity and key else None


def _is_lookup(entry: Request) -> bool:
    return entry.method == "GET" and bool(entry.entity)


def _looks_up(entry: Request, entity: str, key: str) -> bool:
    """Return whether a read asks for an object, by its address or in a condition."""
    if entry.entity != entity:
        return False
    return key in entry.key.lower() or key in entry.options.get("$filter", "").lower()
