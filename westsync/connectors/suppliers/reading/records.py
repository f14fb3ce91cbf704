"""Fields of records: paths in XML elements and in objects of JSON (suppliers contract 13)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree.ElementTree import Element

    from westsync.connectors.suppliers.profile_fields import Field
    from westsync.connectors.suppliers.reading.fields import Getter, Node, Value

_SIMPLE = re.compile(r"[\w.-]+")


class XmlPaths:
    """A `fields.Locator` of elements: ``a/b``, ``a/@c``, ``@id``, ``param[@name='X']``."""

    def find(self, field: Field) -> tuple[Getter, str] | None:
        """Return the text at the field's path."""
        if field.value:
            bound = _bound(self.text(field.value), self.text(field.more) if field.more else None)
            return bound, field.value
        if not field.path:
            return None
        return self.text(field.path, field.index), field.path

    def named(self, name: str) -> Getter | None:
        """Return the text of a child or attribute."""
        return self.text(name)

    def each(self, path: str) -> Callable[[Node], list[Node]] | None:
        """Return the elements of a path."""
        return lambda element: element.findall(path)

    def text(self, path: str, index: int = 0) -> Getter:
        """Return a getter of the text at a path; "" where there is none.

        Args:
            path: From the record.
            index: Which of several; negative from the end.
        """
        path, _, attribute = path.rpartition("@") if _ends_in_attribute(path) else (path, "", "")
        path = path.rstrip("/")
        if attribute and not path:
            return lambda element: element.get(attribute, "")
        if path in {"", "."}:
            return _element_text
        if not attribute and not index and _SIMPLE.fullmatch(path):
            return _child(path)
        return _picked(path, attribute, index)


class JsonPaths:
    """A `fields.Locator` of objects: ``a.b.c``; a number picks from a list."""

    def find(self, field: Field) -> tuple[Getter, str] | None:
        """Return the value at the field's path."""
        if field.value:
            more = json_path(field.more) if field.more else None
            return _bound(json_path(field.value), more), field.value
        if not field.path:
            return None
        return _indexed(json_path(field.path), field.index), field.path

    def named(self, name: str) -> Getter | None:
        """Return a member; attributes are of XML."""
        return None if name.startswith("@") else json_path(name)

    def each(self, path: str) -> Callable[[Node], list[Node]] | None:
        """Return the objects of a list."""
        get = json_path(path)

        def nodes(record: Node) -> list[Node]:
            found = get(record)
            return found if isinstance(found, list) else []

        return nodes


def json_path(path: str) -> Getter:
    """Return a getter of the value at a path; "" where there is none.

    Args:
        path: Names and numbers joined by ``.`` or ``/``; empty or ``.``: the record itself.
    """
    steps = [step for step in re.split(r"[./]", path) if step]

    def get(record: Node) -> Value:
        value: Any = record
        for step in steps:
            if isinstance(value, dict):
                value = value.get(step, "")
            elif isinstance(value, list) and step.lstrip("-").isdigit():
                at = int(step)
                value = value[at] if -len(value) <= at < len(value) else ""
            else:
                return ""
        return "" if value is None else value

    return get


def _indexed(get: Getter, index: int) -> Getter:
    """Pick one of several values; a single value is itself."""

    def picked(record: Node) -> Value:
        value = get(record)
        if not isinstance(value, list):
            return value if not isinstance(value, dict) else ""
        return value[index] if -len(value) <= index < len(value) else ""

    return picked


def _bound(value: Getter, more: Getter | None) -> Getter:
    """Return a number that may be a lower bound (suppliers contract 5.5)."""

    def get(record: Node) -> Value:
        number = value(record)
        if more is None or number in ("", None):
            return number
        said = more(record)
        return f">{number}" if said is True or str(said).casefold() in {"true", "1"} else number

    return get


def _ends_in_attribute(path: str) -> bool:
    """Whether the last step is an attribute, and not a condition in brackets."""
    return path.rpartition("/")[2].startswith("@")


def _element_text(element: Element) -> str:
    """Return an element's text, with that of its children if it has some."""
    return "".join(element.itertext()) if len(element) else element.text or ""


def _child(name: str) -> Getter:
    """Return the text of a child; the usual case, kept short for the hot loop."""

    def get(element: Node) -> str:
        found = element.find(name)
        return "" if found is None else _element_text(found)

    return get


def _picked(path: str, attribute: str, index: int) -> Getter:
    """Return one of several texts or attributes."""

    def get(element: Node) -> str:
        found = element.findall(path)
        if not -len(found) <= index < len(found):
            return ""
        return found[index].get(attribute, "") if attribute else _element_text(found[index])

    return get
