"""What a base publishes, read from its ``$metadata`` (1C contract 4.3).

On a full base that is tens of megabytes: it is parsed as a stream, and only the entities of the
profile are kept. The parser follows no external reference and expands no entity.
"""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 - msgspec reads annotations at run time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml import etree

_COLLECTION = re.compile(r"Collection\((?:.*\.)?([^.()]+)\)")
_TYPES = frozenset({"EntityType", "ComplexType"})
# Everything that a schema and its container consist of, so that all of it can be forgotten.
_PARTS = (*_TYPES, "EntitySet", "Association", "AssociationSet", "FunctionImport")


class NotMetadata(ValueError):
    """What came is no description of a base."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The part of a base that the profile asks for.

    Attributes:
        entities: Entity -> its properties.
        sections: Entity -> section -> properties of its rows; None if they are not described.
    """

    entities: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sections: Mapping[str, Mapping[str, frozenset[str] | None]] = field(default_factory=dict)

    def encode(self) -> str:
        """Return it as text, to be kept for a day."""
        return msgspec.json.encode(
            {
                "entities": {name: sorted(found) for name, found in self.entities.items()},
                "sections": {
                    entity: {
                        name: None if found is None else sorted(found)
                        for name, found in sections.items()
                    }
                    for entity, sections in self.sections.items()
                },
            }
        ).decode()

    @classmethod
    def decode(cls, kept: str) -> Published:
        """Read what `encode` wrote.

        Raises:
            msgspec.MsgspecError: It is something else.
        """
        return msgspec.convert(msgspec.json.decode(kept), cls)


def read_metadata(source: BinaryIO, wanted: Iterable[str]) -> Published:
    """Read a description as a stream.

    Args:
        source: The XML.
        wanted: Entities to keep.

    Raises:
        NotMetadata: It is no XML, or another document.
    """
    from lxml import etree  # noqa: PLC0415 - only who reads $metadata

    names = frozenset(wanted)
    types: dict[str, dict[str, str]] = {}
    sets: set[str] = set()
    try:
        events = etree.iterparse(
            source,
            events=("end",),
            tag=[f"{{*}}{part}" for part in _PARTS],
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=True,
        )
        for _, element in events:
            name, part = element.get("Name") or "", etree.QName(element).localname
            if part == "EntitySet":
                sets.add(name)
            elif part in _TYPES and _is_wanted(name, names):
                types[name] = {
                    prop.get("Name") or "": prop.get("Type") or ""
                    for prop in element.iterchildren("{*}Property")
                }
            _forget(element)
    except etree.XMLSyntaxError as exc:
        raise NotMetadata(f"not XML: {exc}") from exc
    root = events.root
    if root is None or etree.QName(root).localname != "Edmx":
        raise NotMetadata("it is no description of a base")
    return _published(names, types, sets)


def _published(
    names: frozenset[str], types: dict[str, dict[str, str]], sets: set[str]
) -> Published:
    entities: dict[str, frozenset[str]] = {}
    sections: dict[str, dict[str, frozenset[str] | None]] = {}
    for name in names & types.keys():
        if sets and name not in sets:
            continue  # described, but not in the composition
        entities[name] = frozenset(types[name])
        sections[name] = {}
        for prop, kind in types[name].items():
            if row := _COLLECTION.fullmatch(kind):
                found = types.get(row[1])
                sections[name][prop] = None if found is None else frozenset(found)
    return Published(entities=entities, sections=sections)


def _is_wanted(name: str, names: frozenset[str]) -> bool:
    """Return whether a type is an entity of interest or the rows of one."""
    if name in names:
        return True
    if not name.endswith("_RowType"):
        return False
    owner = name.removesuffix("_RowType").rpartition("_")[0]
    return owner in names


def _forget(element: etree._Element) -> None:
    """Free a finished element and everything before it, so that memory stays flat."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
