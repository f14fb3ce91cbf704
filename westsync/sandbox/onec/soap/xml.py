"""XML that comes from outside, read without harm, and the names SOAP needs (contract 3.1)."""

from __future__ import annotations

from importlib.resources import files

from lxml import etree

XS = "http://www.w3.org/2001/XMLSchema"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
WSDL = "http://schemas.xmlsoap.org/wsdl/"
SOAP11_BINDING = "http://schemas.xmlsoap.org/wsdl/soap/"
SOAP12_BINDING = "http://schemas.xmlsoap.org/wsdl/soap12/"
CORE = "http://v8.1c.ru/8.1/data/core"


class NotXml(ValueError):
    """A text that is no XML, or XML with a document type, which nobody needs here."""


def read_xml(text: bytes) -> etree._Element:
    """Read a document; entities are not resolved, nothing is loaded.

    Raises:
        NotXml: It is not well-formed, or it declares a document type.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True
    )
    try:
        root = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError) as exc:
        raise NotXml(f"{exc}") from exc
    if b"<!DOCTYPE" in text:
        raise NotXml("a document type declaration is not allowed")
    return root


def types_of(name: str) -> etree._Element:
    """Return the ``<types>`` of one of our services."""
    return read_xml((files(__package__) / f"{name}_types.xml").read_bytes())


def local(element: etree._Element) -> str:
    """Return an element's name without its namespace."""
    return etree.QName(element).localname
