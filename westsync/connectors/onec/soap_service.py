"""Calls to our own SOAP service in 1C, through zeep (1C contract 3.1, 3.2, 3.4).

zeep only writes and reads envelopes. They travel over the session of the base, so that one request
is on its way at a time, user and password are UTF-8, and what may have happened is known; the
address is the configured one and never that of the WSDL.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import zeep
import zeep.exceptions
from lxml import etree

from westsync.connectors.onec.config import SERVICE_PATH, SYSTEM
from westsync.connectors.onec.outcomes import Misfit, Refused
from westsync.connectors.onec.soap_description import (
    NotDescription,
    differences,
    parsed,
    pinned,
)
from westsync.domain.refusals import SaidByLedger
from westsync.errors import UnexpectedReply
from westsync.transport import Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.connectors.onec.session import OneCSession
    from westsync.transport import Reply

BINDING = "{urn:westsync:1c:service:1}WestSyncSoapBinding"
WRITING = frozenset({"CreateInvoice", "RegisterSupplierInvoice"})
MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class _Answer:
    """What zeep reads of an HTTP answer."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes
    encoding: str = "utf-8"


class SoapService:
    """The operations of the service, by name."""

    def __init__(self, session: OneCSession) -> None:
        """Read our description; nothing is asked yet."""
        self._session = session
        settings = zeep.Settings(
            strict=False,
            xml_huge_tree=True,
            forbid_external=True,
            forbid_entities=True,
            forbid_dtd=True,
        )
        client: Any = zeep.Client  # it ships without types of its own
        self._client = client(BytesIO(pinned()), settings=settings)
        self._binding = self._client.wsdl.bindings[BINDING]
        address = session.config.base_url + SERVICE_PATH
        self._proxy = self._client.create_service(BINDING, address)
        self._compared = False

    def call(self, name: str, **parameters: object) -> Any:  # noqa: ANN401 - zeep builds the types
        """Call an operation; its ``ErrorMessage`` is an error.

        Args:
            name: Operation.
            parameters: Its In parameters; None travels as ``xsi:nil``.

        Returns:
            Its ``return``, None if that is nil.

        Raises:
            Misfit: The base's service is another than ours.
            Refused: 1C said no, with its own text.
        """
        self._compare()
        operation = self._binding.get(name)
        message: etree._Element = self._client.create_message(self._proxy, name, **parameters)
        envelope = etree.tostring(message, encoding="utf-8", xml_declaration=True)
        answer = self._session.call_service(
            name,
            operation.soapaction,
            envelope,
            writes=name in WRITING,
            decode=lambda reply: self._decoded(name, reply),
        )
        return _result(name, answer)

    def _decoded(self, name: str, reply: Reply) -> object:
        answer = _Answer(reply.status, {"Content-Type": "text/xml"}, reply.body)
        operation = self._binding.get(name)
        try:
            parsed(reply.body)  # zeep would mend a torn answer and leave out the rest
            result: object = self._binding.process_reply(self._client, operation, answer)
        except zeep.exceptions.Fault as exc:
            said = SaidByLedger(text=str(exc.message))
            raise Refused(SYSTEM, f"WestSync.{name}", said, reply.status) from exc
        except (zeep.exceptions.Error, etree.LxmlError, ValueError, ArithmeticError) as exc:
            raise Unreadable(f"not what the service describes: {exc}") from exc
        return result

    def _compare(self) -> None:
        if self._compared:
            return
        served = self._session.service_description()
        try:
            found = differences(served)
        except NotDescription as exc:
            raise UnexpectedReply(SYSTEM, "GET WestSync?wsdl", str(exc)) from exc
        if found:
            shown = "; ".join(found[:MOST_SHOWN])
            raise Misfit(
                SYSTEM,
                "GET WestSync?wsdl",
                f"the service is not the one westsync speaks to ({len(found)} differences: "
                f"{shown}); install the extension that fits",
            )
        self._compared = True


def _result(name: str, answer: Any) -> Any:  # noqa: ANN401 - as above
    """Return ``return`` of an answer that may have Out parameters (3.2.2)."""
    if name in {"Ping", "ListInvoices", "ListPayments", "ListShipments"}:
        return answer  # the only output comes bare
    refusal = (answer.ErrorMessage or "").strip()
    if refusal:
        raise Refused(SYSTEM, f"WestSync.{name}", SaidByLedger(text=refusal))
    result = answer["return"]
    # A nil of a complex type is an object whose fields are all None (3.2.2).
    if result is not None and getattr(result, "Ref", "") is None:
        return None
    return result
