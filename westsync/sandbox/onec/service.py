"""The HTTP face of the base: who may come in, sessions, licences, faults, the log (contract 10)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote

from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from westsync.sandbox.megaplan.faults import Fault, FaultKind
from westsync.sandbox.onec.access import Denied, enter
from westsync.sandbox.onec.answer import HTML, LICENCE_PAGE, TEXT, XML, Answer, page
from westsync.sandbox.onec.incoming import ODATA_PATH, ROOT, SOAP_PATH, entry_of
from westsync.sandbox.onec.odata import dispatch
from westsync.sandbox.onec.soap import services

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from westsync.sandbox.onec.requestlog import Request
    from westsync.sandbox.onec.world import OneCWorld


SETTLING_TURNS = 20


class Cut(Protocol):
    """Breaks a connection at once."""

    def __call__(self, scope: Scope) -> None:
        """Break it."""
        ...


class Dropped(Exception):
    """The connection is to be closed without an answer."""


class Service:
    """ASGI application of one base.

    Attributes:
        world: The base that is served.
    """

    def __init__(self, world: OneCWorld, cut: Cut) -> None:
        """Serve a base.

        Args:
            world: The base.
            cut: Breaks the connection that a scope belongs to.
        """
        self.world = world
        self._cut = cut
        self._in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or break off as a fault wants."""
        http = HttpRequest(scope, receive)
        self._in_flight += 1
        try:
            answer = await self._worked_out(http, receive)
        finally:
            # Before the answer leaves: whoever has it may ask again at once.
            self._in_flight -= 1
        if answer is None:
            return
        headers = answer.headers | (
            {"Content-Type": answer.media_type} if answer.media_type else {}
        )
        await Response(answer.body, answer.status, headers=headers)(scope, receive, send)

    async def _worked_out(self, http: HttpRequest, receive: Receive) -> Answer | None:
        """Return the answer; None if nobody is there to hear it."""
        try:
            body = await http.body()
        except ClientDisconnect:
            return None
        await self._take_time()
        try:
            with self.world.lock:
                answer = self._handle(http, body)
        except Dropped:
            self._cut(http.scope)
            await _gone(receive)
            return None
        if answer.delay_s:
            with suppress(TimeoutError):
                await asyncio.wait_for(_gone(receive), answer.delay_s)
                return None
        return answer

    async def _take_time(self) -> None:
        """Let others come in meanwhile, and let it be noticed who has gone.

        A client that gave up and asks anew is not two clients: its old connection was closed
        before, and needs a few turns of the loop to be forgotten.
        """
        if self.world.switches.latency_s:
            await asyncio.sleep(self.world.switches.latency_s)
        for _ in range(SETTLING_TURNS if self._in_flight > 1 else 0):
            await asyncio.sleep(0)

    def _handle(self, http: HttpRequest, body: bytes) -> Answer:
        world = self.world
        world.apply_due()
        entry = entry_of(world, http, body, self._in_flight)
        world.requests.append(entry)
        names = (entry.route or "", f"{entry.method} {entry.path}")
        struck = world.faults.strike(*names, now=world.now)
        if struck is None:
            answer = self._answer(http, body, entry)
        else:
            fault, written = struck
            entry.fault = fault.kind.value
            answer = self._broken(http, body, entry, fault, written)
        entry.status, entry.code = answer.status, answer.code
        return answer

    def _broken(
        self, http: HttpRequest, body: bytes, entry: Request, fault: Fault, written: int
    ) -> Answer:
        """Let a request suffer a fault."""
        match fault.kind:
            case FaultKind.STATUS:
                return failed(fault)
            case FaultKind.HTML_LOGIN:
                return Answer(status=200, body=LICENCE_PAGE.encode(), media_type=HTML)
            case FaultKind.DROP_BEFORE:
                raise Dropped
            case FaultKind.APPLY_LATE:
                self.world.later(fault.seconds, lambda: self._answer(http, body, entry))
                raise Dropped
            case FaultKind.STALE:
                return self._answer_of_the_past(http, body, entry, written)
            case FaultKind.EMPTY_LIST:
                return self._answer(http, body, entry, shows_nothing=True)
            case _:
                answer = self._answer(http, body, entry)
        match fault.kind:
            case FaultKind.DELAY:
                answer.delay_s = fault.seconds
            case FaultKind.COMMIT_THEN_DROP:
                raise Dropped
            case FaultKind.COMMIT_THEN_500:
                return page(500, "500 Internal Server Error")
            case FaultKind.TRUNCATED:
                answer.body = answer.body[: len(answer.body) // 2]
            case FaultKind.EMPTY_BODY:
                answer.body = b""
            case _:
                pass
        return answer

    def _answer_of_the_past(
        self, http: HttpRequest, body: bytes, entry: Request, written: int
    ) -> Answer:
        """Answer a read as it would have been when the fault was armed."""
        is_read = entry.method == "GET" or ".List" in (entry.route or "")
        if not is_read:
            return self._answer(http, body, entry)
        self.world.store.look_back(written)
        try:
            return self._answer(http, body, entry)
        finally:
            self.world.store.look_now()

    def _answer(
        self, http: HttpRequest, body: bytes, entry: Request, *, shows_nothing: bool = False
    ) -> Answer:
        """Answer as a healthy base does."""
        try:
            headers = enter(self.world, http, entry, self._in_flight)
        except Denied as exc:
            return exc.answer
        answer = self._published(http, body, entry, shows_nothing=shows_nothing)
        answer.headers |= headers
        return answer

    def _published(
        self, http: HttpRequest, body: bytes, entry: Request, *, shows_nothing: bool
    ) -> Answer:
        switches = self.world.switches
        path = entry.path
        if path.startswith(ODATA_PATH) and switches.odata_published:
            return self._odata(http, body, entry, shows_nothing=shows_nothing)
        if path.startswith(SOAP_PATH) and switches.soap_published:
            return self._soap(http, body, entry, shows_nothing=shows_nothing)
        return page(404, "404 Not Found")

    def _odata(
        self, http: HttpRequest, body: bytes, entry: Request, *, shows_nothing: bool
    ) -> Answer:
        call = dispatch.Call(
            method=http.method,
            path=entry.path.removeprefix(ODATA_PATH),
            raw_query=entry.raw_query,
            headers=http.headers,
            body=body,
            root=f"{_origin(http)}{ODATA_PATH}",
            shows_nothing=shows_nothing,
            without_rights=entry.user in self.world.without_rights,
        )
        answer = dispatch.answer(self.world, call)
        entry.notes += call.notes
        return answer

    def _soap(
        self, http: HttpRequest, body: bytes, entry: Request, *, shows_nothing: bool
    ) -> Answer:
        service = services.service_at(entry.path.removeprefix(SOAP_PATH).strip("/"))
        if service is None:
            return page(404, "404 Not Found")
        if "wsdl" in unquote(entry.raw_query).lower() and http.method == "GET":
            is_internal = self.world.switches.wsdl_host == "internal"
            root = services.INTERNAL_ROOT if is_internal else f"{_origin(http)}{ROOT}"
            return Answer(status=200, body=service.description(root), media_type=XML)
        if http.method != "POST":
            return Answer(status=405, body=b"POST", media_type=TEXT)
        call = services.SoapCall(
            service=service,
            body=body,
            shows_nothing=shows_nothing,
            without_rights=entry.user in self.world.without_rights,
        )
        answer = services.answer(self.world, call)
        entry.notes += call.notes
        return answer


def failed(fault: Fault) -> Answer:
    """Return what a proxy or web server answers that fails with the fault's status."""
    answer = page(fault.status, f"{fault.status} Error")
    if fault.retry_after is not None:
        answer.headers["Retry-After"] = fault.retry_after
    return answer


def _origin(http: HttpRequest) -> str:
    return f"{http.url.scheme}://{http.headers.get('host', http.url.netloc)}"


async def _gone(receive: Receive) -> None:
    """Wait until the server has noticed that the connection is no more."""
    while (await receive())["type"] != "http.disconnect":
        pass
