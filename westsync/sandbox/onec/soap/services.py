"""The published web services: which there are, and how a call runs (contract 3.1, 3.3, 3.4)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from lxml import etree

from westsync.sandbox.onec.answer import Answer
from westsync.sandbox.onec.refusals import OneCRefused
from westsync.sandbox.onec.soap.envelope import (
    MEDIA_TYPES,
    Message,
    empty_envelope,
    fault,
    read_envelope,
    written,
)
from westsync.sandbox.onec.soap.shapes import Misshapen, Shapes, typed_texts
from westsync.sandbox.onec.soap.westsync import Failed, WestSyncService
from westsync.sandbox.onec.soap.wsdl import wsdl
from westsync.sandbox.onec.soap.xml import CORE, SOAP11, XS, XSI, types_of

if TYPE_CHECKING:
    from westsync.sandbox.onec.world import OneCWorld

INTERNAL_ROOT = "http://1c-internal:8080/base"
INTERFACES = {"DataExchange": ("3.0.1.1", "3.0.2.1"), "EnterpriseDataExchange": ("1.0.1.1",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One published service.

    Attributes:
        name: As in the WSDL.
        address: Below ``/ws/``; the name works as well.
        types: Name of the file with its types.
    """

    name: str
    address: str
    types: str

    @property
    def shapes(self) -> Shapes:
        """What its messages look like."""
        return _shapes(self.types)

    def description(self, root: str) -> bytes:
        """Return the WSDL.

        Args:
            root: Base address that ``soap:address`` names.
        """
        shapes = self.shapes
        return wsdl(
            name=self.name,
            namespace=shapes.namespace,
            types=types_of(self.types),
            operations=shapes.operations,
            location=f"{root}/ws/{self.address}",
        )


SERVICES = (
    Service(name="WestSync", address="westsync.1cws", types="westsync"),
    Service(name="InterfaceVersion", address="InterfaceVersion.1cws", types="interface_version"),
)


@cache
def _shapes(types: str) -> Shapes:
    return Shapes(types_of(types))


def service_at(address: str) -> Service | None:
    """Return the service at an address below ``/ws/``."""
    return next((one for one in SERVICES if address in {one.address, one.name}), None)


def operation_of(service: Service, body: bytes) -> str:
    """Return the operation a message calls; empty if it cannot be read."""
    try:
        name = etree.QName(read_envelope(body).request).localname
    except Misshapen:
        return ""
    return name if name in service.shapes.operations else ""


@dataclass(slots=True, kw_only=True)
class SoapCall:
    """One request to a service.

    Attributes:
        service: The service.
        body: As it came.
        shows_nothing: A fault: lists are empty this once.
        without_rights: The user may come in and do nothing.
        notes: Breaches that only the server could see, by rule name.
    """

    service: Service
    body: bytes
    shows_nothing: bool = False
    without_rights: bool = False
    notes: tuple[str, ...] = ()


def answer(world: OneCWorld, call: SoapCall) -> Answer:
    """Answer a call; what goes wrong technically is a fault with HTTP 500."""
    soap = SOAP11
    try:
        message = read_envelope(call.body)
        soap = message.soap
        root = _run(world, call, message)
        status = 200
    except (Misshapen, Failed, OneCRefused, OverflowError) as exc:
        text = exc.text if isinstance(exc, OneCRefused) else str(exc)
        root, status = fault(soap, text), 500
    body = written(root, bom=world.switches.bom)
    return Answer(status=status, body=body, media_type=MEDIA_TYPES[soap])


def _run(world: OneCWorld, call: SoapCall, message: Message) -> etree._Element:
    shapes = call.service.shapes
    name = etree.QName(message.request)
    if name.namespace != shapes.namespace or name.localname not in shapes.operations:
        raise Misshapen(f"Операция {name.text} не найдена в сервисе {call.service.name}")
    if call.without_rights:
        raise Failed("Недостаточно прав")
    arguments = shapes.read(shapes.messages[name.localname], message.request)
    root, body = empty_envelope(message.soap)
    names = {"m": shapes.namespace, "xs": XS, "xsi": XSI}
    response = etree.SubElement(
        body, f"{{{shapes.namespace}}}{name.localname}Response", nsmap=names
    )
    if call.service.name == "InterfaceVersion":
        _versions(response, shapes.namespace, arguments)
        return root
    service = WestSyncService(world, shows_nothing=call.shows_nothing)
    try:
        result = service.call(name.localname, arguments)
    finally:
        call.notes = tuple(dict.fromkeys(service.notes))
    shapes.write(response, shapes.messages[f"{name.localname}Response"], result)
    return root


def _versions(response: etree._Element, namespace: str, arguments: dict[str, Any]) -> None:
    """Answer ``GetVersions`` with an array of texts, an unknown interface with an empty one."""
    versions = INTERFACES.get(arguments["InterfaceName"], ())
    typed_texts(etree.SubElement(response, f"{{{namespace}}}return"), f"{{{CORE}}}Value", versions)
