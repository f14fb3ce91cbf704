"""The HTTP face of the base: who may come in, sessions, licences, faults, the log (contract 10)."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import unquote

from westsync.sandbox.onec.access import Denied, enter
from westsync.sandbox.onec.answer import LICENCE_PAGE, TEXT, XML, Answer, page
from westsync.sandbox.onec.incoming import ODATA_PATH, ROOT, SOAP_PATH, entry_of
from westsync.sandbox.onec.odata import dispatch
from westsync.sandbox.onec.requestlog import Request
from westsync.sandbox.onec.soap import services
from westsync.sandbox.standin.answers import HTML
from westsync.sandbox.standin.faults import Fault, FaultKind
from westsync.sandbox.standin.service import Service

if TYPE_CHECKING:
    from starlette.requests import Request as HttpRequest
    from starlette.types import Receive

    from westsync.sandbox.onec.world import OneCWorld
    from westsync.sandbox.standin.connections import Connections

SETTLING_TURNS = 20


class OneCService(Service["OneCWorld", Request, Answer]):
    """ASGI application of one base."""

    def __init__(self, world: OneCWorld, connections: Connections) -> None:
        """Serve a base.

        Args:
            world: The base.
            connections: Those that the requests come over.
        """
        super().__init__(world, connections)
        self._in_flight = 0

    async def _worked_out(self, http: HttpRequest, receive: Receive) -> Answer | None:
        """Return the answer; None if nobody is there to hear it."""
        self._in_flight += 1
        try:
            await self._take_time()
            return await super()._worked_out(http, receive)
        finally:
            # Before the answer leaves: whoever has it may ask again at once.
            self._in_flight -= 1

    async def _take_time(self) -> None:
        """Let others come in meanwhile, and let it be noticed who has gone.

        A client that gave up and asks anew is not two clients: its old connection was closed
        before, and needs a few turns of the loop to be forgotten.
        """
        if self.world.switches.latency_s:
            await asyncio.sleep(self.world.switches.latency_s)
        for _ in range(SETTLING_TURNS if self._in_flight > 1 else 0):
            await asyncio.sleep(0)

    def _entry(self, http: HttpRequest, body: bytes) -> Request:
        return entry_of(self.world, http, body, self._in_flight)

    def _log(self, entry: Request, answer: Answer) -> None:
        super()._log(entry, answer)
        entry.code = answer.code

    def _broken(
        self, http: HttpRequest, body: bytes, entry: Request, fault: Fault, written: int
    ) -> Answer:
        match fault.kind:
            case FaultKind.STALE:
                return self._answer_of_the_past(http, body, entry, written)
            case FaultKind.EMPTY_LIST:
                return self._answer(http, body, entry, shows_nothing=True)
            case FaultKind.TRUNCATED:  # whole to HTTP, cut to whoever reads the JSON
                answer = self._answer(http, body, entry)
                answer.body = answer.body[: len(answer.body) // 2]
                return answer
            case _:
                return self._suffer(fault, partial(self._answer, http, body, entry))

    def _failed(self, fault: Fault) -> Answer:
        answer = page(fault.status, f"{fault.status} Error")
        if fault.retry_after is not None:
            answer.headers["Retry-After"] = fault.retry_after
        return answer

    def _page_instead(self) -> Answer:
        return Answer(status=200, body=LICENCE_PAGE.encode(), media_type=HTML)

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


def _origin(http: HttpRequest) -> str:
    return f"{http.url.scheme}://{http.headers.get('host', http.url.netloc)}"
