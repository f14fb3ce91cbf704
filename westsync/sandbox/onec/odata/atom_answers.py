"""Answers as Atom, which come when no other format is asked for (contract 4.1, 4.6, 10.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree

from westsync.sandbox.onec.values import trimmed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from westsync.sandbox.onec.odata.entries import Entry
    from westsync.sandbox.onec.refusals import OneCRefused

ATOM = "http://www.w3.org/2005/Atom"
APP = "http://www.w3.org/2007/app"
DATA = "http://schemas.microsoft.com/ado/2007/08/dataservices"
META = f"{DATA}/metadata"
RELATED = f"{DATA}/related"
SCHEME = f"{DATA}/scheme"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
NAMES: dict[Any, str] = {None: ATOM, "d": DATA, "m": META}
SERVICE_NAMES: dict[Any, str] = {None: APP, "atom": ATOM}

Values = dict[str, tuple[Any, str]]


def written(root: etree._Element) -> bytes:
    """Return an XML document."""
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def service(root: str, names: Iterable[str]) -> etree._Element:
    """Return the service document: every entity set that is published."""
    document = etree.Element(f"{{{APP}}}service", nsmap=SERVICE_NAMES)
    document.set("{http://www.w3.org/XML/1998/namespace}base", f"{root}/")
    workspace = etree.SubElement(document, f"{{{APP}}}workspace")
    _text(workspace, f"{{{ATOM}}}title", "Default")
    for name in names:
        collection = etree.SubElement(workspace, f"{{{APP}}}collection", href=name)
        _text(collection, f"{{{ATOM}}}title", name)
    return document


def feed(
    root: str, name: str, entries: Iterable[Entry], at: datetime, count: int | None
) -> etree._Element:
    """Return a list of objects; arguments as in `json_answers.feed`, ``at`` is aware UTC."""
    document = etree.Element(f"{{{ATOM}}}feed", nsmap=NAMES)
    _text(document, f"{{{ATOM}}}id", f"{root}/{name}")
    _text(document, f"{{{ATOM}}}title", name)
    _text(document, f"{{{ATOM}}}updated", _moment(at))
    if count is not None:
        _text(document, f"{{{META}}}count", str(count))
    for found in entries:
        document.append(entry(root, found, at))
    return document


def entry(root: str, found: Entry, at: datetime) -> etree._Element:
    """Return one object."""
    element = etree.Element(f"{{{ATOM}}}entry", nsmap=NAMES)
    _text(element, f"{{{ATOM}}}id", f"{root}/{found.path}")
    _text(element, f"{{{ATOM}}}title", found.kind.name)
    _text(element, f"{{{ATOM}}}updated", _moment(at))
    etree.SubElement(etree.SubElement(element, f"{{{ATOM}}}author"), f"{{{ATOM}}}name")
    etree.SubElement(element, f"{{{ATOM}}}link", rel="edit", href=found.path)
    for name in (*found.links, *found.expanded):
        link = etree.SubElement(
            element,
            f"{{{ATOM}}}link",
            rel=f"{RELATED}/{name}",
            href=f"{found.path}/{name}",
            type="application/atom+xml;type=entry",
        )
        behind = found.expanded.get(name)
        if name in found.expanded:
            inline = etree.SubElement(link, f"{{{META}}}inline")
            if behind is not None:
                inline.append(entry(root, behind, at))
    term = f"StandardODATA.{found.kind.name}"
    etree.SubElement(element, f"{{{ATOM}}}category", term=term, scheme=SCHEME)
    content = etree.SubElement(element, f"{{{ATOM}}}content", type="application/xml")
    _properties(etree.SubElement(content, f"{{{META}}}properties"), found.values)
    return element


def rows(name: str, found: Iterable[Values]) -> etree._Element:
    """Return a list of plain rows, e.g. of a function."""
    document = etree.Element(f"{{{DATA}}}{name}", nsmap={"d": DATA, "m": META})
    for values in found:
        _properties(etree.SubElement(document, f"{{{DATA}}}element"), values)
    return document


def tombstone(root: str, path: str, at: datetime) -> etree._Element:
    """Return the notice of an object that was deleted for good (contract 4.11)."""
    notice = etree.Element(f"{{{TOMBSTONES}}}deleted-entry", nsmap={"at": TOMBSTONES})
    notice.set("ref", f"{root}/{path}")
    notice.set("when", _moment(at))
    return notice


def error(refused: OneCRefused) -> etree._Element:
    """Return a refusal (contract 4.6)."""
    document = etree.Element(f"{{{META}}}error", nsmap={"m": META})
    _text(document, f"{{{META}}}code", str(refused.code))
    message = _text(document, f"{{{META}}}message", refused.text)
    message.set("{http://www.w3.org/XML/1998/namespace}lang", "ru")
    return document


def _properties(parent: etree._Element, values: Values) -> None:
    for name, (value, edm) in values.items():
        one = etree.SubElement(parent, f"{{{DATA}}}{name}")
        if edm != "Edm.String":
            one.set(f"{{{META}}}type", edm)
        if isinstance(value, list):
            inner = edm.removeprefix("Collection(").removesuffix(")")
            for line in value:
                element = etree.SubElement(one, f"{{{DATA}}}element")
                element.set(f"{{{META}}}type", inner)
                _properties(element, line)
        else:
            one.text = _written(value)


def _written(value: Any) -> str:  # noqa: ANN401 - a value of a foreign schema
    if isinstance(value, bool):
        return "true" if value else "false"
    if hasattr(value, "normalize"):
        return str(trimmed(value))
    return str(value)


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(parent: etree._Element, tag: str, text: str) -> etree._Element:
    element = etree.SubElement(parent, tag)
    element.text = text
    return element
