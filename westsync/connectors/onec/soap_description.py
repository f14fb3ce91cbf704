"""Whether the service of a base is the one that we speak to (1C contract 3.4).

The description is pinned in this package, so that nothing is loaded from the network to read an
answer; what the base serves is only compared with it, name by name and type by type. What the base
has besides does not matter.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

PINNED = "westsync.wsdl"
_XSD = "{http://www.w3.org/2001/XMLSchema}"
_SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
_WSDL = "{http://schemas.xmlsoap.org/wsdl/}"


class NotDescription(ValueError):
    """What came is no description of a service."""


def pinned() -> bytes:
    """Return our own description."""
    return files("westsync.connectors.onec").joinpath(PINNED).read_bytes()


def differences(served: bytes) -> list[str]:
    """Return in which points a description differs from ours; empty if we can speak to it.

    Raises:
        NotDescription: It is no WSDL.
    """
    ours, theirs = dict(_facts(pinned())), dict(_facts(served))
    if not theirs:
        raise NotDescription("it describes no service")
    found = []
    for name, signature in ours.items():
        if name not in theirs:
            found.append(f"{name} is missing")
        elif theirs[name] != signature:
            found.append(f"{name} is {theirs[name]}, not {signature}")
    return found


def parsed(content: bytes) -> etree._Element:
    """Return XML read strictly: no entities, no network, no DTD, no repair of a torn text.

    Raises:
        etree.XMLSyntaxError: It is not well-formed.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, recover=False
    )
    return etree.fromstring(content.removeprefix(b"\xef\xbb\xbf"), parser)


def _facts(description: bytes) -> Iterator[tuple[str, str]]:
    """Return every operation's action and every element's type, by its path."""
    try:
        root = parsed(description)
    except etree.XMLSyntaxError as exc:
        raise NotDescription(f"not XML: {exc}") from exc
    for binding in root.iter(f"{_WSDL}binding"):
        for operation in binding.iter(f"{_WSDL}operation"):
            action = operation.find(f"{_SOAP}operation")
            if action is not None:
                yield f"operation {operation.get('name')}", str(action.get("soapAction"))
    for schema in root.iter(f"{_XSD}schema"):
        for kind in schema:
            if kind.tag in {f"{_XSD}element", f"{_XSD}complexType"}:
                yield from _members(kind)


def _members(kind: etree._Element) -> Iterator[tuple[str, str]]:
    for member in kind.iter(f"{_XSD}element"):
        if member is not kind:
            nil = " nillable" if member.get("nillable") == "true" else ""
            times = f"{member.get('minOccurs', '1')}..{member.get('maxOccurs', '1')}"
            path = f"{kind.get('name')}.{member.get('name')}"
            yield path, f"{_type_of(member)} {times}{nil}"


def _type_of(member: etree._Element) -> str:
    prefix, _, name = str(member.get("type")).rpartition(":")
    return f"{{{member.nsmap.get(prefix or None)}}}{name}"
