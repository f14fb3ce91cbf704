"""The profile's words matched with what a base really has: what is asked, what is read (4.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from westsync.connectors.onec.config import SYSTEM
from westsync.connectors.onec.profiles import EntityNames, FieldName, Form
from westsync.connectors.onec.values import (
    Json,
    day,
    flag,
    moment,
    money,
    reference,
    text,
)
from westsync.errors import UnexpectedReply

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime
    from decimal import Decimal
    from zoneinfo import ZoneInfo

    from westsync.connectors.onec.metadata import Published
    from westsync.connectors.onec.profiles import Profile
    from westsync.domain.ledger import LedgerRef

TYPE_PREFIX = "StandardODATA."


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A field as the base has it.

    Attributes:
        name: Property that holds the value or key.
        form: Value, key or composite.
    """

    name: str
    form: Form = Form.VALUE

    @property
    def properties(self) -> tuple[str, ...]:
        """Return what must be asked for."""
        if self.form is Form.COMPOSITE:
            return self.name, f"{self.name}_Type"
        return (self.name,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """An entity, or a section, as the base has it.

    Attributes:
        entity: 1C's name.
        columns: Our word -> column; a word that the base lacks is absent.
        sections: Our word -> section.
        words: The profile's further words.
    """

    entity: str
    columns: Mapping[str, Column]
    sections: Mapping[str, Table] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def select(self, *words: str) -> list[str]:
        """Return the properties of some words, of all without any; those of sections behind."""
        chosen = [self.columns[word] for word in (words or self.columns) if word in self.columns]
        asked = [name for column in chosen for name in column.properties]
        if not words:
            for section in self.sections.values():
                asked += [f"{section.entity}/{name}" for name in section.select()]
        return asked

    def name(self, word: str) -> str:
        """Return the property of a word, for a condition.

        Raises:
            KeyError: The base has no such field.
        """
        return self.columns[word].name


@dataclass(frozen=True, slots=True)
class Row:
    """An object of the base, or a row of a section, read by our words.

    A word that the base lacks reads as empty.
    """

    raw: Mapping[str, Json]
    table: Table

    def value(self, word: str) -> Json:
        """Return the plain value."""
        column = self.table.columns.get(word)
        return None if column is None else self.raw.get(column.name)

    def text(self, word: str) -> str:
        """Return text, without spaces on the right."""
        return text(self.value(word))

    def flag(self, word: str) -> bool:
        """Return a flag."""
        return flag(self.value(word))

    def ref(self, word: str) -> LedgerRef | None:
        """Return a key; None for the empty one."""
        return reference(self.value(word))

    def kind_of(self, word: str) -> str:
        """Return the entity that a composite reference points to; empty if it does not tell."""
        column = self.table.columns.get(word)
        if column is None or column.form is not Form.COMPOSITE:
            return ""
        return text(self.raw.get(f"{column.name}_Type")).removeprefix(TYPE_PREFIX)

    def key(self) -> LedgerRef:
        """Return the object's own key.

        Raises:
            UnexpectedReply: It has none.
        """
        ref = self.ref("ref")
        if ref is None:
            raise self._unfitting("Ref_Key is missing")
        return ref

    def money(self, word: str) -> Decimal:
        """Return roubles.

        Raises:
            UnexpectedReply: It is no number.
        """
        read = money(self.value(word))
        if read is None:
            raise self._unfitting(f"{word} is no sum")
        return read

    def moment(self, word: str, zone: ZoneInfo) -> datetime:
        """Return a UTC moment.

        Raises:
            UnexpectedReply: It is empty or no date.
        """
        read = moment(self.value(word), zone)
        if read is None:
            raise self._unfitting(f"{word} is no date")
        return read

    def day(self, word: str) -> date | None:
        """Return a date of the server's zone; None if it is empty."""
        return day(self.value(word))

    def _unfitting(self, what: str) -> UnexpectedReply:
        name = self.text("number") or self.text("ref") or "a row"
        return UnexpectedReply(SYSTEM, f"read {self.table.entity} {name}", what)

    def rows(self, word: str) -> Iterator[Row]:
        """Return the rows of a section; none if the base lacks it."""
        section = self.table.sections.get(word)
        found = None if section is None else self.raw.get(section.entity)
        if section is None or not isinstance(found, list):
            return
        for raw in found:
            if isinstance(raw, dict):
                yield Row(raw, section)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """All tables of a base.

    Attributes:
        profile: What was expected.
        tables: Our word -> table; an entity that the base lacks is absent.
        missing: What the base lacks, in words, necessary things only.
        absent: Optional entities that the base does not publish.
    """

    profile: Profile
    tables: Mapping[str, Table]
    missing: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


def resolve(profile: Profile, published: Published) -> Names:
    """Match a profile with a base."""
    tables: dict[str, Table] = {}
    missing: list[str] = []
    absent: list[str] = []
    for word, names in profile.entities.items():
        properties = published.entities.get(names.entity)
        if properties is None:
            (absent if names.optional else missing).append(names.entity)
            continue
        columns, lacking = _columns(names, properties)
        sections, lacking_in_rows = _sections(names, published.sections.get(names.entity, {}))
        missing += [f"{names.entity}.{name}" for name in (*lacking, *lacking_in_rows)]
        if not lacking:  # it can be read; who writes looks at the rows as well
            tables[word] = Table(
                entity=names.entity, columns=columns, sections=sections, words=names.words
            )
    return Names(profile=profile, tables=tables, missing=tuple(missing), absent=tuple(absent))


def _sections(
    names: EntityNames, published: Mapping[str, frozenset[str] | None]
) -> tuple[dict[str, Table], list[str]]:
    found: dict[str, Table] = {}
    lacking: list[str] = []
    for word, section in names.sections.items():
        if section.entity not in published:
            lacking += [] if section.optional else [section.entity]
            continue
        columns, lacking_here = _columns(section, published[section.entity])
        lacking += [f"{section.entity}/{name}" for name in lacking_here]
        found[word] = Table(entity=section.entity, columns=columns)
    return found, lacking


def _columns(
    names: EntityNames, properties: frozenset[str] | None
) -> tuple[dict[str, Column], list[str]]:
    columns: dict[str, Column] = {}
    lacking: list[str] = []
    for word, expected in names.fields.items():
        column = _as_seen(expected) if properties is None else _column(expected, properties)
        if column is not None:
            columns[word] = column
        elif not expected.optional:
            lacking.append(expected.name)
    return columns, lacking


def _column(expected: FieldName, properties: frozenset[str]) -> Column | None:
    """Take ``X_Key`` if it is there, else ``X`` with ``X_Type``, else nothing (4.3)."""
    name = expected.name
    if expected.form is Form.VALUE:
        if name in properties:
            return Column(name=name)
        return None
    if f"{name}_Key" in properties:
        return Column(name=f"{name}_Key", form=Form.KEY)
    if name in properties and f"{name}_Type" in properties:
        return Column(name=name, form=Form.COMPOSITE)
    return None


def _as_seen(expected: FieldName) -> Column:
    """Return the form the contract saw, for rows whose type the base does not describe."""
    if expected.form is Form.KEY:
        return Column(name=f"{expected.name}_Key", form=Form.KEY)
    return Column(name=expected.name, form=expected.form)
