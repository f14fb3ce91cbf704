"""Who may come in: Basic authorization, sessions, licences, lengths (contract 2.2, 2.3, 4.1)."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING

from westsync.sandbox.onec.answer import LICENCE_PAGE, TEXT, Answer, page
from westsync.sandbox.onec.incoming import ODATA_PATH
from westsync.sandbox.onec.odata import json_answers
from westsync.sandbox.onec.refusals import ConfigurationRefused
from westsync.sandbox.standin.answers import HTML

if TYPE_CHECKING:
    from starlette.requests import Request as HttpRequest

    from westsync.sandbox.onec.requestlog import Request
    from westsync.sandbox.onec.world import OneCWorld

REALM = 'Basic realm="1C:Enterprise 8.3"'
COOKIE = "ibsession"


class Denied(Exception):
    """The request does not get to the base.

    Attributes:
        answer: What goes back instead.
    """

    def __init__(self, answer: Answer) -> None:
        """Deny with an answer."""
        super().__init__(answer.status)
        self.answer = answer


def enter(world: OneCWorld, http: HttpRequest, entry: Request, in_flight: int) -> dict[str, str]:
    """Let a request in.

    Args:
        world: The base.
        http: The request.
        entry: Its place in the log; gets the user and what the contract forbids.
        in_flight: Requests under way, this one included; each takes a licence.

    Returns:
        Headers for the answer.

    Raises:
        Denied: 401, 411, no licence, or the session is gone.
    """
    _need_length(world, http, entry)
    entry.user = _user(world, http, entry)
    return _session(world, http, in_flight)


def _need_length(world: OneCWorld, http: HttpRequest, entry: Request) -> None:
    if http.method not in {"POST", "DELETE", "PATCH", "PUT"}:
        return
    if "content-length" in http.headers or "transfer-encoding" in http.headers:
        return
    entry.notes += ("content-length",)
    if world.switches.length_required:
        raise Denied(page(411, "411 Length Required"))


def _user(world: OneCWorld, http: HttpRequest, entry: Request) -> str:
    """Return who comes in; a name is UTF-8 before base64 (contract 2.2)."""
    scheme, _, encoded = http.headers.get("authorization", "").partition(" ")
    denied = Answer(status=401, media_type=TEXT, headers={"WWW-Authenticate": REALM})
    if scheme.lower() != "basic":
        raise Denied(denied)
    try:
        name, _, password = b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:
        entry.notes += ("basic-encoding",)
        raise Denied(denied) from None
    if world.users.get(name) != password:
        raise Denied(denied)
    return name


def _session(world: OneCWorld, http: HttpRequest, in_flight: int) -> dict[str, str]:
    """Begin, use or end a session, and see whether there is a licence for it."""
    life, now = world.switches.session_life_s, world.now
    wish = http.headers.get("ibsession", "").lower()
    cookie = http.cookies.get(COOKIE)
    if cookie is not None and not world.sessions.use(cookie, now, life):
        raise Denied(_no_session(http))
    others = world.sessions.open_at(now, life) - (cookie is not None)
    if world.switches.licences and others + in_flight > world.switches.licences:
        status = world.switches.licence_status
        raise Denied(Answer(status=status, body=LICENCE_PAGE.encode(), media_type=HTML))
    if cookie is not None:
        if wish == "finish":
            world.sessions.finish(cookie)
        return {}
    if wish != "start":
        return {}
    return {"Set-Cookie": f"{COOKIE}={world.sessions.start(now)}; path=/; HttpOnly"}


def _no_session(http: HttpRequest) -> Answer:
    refused = ConfigurationRefused("Сеанс отсутствует или удален")
    if not http.url.path.startswith(ODATA_PATH):
        return Answer(status=500, body=refused.text.encode(), media_type=TEXT)
    return Answer(
        status=500,
        body=json_answers.encoded(json_answers.error(refused)),
        media_type=json_answers.media_type("minimalmetadata"),
        code=refused.code,
    )
