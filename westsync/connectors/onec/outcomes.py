"""What an answer of 1C means for the caller (1C contract 4.6).

The HTTP status says little: code 15 may come with 400, 409 or 500, and 500 is an ordinary refusal
in Russian as well as a crash. The code inside decides; without one the status does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from westsync.connectors.onec.config import SYSTEM
from westsync.domain.refusals import SaidByLedger
from westsync.errors import (
    AccessDenied,
    ConnectorError,
    OutcomeUnknown,
    Rejected,
    Unavailable,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from westsync.transport import Call, Reply

LICENCE_PAUSE_S = 60.0
MISFIT_CODES = frozenset(
    {"0", "1", "2", "3", "6", "7", "10", "11", "12", "14", "17", "18", "19"}  # 4.6: our question
)
_ATOM_CODE = re.compile(rb"<m:code[^>]*>\s*(-?\d+)\s*</m:code>")
_ATOM_TEXT = re.compile(rb"<m:message[^>]*>(.*?)</m:message>", re.DOTALL)
_DEAD_SESSION = re.compile(r"сеанс|session", re.IGNORECASE)


class NotFound(Rejected):
    """There is no such object (code 9): a normal outcome of looking."""


class AlreadyExists(Rejected):
    """An object with this key exists (code 15): a normal outcome of creating again."""


class Refused(Rejected):
    """The configuration said no, with its own text (code -1, or a SOAP fault)."""


class Conflict(Rejected):
    """Somebody else wrote the object since we read it (412)."""


class Misfit(Rejected):
    """The base does not publish what we asked for: composition, profile or our query."""


class DeadSession(OutcomeUnknown):
    """The infobase session we named is gone; a read is asked again in a new one."""


@dataclass(frozen=True, slots=True)
class Said:
    """An error that 1C itself put into the body: its code and its text."""

    code: str
    text: str


def said_by(reply: Reply) -> Said | None:
    """Return the error in a body, in its JSON or its Atom form; None if there is none."""
    if b"odata.error" in reply.body:
        try:
            error = msgspec.json.decode(reply.body.removeprefix(b"\xef\xbb\xbf"))["odata.error"]
            return Said(str(error["code"]), str(error["message"]["value"]))
        except (msgspec.DecodeError, LookupError, TypeError):
            return None
    if code := _ATOM_CODE.search(reply.body):
        message = _ATOM_TEXT.search(reply.body)
        return Said(code[1].decode(), message[1].decode("utf-8", "replace") if message else "")
    return None


def is_page(call: Call, reply: Reply) -> bool:
    """Return whether an answer is a page for people: no licence, or a log-in page in front."""
    if not reply.body and call.sink is None:  # what a posted document is answered with
        return False
    kind = reply.headers.get("content-type", "").lower()
    if "text/html" in kind or "application/xhtml" in kind:
        return True
    return reply.body[:200].lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith((b"<!doc", b"<html"))


def fault_in(body: bytes) -> str | None:
    """Return the ``faultstring`` of a SOAP 1.1 fault; None if the body is none.

    Its ``detail`` is UNKNOWN (1C contract 3.1) and not looked at.
    """
    if b"Fault" not in body:
        return None
    from lxml import etree  # noqa: PLC0415 - only who speaks SOAP

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        said = etree.fromstring(body, parser).find(".//{*}Fault/faultstring")
    except etree.XMLSyntaxError:
        return None
    return None if said is None else "".join(map(str, said.itertext())).strip()


def explain(reply: Reply) -> str:
    """Return one line about an answer without an error of 1C's own: never its contents."""
    kind = reply.headers.get("content-type", "unknown type")
    return f"{len(reply.body)} bytes of {kind}"


def judge(
    call: Call, reply: Reply, *, is_lock: Callable[[str], bool], in_session: bool
) -> ConnectorError | None:
    """Return what an OData answer means; None leaves it to its HTTP status.

    Args:
        call: What was asked.
        reply: What came.
        is_lock: Whether a refusal's text speaks of a lock that passes.
        in_session: Whether we named an infobase session of our own.
    """
    said = said_by(reply)
    if in_session and reply.status >= 400 and _mentions_session(reply, said):
        return DeadSession(SYSTEM, call.name, "the infobase session is gone")
    if reply.status == 412:  # whatever code comes with it
        text = "somebody else wrote the object" if said is None else said.text
        return Conflict(SYSTEM, call.name, f"412: {text}", 412)
    if said is not None:
        return _of_code(call, reply.status, said, is_lock)
    if reply.status < 400:
        return _licence(call) if is_page(call, reply) else None
    match reply.status:
        case 401:
            return AccessDenied(SYSTEM, call.name, "401: user or password is wrong")
        case 403:
            return AccessDenied(SYSTEM, call.name, "403: the web server lets nobody in here")
        case 404:
            return Misfit(
                SYSTEM,
                call.name,
                "404 without a word of 1C: nothing is published here; see the publication "
                "(default.vrd: standardOdata, ws) and the url of the base",
                404,
            )
        case 501:
            return Misfit(SYSTEM, call.name, "501: the platform cannot do this", 501)
        case _:
            return None


def judge_service(
    call: Call, reply: Reply, *, is_lock: Callable[[str], bool], fault: str | None
) -> ConnectorError | None:
    """Return what an answer of the SOAP service means; None leaves it to its HTTP status.

    A fault is an exception of 1C, whose transaction is rolled back: certainly not done.

    Args:
        call: What was asked.
        reply: What came.
        is_lock: As above.
        fault: ``faultstring`` of the body; None if it is no fault.
    """
    if fault is not None:
        if is_lock(fault):
            return Unavailable(SYSTEM, call.name, fault)
        return Refused(SYSTEM, call.name, SaidByLedger(text=fault), reply.status)
    return judge(call, reply, is_lock=is_lock, in_session=False)


def _of_code(call: Call, status: int, said: Said, is_lock: Callable[[str], bool]) -> ConnectorError:
    told = f"{said.text} (code {said.code})"
    match said.code:
        case "9":
            return NotFound(SYSTEM, call.name, told, status)
        case "15":
            return AlreadyExists(SYSTEM, call.name, told, status)
        case "20":
            return AccessDenied(
                SYSTEM, call.name, f"{told}; give westsync's user the right to this object"
            )
        case "-1" if is_lock(said.text):
            return Unavailable(SYSTEM, call.name, told)
        case "-1":
            return Refused(SYSTEM, call.name, SaidByLedger(text=said.text), status)
        case "8":
            return Misfit(
                SYSTEM,
                call.name,
                f"{told}; add the object to the composition of the OData interface, or set "
                "another profile",
                status,
            )
        case code if code in MISFIT_CODES:
            return Misfit(SYSTEM, call.name, told, status)
        case _ if status == 401:
            return AccessDenied(SYSTEM, call.name, told)
        case _:  # 4, 5, 13, 16, 21 and what we do not know: data that 1C does not take
            return Rejected(SYSTEM, call.name, told, status)


def _licence(call: Call) -> Unavailable:
    return Unavailable(
        SYSTEM,
        call.name,
        "no free licence (a page for people came instead of data, perhaps a log-in "
        "page in front of 1C)",
        LICENCE_PAUSE_S,
    )


def _mentions_session(reply: Reply, said: Said | None) -> bool:
    if said is not None:
        return said.code in {"-1", ""} and _DEAD_SESSION.search(said.text) is not None
    shown = reply.body[:4096].decode("utf-8", "replace")
    return _DEAD_SESSION.search(shown) is not None
