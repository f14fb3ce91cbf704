"""What goes back over HTTP: envelopes, and the page of a log-in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from westsync.sandbox.megaplan.api.table import refusal
from westsync.sandbox.megaplan.wire import Complaint, Refused
from westsync.sandbox.standin import answers
from westsync.sandbox.standin.answers import HTML, proxy_page

if TYPE_CHECKING:
    from westsync.sandbox.megaplan.wire import Doc
    from westsync.sandbox.standin.faults import Fault

JSON = "application/json"
LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Вход</title></head><body>Мегаплан</body></html>"


@dataclass(slots=True, kw_only=True)
class Answer(answers.Answer):
    """What goes back; mostly JSON.

    Attributes:
        inner_status: ``meta.status``; 0 without an envelope.
    """

    media_type: str = JSON
    inner_status: int = 0

    @classmethod
    def of(cls, document: Doc, *, status: int | None = None) -> Answer:
        """Return a JSON answer; the status is the envelope's own unless told otherwise."""
        inner = document["meta"]["status"] if "meta" in document else 0
        return cls(
            status=status or inner or 200, body=msgspec.json.encode(document), inner_status=inner
        )


def failed(fault: Fault) -> Answer:
    """Return what a server answers that fails with the fault's status."""
    headers = {"Retry-After": fault.retry_after} if fault.retry_after is not None else {}
    if fault.status >= 500:
        page = proxy_page(f"{fault.status} Error")
        return Answer(status=fault.status, body=page, media_type=HTML, headers=headers)
    answer = Answer.of(refusal(Refused(fault.status, Complaint(message="Sandbox fault"))))
    answer.headers = headers
    return answer
