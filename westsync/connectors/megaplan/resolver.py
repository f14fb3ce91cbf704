"""An entity stands in full only once per answer; this puts the full form behind every link.

Contract 2.4: later occurrences are bare links (``contentType`` and ``id`` only), and with
``X-USE-INCLUDED-RESPONSE`` the full forms stand in ``included``. One rule serves both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.connectors.megaplan.values import text

if TYPE_CHECKING:
    from westsync.connectors.megaplan.values import Json

LINK_KEYS = frozenset({"contentType", "id"})


def resolve(document: Json) -> Json:
    """Replace bare links by their full forms and make every id of a link text.

    The document is changed in place. Two entities that mention each other end up holding each
    other, so the result is for reading known paths, not for walking.

    Args:
        document: The whole answer, ``data`` and ``included`` together.
    """
    full: dict[tuple[str, str], dict[str, Json]] = {}
    holders: list[dict[str, Json] | list[Json]] = []
    _collect(document, full, holders)
    for holder in holders:
        if isinstance(holder, dict):
            for key, value in holder.items():
                holder[key] = _full_form(value, full)
        else:
            holder[:] = [_full_form(value, full) for value in holder]
    return _full_form(document, full)


def _collect(
    document: Json,
    full: dict[tuple[str, str], dict[str, Json]],
    holders: list[dict[str, Json] | list[Json]],
) -> None:
    """List every container, and the richest form of every entity."""
    waiting: list[Json] = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            holders.append(value)
            waiting.extend(reversed(value))
        elif isinstance(value, dict):
            holders.append(value)
            _keep_richest(value, full)
            waiting.extend(reversed(value.values()))


def _keep_richest(value: dict[str, Json], full: dict[tuple[str, str], dict[str, Json]]) -> None:
    identity = _identity(value)
    if identity is None:
        return
    value["id"] = identity[1]
    known = full.get(identity)
    if len(value) > len(LINK_KEYS) and (known is None or len(value) > len(known)):
        full[identity] = value


def _full_form(value: Json, full: dict[tuple[str, str], dict[str, Json]]) -> Json:
    if not isinstance(value, dict) or not LINK_KEYS.issuperset(value):
        return value
    identity = _identity(value)
    return value if identity is None else full.get(identity, value)


def _identity(value: dict[str, Json]) -> tuple[str, str] | None:
    kind, number = value.get("contentType"), text(value.get("id"))
    return (kind, number) if isinstance(kind, str) and number else None
