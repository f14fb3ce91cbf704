"""What a configuration of 1C is expected to have: the table `profiles.yaml`."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TABLE = "profiles.yaml"


class Form(Enum):
    """How a field is written in the base: a value, ``X_Key``, or ``X`` with ``X_Type``."""

    VALUE = ""
    KEY = "k"
    COMPOSITE = "c"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldName:
    """A field as the profile expects it.

    Attributes:
        name: 1C's name without ``_Key``.
        form: What the contract saw; the base's ``$metadata`` decides.
        optional: Whether the base may lack it.
    """

    name: str
    form: Form = Form.VALUE
    optional: bool = False

    @classmethod
    def read(cls, written: str) -> FieldName:
        """Read a name with its marks, e.g. ``Номенклатура c ?``."""
        name, *marks = written.split()
        forms = [Form(mark) for mark in marks if mark != "?"]
        return cls(name=name, form=forms[0] if forms else Form.VALUE, optional="?" in marks)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityNames:
    """An entity, or a section of one, as the profile expects it.

    Attributes:
        key: Our word for it, e.g. ``invoice``.
        entity: 1C's name; of a section its own name.
        optional: Whether the base may lack it.
        fields: Our word -> field.
        sections: Our word -> section.
        words: Further words of 1C's that the profile tells, e.g. operations that are refunds.
    """

    key: str
    entity: str
    optional: bool
    fields: Mapping[str, FieldName]
    sections: Mapping[str, EntityNames] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A configuration of 1C.

    Attributes:
        key: Its name in our settings.
        title: Its name for people.
        creates: Whether an invoice can be made through OData (contract 4.8).
        entities: Our word -> entity.
    """

    key: str
    title: str
    creates: bool
    entities: Mapping[str, EntityNames]

    def names(self) -> Iterator[str]:
        """Return the entities of interest in a description of tens of megabytes."""
        for one in self.entities.values():
            yield one.entity


@lru_cache(maxsize=4)
def profile_of(key: str) -> Profile:
    """Return a profile of the table.

    Raises:
        KeyError: There is none of this name.
    """
    import yaml  # noqa: PLC0415 - only an account with 1C reads the table

    source = files("westsync.connectors.onec").joinpath(TABLE).read_text(encoding="utf-8")
    raw = yaml.load(source, Loader=yaml.CSafeLoader)[key]
    return Profile(
        key=key,
        title=raw["title"],
        creates=raw["creates"],
        entities={
            word: _entity(word, value) for word, value in raw.items() if isinstance(value, dict)
        },
    )


def _entity(word: str, raw: dict[str, Any]) -> EntityNames:
    words = {
        name: (value,) if isinstance(value, str) else tuple(value)
        for name, value in raw.items()
        if name in {"refunds", "sale"}
    }
    return EntityNames(
        key=word,
        entity=raw["entity"],
        optional=raw.get("optional", False),
        fields=_fields(raw["fields"]),
        sections={name: _section(name, value) for name, value in raw.get("rows", {}).items()},
        words=words,
    )


def _section(word: str, raw: dict[str, Any]) -> EntityNames:
    named = FieldName.read(raw["section"])
    return EntityNames(
        key=word, entity=named.name, optional=named.optional, fields=_fields(raw["fields"])
    )


def _fields(raw: dict[str, str]) -> dict[str, FieldName]:
    return {word: FieldName.read(written) for word, written in raw.items()}
