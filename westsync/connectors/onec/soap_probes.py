"""Live probes of our SOAP service (1C contract 11.2, 11.17); nothing is written."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.connectors.onec.outcomes import Refused
from westsync.connectors.onec.probes import lenient
from westsync.connectors.onec.soap_reader import SoapReader
from westsync.connectors.onec.soap_service import SoapService
from westsync.domain.probes import Finding, Probe, ProbeResult, Verdict, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.connectors.onec.session import OneCSession

MOST_SKEW = timedelta(minutes=10)
NO_KEY = "no key"


class ServiceProbes:
    """The part of section 11 that concerns the service."""

    def __init__(self, session: OneCSession) -> None:
        """Prepare; nothing is sent."""
        self._session = session
        self._service = SoapService(session)
        self._reader = SoapReader(self._service, session.config.tz)

    def run(self) -> Iterator[ProbeResult]:
        """Ask everything in the order of the contract.

        Raises:
            AccessDenied: The credentials were refused; nothing more can be asked.
        """
        probes: list[Probe] = [
            (2, "service, configuration and clock", self._clock),
            (17, "form of a fault", self._fault),
        ]
        yield from run([(number, name, lenient(ask)) for number, name, ask in probes])

    def _clock(self) -> Finding:
        health = self._reader.health()
        if health.server_time is None:
            return Verdict.FINE, f"{health.configuration}; its clock cannot be read", ""
        skew = health.server_time - self._session.clock.now()
        seen = f"{health.configuration}; its clock is {round(skew.total_seconds()):+d} s off ours"
        if abs(skew) > MOST_SKEW:
            return Verdict.CHANGE, seen, "timezone: that of the 1C server, or set its clock"
        return Verdict.FINE, seen, ""

    def _fault(self) -> Finding:
        try:
            self._service.call("GetInvoiceState", Ref=NO_KEY, ExternalId=None)
        except Refused as exc:
            return Verdict.FINE, f"a malformed key: {exc.detail} (HTTP {exc.status})", ""
        return Verdict.FINE, "a malformed key is no fault", ""
