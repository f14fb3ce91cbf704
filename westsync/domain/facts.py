"""What a fact is: its type, where it comes from, and its value of one object at one moment.

Which facts there are is said in `westsync.domain.catalogue`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class FactType(StrEnum):
    """How a fact's value looks and which operators fit it.

    ``stage``, ``pipeline`` and ``person`` are texts whose words come from the configuration.
    """

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    MOMENT = "moment"
    FLAG = "flag"
    PERSON = "person"
    STAGE = "stage"
    PIPELINE = "pipeline"
    CHOICE = "choice"
    TEXTS = "texts"
    RECORDS = "records"


class Group(StrEnum):
    """What is read together and therefore has one age.

    ``deal``, ``task_list`` and ``client`` come with every poll; ``history``, ``todos`` and
    ``tasks`` are read per object when a decision needs them; the rest are other sources.
    """

    DEAL = "deal"
    CLIENT = "client"
    HISTORY = "history"
    TODOS = "todos"
    TASKS = "tasks"
    ONEC = "onec"
    STOCK = "stock"
    CLOCK = "clock"


DETAIL_GROUPS = frozenset({Group.HISTORY, Group.TODOS, Group.TASKS})

SOURCE_OF_GROUP: Mapping[Group, str] = {
    Group.DEAL: "megaplan",
    Group.CLIENT: "megaplan",
    Group.HISTORY: "megaplan",
    Group.TODOS: "megaplan",
    Group.TASKS: "megaplan",
    Group.ONEC: "onec",
    Group.STOCK: "stock",
    Group.CLOCK: "clock",
}

SOURCES = frozenset(SOURCE_OF_GROUP.values()) - {"clock"}  # the clock is never stale


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSpec:
    """One fact of the catalogue.

    Attributes:
        name: As rules write it.
        type: Decides the operators that fit.
        meaning: One clause for the reference page.
        groups: What must have been read to know it; empty for a field of ``records``, which is
            known with its list.
        choices: Allowed words of a ``choice``.
        items: Fields of each entry of ``records``.
        custom: True if the fact is known only when a custom field is configured for it.
    """

    name: str
    type: FactType
    meaning: str
    groups: frozenset[Group] = frozenset()
    choices: tuple[str, ...] = ()
    items: tuple[FactSpec, ...] = ()
    custom: bool = False

    def item(self, name: str) -> FactSpec | None:
        """Return the field of a list entry, None if entries have no such field."""
        return next((spec for spec in self.items if spec.name == name), None)


@dataclass(frozen=True, slots=True)
class Unknown:
    """The value of a fact that nobody knows now; neither fires nor clears anything.

    Attributes:
        why: For people: ``not read yet``, ``hidden in Megaplan``, ``onec is not connected``.
        groups: What would have to be read to know it; empty if reading does not help.
    """

    why: str
    groups: frozenset[Group] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one object at one moment.

    Attributes:
        kind, id: The object.
        values: Fact name -> value; `Unknown` where nobody knows; None (or an empty tuple) = empty.
            Moments are aware UTC, money and numbers Decimal, persons logins of the configuration
            (``#1000003`` for an employee who is not in it), records tuples of mappings.
        as_of: Group -> when it was read (UTC); a group that was never read is absent.
        source_as_of: Source -> last successful observation, for ``needs``.
        notes: Fact name -> what explain should add, e.g. which edits did not count.
        groups: Fact name -> what was read for it, from the catalogue.
    """

    kind: str
    id: str
    values: Mapping[str, object]
    as_of: Mapping[Group, datetime] = field(default_factory=dict)
    source_as_of: Mapping[str, datetime] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, frozenset[Group]] = field(default_factory=dict)
