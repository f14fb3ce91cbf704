"""An entity stands in full only once per answer; this puts the full form behind every link.

Contract 2.4: later occurrences are bare links (``contentType`` and ``id`` only), and with
``X-USE-INCLUDED-RESPONSE`` the full forms stand in ``included``. One rule serves both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from westsync.connectors.megaplan.values import text

if TYPE_CHECKING:
    from westsync.connectors.megaplan.values import Json

LINK_KEYS = frozenset({"contentType", "id"})

# Value objects (contract 3) hold no links, and half of all objects of an answer are such.
VALUE_KINDS = frozenset({"DateTime", "DateOnly", "DateInterval", "Money"})

Identity: TypeAlias = tuple[str, str]
"""``contentType`` and ``id``."""
_Place: TypeAlias = "tuple[dict[str, Json] | list[Json], str | int, Identity]"


def resolve(document: Json) -> Json:
    """Replace bare links by their full forms and make every id of a link text.

    The document is changed in place. Two entities that mention each other end up holding each
    other, so the result is for reading known paths, not for walking.

    Args:
        document: The whole answer, ``data`` and ``included`` together.
    """
    full: dict[Identity, dict[str, Json]] = {}
    for holder, key, identity in _collect(document, full):
        # Typed as one of both kinds; each key came from its own holder.
        holder[key] = full.get(identity, holder[key])  # type: ignore[index]  # above
    return document


def _collect(document: Json, full: dict[Identity, dict[str, Json]]) -> list[_Place]:
    """List every bare link with the place where it stands, and the richest form of every entity.

    One pass over everything an account says: each value is looked at once and cheaply.
    """
    links: list[_Place] = []
    waiting: list[dict[str, Json] | list[Json]] = []
    if isinstance(document, dict | list):
        waiting.append(document)
    while waiting:
        holder = waiting.pop()
        for key, value in holder.items() if isinstance(holder, dict) else enumerate(holder):
            if type(value) is dict:
                kind = value.get("contentType")
                if type(kind) is str and kind in VALUE_KINDS:
                    continue
                identity = _identity(kind, value)
                if identity is None:
                    waiting.append(value)
                elif len(value) == len(LINK_KEYS):
                    links.append((holder, key, identity))
                else:
                    waiting.append(value)
                    known = full.get(identity)
                    if known is None or len(value) > len(known):
                        full[identity] = value
            elif type(value) is list:
                waiting.append(value)
    return links


def _identity(kind: Json, value: dict[str, Json]) -> Identity | None:
    """Return the identity of an entity or a link, whose id is made text; None for other objects."""
    if type(kind) is not str:
        return None
    number = value.get("id")
    if type(number) is not str:
        number = text(number)
        if number:
            value["id"] = number
    return (kind, number) if number else None
