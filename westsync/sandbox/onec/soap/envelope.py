"""SOAP envelopes, 1.1 and 1.2, and faults (contract 3.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from westsync.sandbox.onec.soap.shapes import Misshapen
from westsync.sandbox.onec.soap.xml import SOAP11, SOAP12, XS, XSI, NotXml, local, read_xml

if TYPE_CHECKING:
    from collections.abc import Iterator

MEDIA_TYPES = {
    SOAP11: "text/xml; charset=utf-8",
    SOAP12: "application/soap+xml; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Message:
    """What came in an envelope.

    Attributes:
        soap: Namespace of the envelope, which is its version.
        request: The only child of the body.
    """

    soap: str
    request: etree._Element


def read_envelope(body: bytes) -> Message:
    """Open an envelope.

    Raises:
        Misshapen: It is none, or there is not exactly one element in its body.
    """
    try:
        root = read_xml(body)
    except NotXml as exc:
        raise Misshapen(f"Ошибка разбора XML: {exc}") from exc
    soap = etree.QName(root).namespace or ""
    if local(root) != "Envelope" or soap not in MEDIA_TYPES:
        raise Misshapen("Ожидается конверт SOAP 1.1 или 1.2")
    content = root.find(f"{{{soap}}}Body")
    if content is None or len(content) != 1:
        raise Misshapen("В теле конверта ожидается один элемент")
    return Message(soap, content[0])


def empty_envelope(soap: str) -> tuple[etree._Element, etree._Element]:
    """Return an envelope and its body."""
    names = {"soap": soap, "xs": XS, "xsi": XSI}
    root = etree.Element(f"{{{soap}}}Envelope", nsmap=names)
    etree.SubElement(root, f"{{{soap}}}Header")
    return root, etree.SubElement(root, f"{{{soap}}}Body")


def fault(soap: str, text: str) -> etree._Element:
    """Return an envelope with a fault; it goes with HTTP 500."""
    root, body = empty_envelope(soap)
    one = etree.SubElement(body, f"{{{soap}}}Fault")
    for tag, value in _fault_parts(soap, text):
        parent = one
        for name in tag:
            parent = etree.SubElement(parent, name)
        parent.text = value
        if parent.tag == f"{{{SOAP12}}}Text":
            parent.set("{http://www.w3.org/XML/1998/namespace}lang", "ru")
    return root


def _fault_parts(soap: str, text: str) -> Iterator[tuple[tuple[str, ...], str | None]]:
    """Yield the elements of a fault: path below it, and text."""
    if soap == SOAP11:
        yield ("faultcode",), "soap:Server"
        yield ("faultstring",), text
        yield ("detail",), None
    else:
        yield (f"{{{SOAP12}}}Code", f"{{{SOAP12}}}Value"), "soap:Receiver"
        yield (f"{{{SOAP12}}}Reason", f"{{{SOAP12}}}Text"), text
        yield (f"{{{SOAP12}}}Detail",), None


def written(root: etree._Element, *, bom: bool = False) -> bytes:
    """Return an envelope as text, after a BOM if that is wanted."""
    text = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return b"\xef\xbb\xbf" + text if bom else text
