"""The log of requests: what every client asked, kept for checks and for people."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(slots=True, kw_only=True)
class LoggedRequest:
    """One request and what became of it; each stand-in adds what its contract speaks of.

    Attributes:
        number: From 1, in the order of arrival.
        at: Moment of the stand-in's clock, aware UTC.
        method: GET, POST, DELETE, ...
        path: As it came.
        route: What faults and counters call it; None if there is no such address.
        raw_query: The query string as it came.
        body: Parsed JSON, or what else may be kept of it; None if there was none.
        user: Who asked; None if nobody came in.
        status: HTTP status; 0 when the connection was dropped.
        fault: Kind of the fault that hit it; None if none did.
        notes: Breaches that only the server could see, by rule name.
    """

    number: int
    at: datetime
    method: str
    path: str
    route: str | None
    raw_query: str = ""
    body: Any = None
    user: str | None = None
    status: int = 0
    fault: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The route; of an unknown one ``METHOD path``."""
        return self.route or f"{self.method} {self.path}"

    def as_json(self) -> dict[str, Any]:
        """Return the entry for the control API; the moment as ISO 8601."""
        shown = {field.name: getattr(self, field.name) for field in fields(self)}
        return {**shown, "at": self.at.isoformat(), "notes": list(self.notes)}


R = TypeVar("R", bound=LoggedRequest)


class RequestLog(list[R]):
    """All requests since the start, oldest first."""

    def counts(self) -> Counter[str]:
        """Return how many requests each route got; unknown ones as ``METHOD path``."""
        return Counter(entry.name for entry in self)
