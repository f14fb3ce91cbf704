"""Query strings of OData v3, built by hand (1C contract 4.1, 4.4).

1C takes ``+`` for addition, so a space must travel as ``%20``; no library's encoder is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from westsync.connectors.onec.config import ODATA_ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

FORMAT = "json;odata=nometadata"
LONGEST_URL = 2000
MOST_ALTERNATIVES = 10
_SAFE = "$'(),=;:/@*!~-._"


def encoded(part: str) -> str:
    """Return a part of a URL: Cyrillic as UTF-8, space as %20, + as %2B, & as %26."""
    return quote(part, safe=_SAFE)


def literal(value: str) -> str:
    """Return a string literal; a quote inside is doubled."""
    return "'" + value.replace("'", "''") + "'"


def guid(ref: str) -> str:
    """Return the literal of a key."""
    return f"guid'{ref}'"


def moment_literal(local: datetime) -> str:
    """Return the literal of a naive wall clock."""
    return f"datetime'{local.replace(microsecond=0).isoformat()}'"


def in_window(since: datetime, until: datetime) -> str:
    """Return the condition that a document's date is in ``[since, until)``, naive wall clocks."""
    return f"Date ge {moment_literal(since)} and Date lt {moment_literal(until)}"


def all_of(*conditions: str) -> str:
    """Return the conjunction of the conditions that are not empty."""
    return " and ".join(condition for condition in conditions if condition)


def any_of(conditions: Sequence[str]) -> str:
    """Return the disjunction, in brackets where it needs them."""
    return conditions[0] if len(conditions) == 1 else f"({' or '.join(conditions)})"


def entity_path(entity: str, ref: str) -> str:
    """Return the address of one object by its key."""
    return f"{entity}({guid(ref)})"


def posting_path(entity: str, ref: str) -> str:
    """Return the address of the function that posts a document."""
    return f"{entity_path(entity, ref)}/Post"


def options(
    *,
    condition: str = "",
    select: Iterable[str] = (),
    order: str = "",
    top: int | None = None,
) -> dict[str, str]:
    """Return query options in the order of the contract's examples; empty ones are left out."""
    wanted = {
        "$filter": condition,
        "$orderby": order,
        "$top": "" if top is None else str(top),
        "$select": ",".join(dict.fromkeys(select)),
    }
    return {name: value for name, value in wanted.items() if value}


def target(path: str, query: Mapping[str, str] | None = None) -> str:
    """Return path and query as they go over the wire, below the base's address."""
    asked = {"$format": FORMAT, **(query or {})}
    tail = "&".join(f"{name}={encoded(value)}" for name, value in asked.items())
    return f"{ODATA_ROOT}{encoded(path)}?{tail}"


def metadata_target() -> str:
    """Return the address of the description of the base, which is XML only."""
    return f"{ODATA_ROOT}$metadata"


def alternatives(conditions: Iterable[str], room: int) -> Iterator[Sequence[str]]:
    """Cut alternatives into groups of at most ten that keep a URL short enough.

    Args:
        conditions: What is to be joined by ``or``.
        room: Characters that the encoded alternatives may take.
    """
    group: list[str] = []
    taken = 0
    for condition in conditions:
        length = len(encoded(condition)) + len("%20or%20")
        if group and (len(group) == MOST_ALTERNATIVES or taken + length > room):
            yield group
            group, taken = [], 0
        group.append(condition)
        taken += length
    if group:
        yield group
