"""The log of requests: what every client asked, kept for checks and for people."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from westsync.sandbox.megaplan.wire import Doc


@dataclass(slots=True, kw_only=True)
class Request:
    """One request and what became of it.

    Attributes:
        number: From 1, in the order of arrival.
        at: Moment of the stand-in's clock, aware UTC.
        method: GET, POST, DELETE, ...
        path: As it came.
        route: ``METHOD /path/{id}`` below ``/api/v3``; None if there is no such endpoint.
        raw_query: The query string as it came.
        query: Its JSON object; empty if there was none or it was something else.
        body: Parsed JSON, or of a form its keys (never a password), or None.
        user: Employee id of the token; None if there was none.
        agent: ``User-Agent``.
        content_type: Of the body.
        status: HTTP status; 0 when the connection was dropped.
        inner_status: ``meta.status``; 0 when there was no envelope.
        fault: Kind of the fault that hit it; None if none did.
        notes: Breaches that only the server could see, by rule name.
    """

    number: int
    at: datetime
    method: str
    path: str
    route: str | None
    raw_query: str = ""
    query: Doc = field(default_factory=dict)
    body: object = None
    user: str | None = None
    agent: str = ""
    content_type: str = ""
    status: int = 0
    inner_status: int = 0
    fault: str | None = None
    notes: tuple[str, ...] = ()

    def as_json(self) -> Doc:
        """Return the entry for the control API; the moment as ISO 8601."""
        shown = {name: getattr(self, name) for name in self.__slots__}
        return {**shown, "at": self.at.isoformat(), "notes": list(self.notes)}


class RequestLog(list[Request]):
    """All requests since the start or the last `clear`, oldest first."""

    def counts(self) -> Counter[str]:
        """Return how many requests each route got; unknown ones as ``METHOD path``."""
        return Counter(entry.route or f"{entry.method} {entry.path}" for entry in self)
