"""Rows as documents of OData: what is selected, expanded, presented (contract 4.3, 4.4).

An `Entry` says what an answer holds; `json_answers` and `atom_answers` write it down.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from westsync.sandbox.onec.odata.appearance import (
    entry_path,
    field_presentation,
    presentation,
    shown,
)
from westsync.sandbox.onec.refusals import bad_option, no_property

if TYPE_CHECKING:
    from westsync.sandbox.onec.infobase import Infobase
    from westsync.sandbox.onec.schema import EntityType, Section
    from westsync.sandbox.onec.values import Row

PRESENTATION = "____Presentation"


@dataclass(slots=True, kw_only=True)
class Entry:
    """One object in an answer.

    Attributes:
        kind: Its type.
        path: Its address below the root.
        values: Name on the wire -> value and EDM type; a section's value is a list of such
            mappings.
        links: Names of references that can be followed.
        expanded: Reference -> the object behind it, None if it is empty or dangling.
    """

    kind: EntityType
    path: str
    values: dict[str, tuple[Any, str]]
    links: tuple[str, ...] = ()
    expanded: dict[str, Entry | None] = field(default_factory=dict)


class Selection:
    """Makes entries of one type as ``$select`` and ``$expand`` want them."""

    def __init__(
        self,
        base: Infobase,
        kind: EntityType,
        select: tuple[str, ...] = (),
        expand: tuple[str, ...] = (),
    ) -> None:
        """Understand what is wanted.

        Raises:
            OneCRefused: Code 10: no such field. Code 14: a section cannot be expanded.
        """
        self._base = base
        self._kind = kind
        self._expand = {name: self._expansion(name, select, expand) for name in _heads(expand)}
        own = [name for name in select if name.partition("/")[0] not in self._expand]
        self._everything = not select
        self._names: list[str] = []
        self._lines: dict[str, list[str]] = {}
        for name in own or ([] if select else ["*"]):
            self._choose(name)

    def entry(self, row: Row) -> Entry:
        """Return a row as an answer holds it."""
        kind = self._kind
        values = {name: self._value(name, row) for name in self._names}
        for name, columns in self._lines.items():
            section = kind.sections[name]
            lines = [_line(section, columns, line, row) for line in row[name]]
            values[name] = (lines, f"Collection(StandardODATA.{kind.name}_{name}_RowType)")
        expanded = {name: self._behind(name, row) for name in self._expand}
        links = tuple(
            name
            for name, one in kind.references.items()
            if one.target in self._base.published and row.get(name) and name not in expanded
        )
        return Entry(
            kind=kind, path=entry_path(kind, row), values=values, links=links, expanded=expanded
        )

    def _expansion(self, name: str, select: tuple[str, ...], expand: tuple[str, ...]) -> Selection:
        if name in self._kind.sections:
            raise bad_option(f"$expand={name}: табличная часть не раскрывается")
        one = self._kind.fields.get(name)
        target = self._base.published.get(one.target or "") if one else None
        if target is None:
            raise no_property(self._kind.name, name)
        return Selection(self._base, target, _tails(name, select), _tails(name, expand))

    def _choose(self, name: str) -> None:
        """Add what one item of ``$select`` names."""
        kind = self._kind
        head, _, rest = name.partition("/")
        if name in {"*", "**"}:
            self._names += [one for one in kind.properties if one not in self._names]
            if name == "*":
                self._lines |= {one: list(found.properties) for one, found in kind.sections.items()}
        elif name == f"*{PRESENTATION}":
            self._names += [f"{one}{PRESENTATION}" for one in kind.fields]
        elif head in kind.sections:
            section = kind.sections[head]
            columns = list(section.properties) if rest in {"", "*"} else [rest]
            if columns[0] not in section.properties:
                raise no_property(f"{kind.name}_{head}", rest)
            self._lines.setdefault(head, []).extend(columns)
        elif name in kind.properties or self._is_presentation(name):
            self._names.append(name)
        elif name not in kind.references:
            raise no_property(kind.name, name)

    def _is_presentation(self, name: str) -> bool:
        plain = name.removesuffix(PRESENTATION)
        return name.endswith(PRESENTATION) and (plain in self._kind.fields or not plain)

    def _value(self, name: str, row: Row) -> tuple[Any, str]:
        one = self._kind.properties.get(name)
        if one is not None:
            return shown(one, row), one.edm
        plain = name.removesuffix(PRESENTATION)
        if plain in {"", "Ref"}:
            return presentation(self._kind, row), "Edm.String"
        base = self._base
        return field_presentation(base.store, base.schema, row.get(plain)), "Edm.String"

    def _behind(self, name: str, row: Row) -> Entry | None:
        found = self._base.store.follow(row.get(name))
        return None if found is None else self._expand[name].entry(found)


def section_values(section: Section, line: Row, owner: Row) -> dict[str, tuple[Any, str]]:
    """Return a row of a tabular section with the key of its object."""
    return _line(section, list(section.properties), line, owner)


def _line(
    section: Section, columns: list[str], line: Row, owner: Row
) -> dict[str, tuple[Any, str]]:
    chosen = {
        name: (shown(section.properties[name], line), section.properties[name].edm)
        for name in columns
    }
    return {"Ref_Key": (owner.get("Ref", ""), "Edm.Guid"), **chosen}


def _heads(paths: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(path.partition("/")[0] for path in paths))


def _tails(head: str, paths: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(path.partition("/")[2] for path in paths if path.startswith(f"{head}/"))
