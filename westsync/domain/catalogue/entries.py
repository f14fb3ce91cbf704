"""How an entry of the catalogue is written: its type, its name, one clause of meaning.

What must be read to know a fact is said once for a whole block, by `read_with`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from westsync.domain.facts import FactSpec, FactType, Group

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet


def _entry(kind: FactType, name: str, meaning: str) -> FactSpec:
    return FactSpec(name=name, type=kind, meaning=meaning)


text = partial(_entry, FactType.TEXT)
number = partial(_entry, FactType.NUMBER)
money = partial(_entry, FactType.MONEY)
moment = partial(_entry, FactType.MOMENT)
flag = partial(_entry, FactType.FLAG)
person = partial(_entry, FactType.PERSON)
stage = partial(_entry, FactType.STAGE)
pipeline = partial(_entry, FactType.PIPELINE)
texts = partial(_entry, FactType.TEXTS)


def choice(name: str, meaning: str, *words: str) -> FactSpec:
    """Write a fact that is one of some words."""
    return FactSpec(name=name, type=FactType.CHOICE, meaning=meaning, choices=words)


def records(name: str, meaning: str, *items: FactSpec) -> FactSpec:
    """Write a fact that is a list of entries with these fields."""
    return FactSpec(name=name, type=FactType.RECORDS, meaning=meaning, items=items)


def read_with(groups: AbstractSet[Group], *facts: FactSpec) -> tuple[FactSpec, ...]:
    """Say of some facts what must have been read to know them."""
    return tuple(replace(fact, groups=frozenset(groups)) for fact in facts)


def configured(*facts: FactSpec) -> tuple[FactSpec, ...]:
    """Say of some facts of a deal that they are known only by a configured custom field."""
    return tuple(replace(fact, custom=True) for fact in read_with({Group.DEAL}, *facts))
