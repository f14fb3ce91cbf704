"""What we read of Megaplan's entities, under Megaplan's own names (megaplan-types.json).

A Struct's fields are also the fields that its list is asked for, so nothing is read that was not
asked for and nothing is asked for that is not read. Unknown keys are ignored. A field that the
account hides is absent from the answer (contract 2.7) and stays `UNSET`; null is something else.
Values keep their JSON form here; `values` reads them.
"""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType

# JSON of any shape, or absent. Any, because msgspec checks what it is told, and one odd value must
# not cost the whole item: what an answer really holds is decided where it is read.
Value = Any


class Entity(Struct, kw_only=True, rename="camel", gc=False):
    """Anything with an identity."""

    content_type: str
    id: str


class Deal(Entity, kw_only=True):
    """A deal of the list (contract 4.1)."""

    number: Value = UNSET
    name: Value = UNSET
    program: Value = UNSET
    state: Value = UNSET
    state_time_updated: Value = UNSET
    result: Value = UNSET
    manager: Value = UNSET
    contractor: Value = UNSET
    time_created: Value = UNSET
    time_updated: Value = UNSET
    price: Value = UNSET
    positions: Value = UNSET
    attaches: Value = UNSET
    invoices: Value = UNSET


class Task(Entity, kw_only=True):
    """A task of the list (contract 4.3); every field exists on a project too."""

    name: Value = UNSET
    subject: Value = UNSET
    statement: Value = UNSET
    status: Value = UNSET
    responsible: Value = UNSET
    owner: Value = UNSET
    deadline: Value = UNSET
    status_change_time: Value = UNSET
    time_created: Value = UNSET
    activity: Value = UNSET
    deals: Value = UNSET
    contractor: Value = UNSET


class Contractor(Entity, kw_only=True):
    """A client of the list; only fields that person and company share (contract 4.6)."""

    name: Value = UNSET
    type: Value = UNSET
    contact_info: Value = UNSET
    responsibles: Value = UNSET
    time_created: Value = UNSET
    time_updated: Value = UNSET
    count_deals: Value = UNSET
    is_dropped: Value = UNSET


class Payer(Entity, kw_only=True):
    """Requisites of a client (contract 4.7)."""

    contractor: Value = UNSET
    inn: Value = UNSET
    kpp: Value = UNSET
    is_dropped: Value = UNSET


class Employee(Entity, kw_only=True):
    """A member of staff (contract 4.8)."""

    name: Value = UNSET
    is_working: Value = UNSET
    contact_info: Value = UNSET
    nearest_vacation: Value = UNSET


class Todo(Entity, kw_only=True):
    """A call, meeting or event (contract 4.4)."""

    name: Value = UNSET
    category: Value = UNSET
    status: Value = UNSET
    responsible: Value = UNSET
    time_created: Value = UNSET
    time_finished: Value = UNSET
    when: Value = UNSET
    is_dropped: Value = UNSET


class Comment(Entity, kw_only=True):
    """A comment (contract 4.5)."""

    content: Value = UNSET
    owner: Value = UNSET
    time_created: Value = UNSET
    is_dropped: Value = UNSET


class Changeset(Entity, kw_only=True):
    """One edit in the history (contract 4.12); `generated_by` names a trigger or a scenario."""

    type: Value = UNSET
    author: Value = UNSET
    changes: Value = UNSET
    generated_by: Value = UNSET
    time_created: Value = UNSET


def asked_fields(kind: type[Entity]) -> tuple[str, ...]:
    """Return the field names that a list of this kind is asked for."""
    identity = set(Entity.__struct_encode_fields__)
    return tuple(name for name in kind.__struct_encode_fields__ if name not in identity)


def hidden(value: Value) -> bool:
    """Return whether the answer did not contain the field at all."""
    return isinstance(value, UnsetType)
