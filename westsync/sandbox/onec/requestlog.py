"""The log of requests: what every client asked, kept for checks and for people."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(slots=True, kw_only=True)
class Request:
    """One request and what became of it.

    Attributes:
        number: From 1, in the order of arrival.
        at: Moment of the stand-in's clock, aware UTC.
        method: GET, POST, ...
        path: As it came, decoded.
        route: ``METHOD entity``, ``METHOD entity(key)``, ``METHOD entity(key)/Post``,
            ``METHOD $metadata``, ``METHOD /`` for the root, ``SOAP service.operation``,
            ``WSDL service``; None if there is no such address.
        entity: Entity set; empty if none.
        key: The bracket after it, as it came; empty if none.
        raw_query: The query string as it came.
        options: The same, percent-decoded.
        url_length: Characters of the whole address, as it came.
        body: Parsed JSON; None if there was none or it was something else.
        headers: Those that the contract speaks of, by lower-case names.
        user: Who came in; None if nobody.
        in_flight: Requests under way when it came, itself included.
        status: HTTP status; 0 when the connection was dropped.
        code: Code of the refusal; None for none.
        fault: Kind of the fault that hit it; None if none did.
        notes: Breaches that only the server could see, by rule name.
    """

    number: int
    at: datetime
    method: str
    path: str
    route: str | None
    entity: str = ""
    key: str = ""
    raw_query: str = ""
    options: dict[str, str] = field(default_factory=dict)
    url_length: int = 0
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    user: str | None = None
    in_flight: int = 1
    status: int = 0
    code: int | None = None
    fault: str | None = None
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the entry for the control API; the moment as ISO 8601."""
        shown = {name: getattr(self, name) for name in self.__slots__}
        return {**shown, "at": self.at.isoformat(), "notes": list(self.notes)}


class RequestLog(list[Request]):
    """All requests since the start, oldest first."""

    def counts(self) -> Counter[str]:
        """Return how many requests each route got; unknown ones as ``METHOD path``."""
        return Counter(entry.route or f"{entry.method} {entry.path}" for entry in self)
