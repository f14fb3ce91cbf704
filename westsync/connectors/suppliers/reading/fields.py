"""A field of the profile, compiled into a function from a row or record to its cell.

The format knows how to *find* a field (`Locator`); what is done to the found text (`regex`,
`strip`, `default`, `map`, `lookup`, bounds) is the same for every format and is here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from westsync.connectors.suppliers.reading.cleaning import compared
from westsync.connectors.suppliers.reading.codes import cell_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.connectors.suppliers.profile_fields import Field

Node = Any
"""A row of cells, an XML element, an object of JSON or a node of a page, as its reader gives it."""

Value = Any
"""A cell: `quantity.Cell`, or whatever a JSON document holds there."""

Getter = Callable[[Node], Value]
"""From a row or record to a cell; "" or None where there is nothing."""

Lookups = dict[str, dict[str, str]]
"""Name of a `Field.lookup` -> id -> text; filled while the file is read."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class Locator(Protocol):
    """How a format finds fields; each answer comes with its place in words."""

    def find(self, field: Field) -> tuple[Getter, str] | None:
        """Return how to get the field's cell; None if the file has no such place."""
        ...

    def named(self, name: str) -> Getter | None:
        """Return how to get a column or child by its bare name, for templates."""
        ...

    def each(self, path: str) -> Callable[[Node], list[Node]] | None:
        """Return how to get the nodes of a repeated part; None if the format has none."""
        ...


class MissingKey(Exception):
    """A text is outside the field's `map`: the row is bad."""


def compiled(field: Field, locator: Locator, lookups: Lookups) -> tuple[Getter, str] | None:
    """Return how to get the field, with its place in words; None if it is not in the file.

    Args:
        field: From the profile.
        locator: Of the format.
        lookups: Of the file.
    """
    found = _base(field, locator)
    fallback = _fallback(field, locator, lookups)
    if found is None:
        if fallback is None or field.default == "":
            return None
        return fallback, "default"
    get, where = found
    if field.regex:
        get = _searched(get, re.compile(field.regex))
    if field.strip:
        get = _stripped(get, field.strip)
    if field.lookup:
        get = _looked_up(get, lookups.setdefault(field.lookup, {}))
    if fallback is not None:
        get = _or(get, fallback)
    if field.map:
        get = _mapped(get, {compared(text): value for text, value in field.map})
    return get, where


def _base(field: Field, locator: Locator) -> tuple[Getter, str] | None:
    """Return where the text comes from, before anything is done to it."""
    if field.const is not None:
        const = field.const
        return (lambda _: const), "const"
    if field.template:
        return _template(field.template, locator)
    return locator.find(field)


def _fallback(field: Field, locator: Locator, lookups: Lookups) -> Getter | None:
    """Return what stands in for an empty field."""
    default = field.default
    if default is None:
        return None
    if isinstance(default, str):
        return lambda _: default
    found = compiled(default, locator, lookups)
    return None if found is None else found[0]


def _template(template: str, locator: Locator) -> tuple[Getter, str]:
    """Return a text put together from several places; empty ones leave no gap."""
    parts = [
        (literal, locator.named(name) if name else None) for literal, name in _pieces(template)
    ]

    def get(row: Node) -> str:
        texts = [
            text
            for literal, part in parts
            for text in (literal, cell_text(part(row)) if part is not None else "")
        ]
        return " ".join("".join(texts).split())

    return get, template


def _pieces(template: str) -> list[tuple[str, str]]:
    """Return the literal texts of a template, each with the name that follows it."""
    found, end = [], 0
    for match in _PLACEHOLDER.finditer(template):
        found.append((template[end : match.start()], match[1]))
        end = match.end()
    return [*found, (template[end:], "")]


def _searched(get: Getter, shape: re.Pattern[str]) -> Getter:
    """Keep the first group of the regex, or the whole match; nothing if it does not match."""

    def found(row: Node) -> str:
        match = shape.search(cell_text(get(row)))
        if match is None:
            return ""
        return (match[1] if shape.groups else match[0]) or ""

    return found


def _stripped(get: Getter, signs: str) -> Getter:
    """Take signs off both ends."""
    return lambda row: cell_text(get(row)).strip(signs + " ")


def _looked_up(get: Getter, names: Mapping[str, str]) -> Getter:
    """Turn an id into its text; an id that is not listed stays as it is."""

    def found(row: Node) -> str:
        key = cell_text(get(row))
        return names.get(key, key)

    return found


def _or(get: Getter, fallback: Getter) -> Getter:
    """Use the fallback where there is nothing."""

    def found(row: Node) -> Value:
        cell = get(row)
        return fallback(row) if cell is None or cell == "" else cell

    return found


def _mapped(get: Getter, meanings: Mapping[str, bool | str]) -> Getter:
    """Translate texts; an empty cell stays empty, an unlisted one makes a bad row."""

    def found(row: Node) -> bool | str:
        text = compared(cell_text(get(row)))
        if not text:
            return ""
        if text not in meanings:
            raise MissingKey(text)
        return meanings[text]

    return found
