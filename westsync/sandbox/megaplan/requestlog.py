"""What the log keeps of a request to Megaplan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from westsync.sandbox.standin.requestlog import LoggedRequest

if TYPE_CHECKING:
    from westsync.sandbox.megaplan.wire import Doc


@dataclass(slots=True, kw_only=True)
class Request(LoggedRequest):
    """One request and what became of it.

    Its route is ``METHOD /path/{id}`` below ``/api/v3``, its user an employee id; of a form's body
    the log keeps the keys (never a password).

    Attributes:
        query: The JSON object of the query string; empty if it was none.
        agent: ``User-Agent``.
        content_type: Of the body.
        inner_status: ``meta.status``; 0 when there was no envelope.
    """

    query: Doc = field(default_factory=dict)
    agent: str = ""
    content_type: str = ""
    inner_status: int = 0
