"""The types of a service, read from its own schema, and values of these types in XML.

The WSDL is the only description: what it allows is read, what it does not is a fault.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lxml import etree

from westsync.sandbox.onec.soap.xml import XS, XSI, local
from westsync.sandbox.onec.values import trimmed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
NIL = f"{{{XSI}}}nil"


class Misshapen(ValueError):
    """A message that does not fit the schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One element of a sequence.

    Attributes:
        name: Local name.
        type: ``xs:string`` ... without prefix, or the name of a complex type.
        namespace: Of the element itself.
        nillable: ``xsi:nil`` may stand for a value.
        required: It must be there.
        many: It may repeat.
    """

    name: str
    type: str
    namespace: str
    nillable: bool
    required: bool
    many: bool


Sequence = tuple[Element, ...]


class Shapes:
    """The types and messages of one service.

    Attributes:
        namespace: Of the service.
        types: Complex type -> its sequence.
        messages: Operation, or operation plus ``Response`` -> its sequence.
    """

    def __init__(self, types: etree._Element) -> None:
        """Read the ``<types>`` of a WSDL; the service's own schema comes last."""
        self.types: dict[str, Sequence] = {}
        self.messages: dict[str, Sequence] = {}
        self.namespace = ""
        for schema in types:
            self.namespace = schema.get("targetNamespace", "")
            for child in schema:
                if local(child) == "complexType":
                    self.types[child.get("name", "")] = _sequence(child, self.namespace)
                elif local(child) == "element":
                    self.messages[child.get("name", "")] = _sequence(child[0], self.namespace)

    @property
    def operations(self) -> list[str]:
        """Names of the operations, in the order of the schema."""
        return [name for name in self.messages if f"{name}Response" in self.messages]

    def read(self, sequence: Sequence, parent: etree._Element) -> dict[str, Any]:
        """Return the values of a sequence; what is absent or nil is None, what repeats a list.

        Raises:
            Misshapen: The message does not fit.
        """
        found: dict[str, Any] = {one.name: [] if one.many else None for one in sequence}
        place = 0
        for child in parent:
            place = _place(sequence, place, child, parent)
            one = sequence[place]
            value = self._value(one, child)
            if one.many:
                found[one.name].append(value)
            else:
                found[one.name] = value
                place += 1
        _need_all(sequence, parent)
        return found

    def write(self, parent: etree._Element, sequence: Sequence, values: Mapping[str, Any]) -> None:
        """Append the elements of a sequence; None is nil where it may be, else left out."""
        for one in sequence:
            given = values.get(one.name)
            items: list[Any] = list(given or ()) if one.many else [given]
            for item in items:
                self._append(parent, one, item)

    def _append(self, parent: etree._Element, one: Element, value: Any) -> None:  # noqa: ANN401 - a value of a foreign schema
        if value is None and not one.nillable:
            return
        child = etree.SubElement(parent, f"{{{one.namespace}}}{one.name}")
        if value is None:
            child.set(NIL, "true")
        elif one.type in self.types:
            self.write(child, self.types[one.type], value)
        else:
            child.text = _written(value)

    def _value(self, one: Element, child: etree._Element) -> Any:  # noqa: ANN401 - a value of a foreign schema
        if child.get(NIL) in {"true", "1"}:
            if not one.nillable:
                raise Misshapen(f"{one.name}: не может быть nil")
            return None
        if one.type in self.types:
            return self.read(self.types[one.type], child)
        if len(child):
            raise Misshapen(f"{one.name}: ожидается значение типа xs:{one.type}")
        try:
            return _parsed(one.type, child.text or "")
        except ValueError as exc:
            raise Misshapen(f"{one.name}: {exc}") from exc


def _sequence(holder: etree._Element, namespace: str) -> Sequence:
    """Read the sequence of a complex type."""
    return tuple(
        Element(
            name=one.get("name", ""),
            type=one.get("type", "xs:anyType").partition(":")[2],
            namespace=namespace,
            nillable=one.get("nillable") == "true",
            required=one.get("minOccurs") != "0",
            many=one.get("maxOccurs") == "unbounded",
        )
        for one in holder.iter(f"{{{XS}}}element")
    )


def _place(sequence: Sequence, place: int, child: etree._Element, parent: etree._Element) -> int:
    """Return where in a sequence a child stands; order matters."""
    name = etree.QName(child)
    for later in range(place, len(sequence)):
        one = sequence[later]
        if (one.name, one.namespace) == (name.localname, name.namespace):
            return later
    raise Misshapen(f"{local(parent)}: элемент {{{name.namespace}}}{name.localname} не ожидается")


def _need_all(sequence: Sequence, parent: etree._Element) -> None:
    given = {local(child) for child in parent}
    for one in sequence:
        if one.required and one.name not in given:
            raise Misshapen(f"{local(parent)}: нет элемента {one.name}")


def _parsed(type_: str, text: str) -> Any:  # noqa: ANN401 - a value of a foreign schema
    plain = text.strip()
    match type_:
        case "decimal":
            if not _DECIMAL.fullmatch(plain):
                raise ValueError(f"'{text}' не xs:decimal")
            return Decimal(plain)
        case "int":
            return int(plain)
        case "boolean":
            if plain not in _BOOLEANS:
                raise ValueError(f"'{text}' не xs:boolean")
            return _BOOLEANS[plain]
        case "dateTime":
            return datetime.fromisoformat(plain)
        case "base64Binary":
            return b64decode(plain)
        case _:
            return text


def _written(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return str(trimmed(value))
        case datetime():
            return value.isoformat(timespec="seconds")
        case bytes():
            return b64encode(value).decode()
        case _:
            return str(value)


def typed_texts(parent: etree._Element, name: str, texts: Iterable[str]) -> None:
    """Append texts to an untyped array, each with its ``xsi:type`` (contract 3.1)."""
    prefix = next((key for key, uri in parent.nsmap.items() if uri == XS), "xs")
    for text in texts:
        one = etree.SubElement(parent, name)
        one.set(f"{{{XSI}}}type", f"{prefix}:string")
        one.text = text
