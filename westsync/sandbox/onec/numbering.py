"""Numbers and codes that 1C assigns when they are left out (contract 7.2, 10.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from westsync.sandbox.onec.schema import EntityType
    from westsync.sandbox.onec.store import Store
    from westsync.sandbox.onec.values import Row

SHORTEST_PREFIXED_CODE = 6


def next_number(store: Store, kind: EntityType, row: Row) -> str:
    """Return the next number of a document in its organisation and year: ``0000-000123``."""
    organisation = store.follow(row.get("Организация"))
    prefix = str(organisation["Префикс"]) if organisation else ""
    sequence = (kind.name, row.get("Организация"), row["Date"].year)
    return f"{prefix.rjust(2, '0')}00-{store.next_number(sequence):06}"


def next_code(store: Store, kind: EntityType) -> str:
    """Return the next code of a catalogue: ``00-00000042``, or digits alone if it is short."""
    number = store.next_number(kind.name)
    if kind.code_length < SHORTEST_PREFIXED_CODE:
        return f"{number:0{kind.code_length}}"
    return f"00-{number:0{kind.code_length - 3}}"
