"""The WSDL of a 1C service, derived from its types by the rules of contract 3.1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree

from westsync.sandbox.onec.soap.xml import SOAP11_BINDING, SOAP12_BINDING, WSDL, XS

if TYPE_CHECKING:
    from collections.abc import Sequence

_TRANSPORT = "http://schemas.xmlsoap.org/soap/http"


def wsdl(
    *, name: str, namespace: str, types: etree._Element, operations: Sequence[str], location: str
) -> bytes:
    """Return the description of a service.

    Args:
        name: Of the service.
        namespace: Of the service.
        types: Its schemas.
        operations: Names, in the order of the schema.
        location: What ``soap:address`` says; behind a proxy, nothing one could reach.
    """
    names: dict[Any, str] = {
        None: WSDL,
        "soapbind": SOAP11_BINDING,
        "soap12bind": SOAP12_BINDING,
        "xsd": XS,
        "tns": namespace,
    }
    root = etree.Element(f"{{{WSDL}}}definitions", nsmap=names)
    root.set("name", name)
    root.set("targetNamespace", namespace)
    etree.SubElement(root, f"{{{WSDL}}}types")
    for operation in operations:
        for suffix, element in (("Request", operation), ("Response", f"{operation}Response")):
            message = _add(root, "message", name=f"{operation}{suffix}Message")
            _add(message, "part", name="parameters", element=f"tns:{element}")
    port_type = _add(root, "portType", name=f"{name}PortType")
    for operation in operations:
        one = _add(port_type, "operation", name=operation)
        _add(one, "input", message=f"tns:{operation}RequestMessage")
        _add(one, "output", message=f"tns:{operation}ResponseMessage")
    for soap, suffix in ((SOAP11_BINDING, "SoapBinding"), (SOAP12_BINDING, "Soap12Binding")):
        _binding(root, f"{name}{suffix}", soap, f"{namespace}#{name}", operations)
    service = _add(root, "service", name=name)
    for soap, port in ((SOAP11_BINDING, "Soap"), (SOAP12_BINDING, "Soap12")):
        one = _add(service, "port", name=f"{name}{port}", binding=f"tns:{name}{port}Binding")
        etree.SubElement(one, f"{{{soap}}}address", location=location)
    text = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    # Put in as text: appended as nodes, the schemas would lose the prefixes their types use.
    return text.replace(b"<types/>", etree.tostring(types), 1)


def _binding(
    root: etree._Element, name: str, soap: str, action: str, operations: Sequence[str]
) -> None:
    service = action.rpartition("#")[2]
    binding = _add(root, "binding", name=name, type=f"tns:{service}PortType")
    etree.SubElement(binding, f"{{{soap}}}binding", style="document", transport=_TRANSPORT)
    for operation in operations:
        one = _add(binding, "operation", name=operation)
        etree.SubElement(
            one, f"{{{soap}}}operation", style="document", soapAction=f"{action}:{operation}"
        )
        for direction in ("input", "output"):
            etree.SubElement(_add(one, direction), f"{{{soap}}}body", use="literal")


def _add(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{WSDL}}}{tag}", attributes)
