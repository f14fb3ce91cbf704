"""Answers as JSON at three levels of metadata (contract 4.1, 4.6, 10.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from westsync.sandbox.onec.odata.entries import Entry
    from westsync.sandbox.onec.odata.options import Level
    from westsync.sandbox.onec.refusals import OneCRefused

_ENCODER = msgspec.json.Encoder(decimal_format="number")
Document = dict[str, Any]
_PLAIN = frozenset({"Edm.String", "Edm.Boolean", "Edm.Double"})


def encoded(document: object) -> bytes:
    """Return JSON; a `Decimal` becomes a number, exactly."""
    return _ENCODER.encode(document)


def media_type(level: Level) -> str:
    """Return the ``Content-Type`` of an answer."""
    return f"application/json;odata={level};charset=utf-8"


def feed(
    root: str, name: str, entries: Iterable[Entry], level: Level, count: int | None
) -> Document:
    """Return a list of objects.

    Args:
        root: Address of the OData root, without a slash at the end.
        name: Its entity set.
        entries: Its objects.
        level: How much metadata goes with them.
        count: For ``odata.count``, which is a text; None: without.
    """
    document: Document = {}
    if level != "nometadata":
        document["odata.metadata"] = f"{root}/$metadata#{name}"
    if count is not None:
        document["odata.count"] = str(count)
    return document | {"value": [_object(root, entry, level) for entry in entries]}


def single(root: str, entry: Entry, level: Level) -> Document:
    """Return one object."""
    head: Document = {}
    if level != "nometadata":
        head["odata.metadata"] = f"{root}/$metadata#{entry.kind.name}/@Element"
    return head | _object(root, entry, level)


def rows(root: str, name: str, found: Iterable[Document], level: Level) -> Document:
    """Return a list of plain rows, e.g. of a function."""
    head: Document = {}
    if level != "nometadata":
        head["odata.metadata"] = f"{root}/$metadata#{name}"
    return head | {"value": list(found)}


def error(refused: OneCRefused) -> Document:
    """Return a refusal (contract 4.6)."""
    message = {"lang": "ru", "value": refused.text}
    return {"odata.error": {"code": str(refused.code), "message": message}}


def plain(values: dict[str, tuple[Any, str]]) -> Document:
    """Return values without their types."""
    return {name: _plain(value) for name, (value, _) in values.items()}


def _plain(value: object) -> object:
    return [plain(line) for line in value] if isinstance(value, list) else value


def _object(root: str, entry: Entry, level: Level) -> Document:
    document: Document = {}
    if level == "fullmetadata":
        document["odata.type"] = f"StandardODATA.{entry.kind.name}"
        document["odata.id"] = f"{root}/{entry.path}"
        document["odata.editLink"] = entry.path
    for name, (value, edm) in entry.values.items():
        if level == "fullmetadata" and edm not in _PLAIN:
            document[f"{name}@odata.type"] = edm
        document[name] = _plain(value)
    if level != "nometadata":
        for name in entry.links:
            document[f"{name}@navigationLinkUrl"] = f"{entry.path}/{name}"
    for name, behind in entry.expanded.items():
        document[name] = None if behind is None else _object(root, behind, level)
    return document
