"""What goes back over HTTP: envelopes, and the pages of broken servers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from westsync.sandbox.megaplan.api.table import refusal
from westsync.sandbox.megaplan.wire import Complaint, Refused

if TYPE_CHECKING:
    from westsync.sandbox.megaplan.faults import Fault
    from westsync.sandbox.megaplan.wire import Doc

JSON = "application/json"
HTML = "text/html; charset=utf-8"
LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Вход</title></head><body>Мегаплан</body></html>"
PROXY_PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"


@dataclass(slots=True, kw_only=True)
class Answer:
    """What goes back."""

    status: int
    body: bytes
    media_type: str = JSON
    headers: dict[str, str] | None = None
    inner_status: int = 0
    truncated: bool = False
    delay_s: float = 0.0

    @classmethod
    def of(cls, document: Doc, *, status: int | None = None) -> Answer:
        """Return a JSON answer; the status is the envelope's own unless told otherwise."""
        inner = document["meta"]["status"] if "meta" in document else 0
        return cls(
            status=status or inner or 200, body=msgspec.json.encode(document), inner_status=inner
        )


def failed(fault: Fault) -> Answer:
    """Return what a server answers that fails with the fault's status."""
    headers = {"Retry-After": fault.retry_after} if fault.retry_after is not None else None
    if fault.status >= 500:
        page = PROXY_PAGE.format(f"{fault.status} Error").encode()
        return Answer(status=fault.status, body=page, media_type=HTML, headers=headers)
    answer = Answer.of(refusal(Refused(fault.status, Complaint(message="Sandbox fault"))))
    answer.headers = headers
    return answer
