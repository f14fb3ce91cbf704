"""What the log keeps of a request to 1C."""

from __future__ import annotations

from dataclasses import dataclass, field

from westsync.sandbox.standin.requestlog import LoggedRequest


@dataclass(slots=True, kw_only=True)
class Request(LoggedRequest):
    """One request and what became of it.

    Its path is decoded; its route is ``METHOD entity``, ``METHOD entity(key)``,
    ``METHOD entity(key)/Post``, ``METHOD $metadata``, ``METHOD /`` for the root,
    ``SOAP service.operation`` or ``WSDL service``.

    Attributes:
        entity: Entity set; empty if none.
        key: The bracket after it, as it came; empty if none.
        options: The query string, percent-decoded.
        url_length: Characters of the whole address, as it came.
        headers: Those that the contract speaks of, by lower-case names.
        in_flight: Requests under way when it came, itself included.
        code: Code of the refusal; None for none.
    """

    entity: str = ""
    key: str = ""
    options: dict[str, str] = field(default_factory=dict)
    url_length: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    in_flight: int = 1
    code: int | None = None
