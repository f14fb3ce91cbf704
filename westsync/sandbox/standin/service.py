"""The HTTP face of a stand-in: the log, the faults, and answers that arrive or do not."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from westsync.sandbox.standin.answers import Answer
from westsync.sandbox.standin.faults import Fault, FaultKind
from westsync.sandbox.standin.requestlog import LoggedRequest
from westsync.sandbox.standin.world import StandIn

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive, Scope, Send

    from westsync.sandbox.standin.connections import Connections

W = TypeVar("W", bound=StandIn[Any, Any])
R = TypeVar("R", bound=LoggedRequest)
A = TypeVar("A", bound=Answer)

BROKEN = Fault(route="*", kind=FaultKind.STATUS, status=500)


class Dropped(Exception):
    """The connection is to be closed without an answer."""


class Service(ABC, Generic[W, R, A]):
    """ASGI application of one world.

    Attributes:
        world: What is served.
    """

    def __init__(self, world: W, connections: Connections, *, below: str = "") -> None:
        """Serve a world.

        Args:
            world: What is served.
            connections: Those that the requests come over; a fault breaks them.
            below: Where the API begins; faults name paths below it.
        """
        self.world = world
        self._connections = connections
        self._below = below

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or break off as a fault wants."""
        answer = await self._worked_out(HttpRequest(scope, receive), receive)
        if answer is None:
            return
        if answer.truncated:
            await self._send_half(answer, scope, send)
            await _gone(receive)
            return
        response = Response(
            answer.body, answer.status, answer.headers, media_type=answer.media_type or None
        )
        await response(scope, receive, send)

    async def _worked_out(self, http: HttpRequest, receive: Receive) -> A | None:
        """Return the answer; None if nobody is there to hear it."""
        try:
            body = await http.body()
        except ClientDisconnect:
            return None
        try:
            with self.world.lock:
                answer = self._handle(http, body)
        except Dropped:
            self._connections.cut(http.scope)
            await _gone(receive)
            return None
        if answer.delay_s:
            with suppress(TimeoutError):
                await asyncio.wait_for(_gone(receive), answer.delay_s)
                return None
        return answer

    async def _send_half(self, answer: A, scope: Scope, send: Send) -> None:
        """Promise the whole body, send half of it and close."""
        headers = [
            (b"content-type", answer.media_type.encode()),
            (b"content-length", str(len(answer.body)).encode()),
        ]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        half = answer.body[: len(answer.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        self._connections.cut(scope, after_sending=True)

    def _handle(self, http: HttpRequest, body: bytes) -> A:
        world = self.world
        world.apply_due()
        entry = self._entry(http, body)
        world.requests.append(entry)
        names = (entry.route or "", f"{entry.method} {entry.path.removeprefix(self._below)}")
        struck = world.faults.strike(*names, now=world.now)
        if struck is None:
            answer = self._answer(http, body, entry)
        else:
            fault, written = struck
            entry.fault = fault.kind.value
            answer = self._broken(http, body, entry, fault, written)
        self._log(entry, answer)
        return answer

    def _log(self, entry: R, answer: A) -> None:
        """Note in the log what is answered."""
        entry.status = answer.status

    def _suffer(self, fault: Fault, healthy: Callable[[], A]) -> A:
        """Let a request suffer what every server suffers alike.

        Args:
            fault: What goes wrong.
            healthy: Does what is asked and answers as a healthy server does.
        """
        match fault.kind:
            case FaultKind.STATUS:
                return self._failed(fault)
            case FaultKind.HTML_LOGIN:
                return self._page_instead()
            case FaultKind.DROP_BEFORE:
                raise Dropped
            case FaultKind.APPLY_LATE:
                self.world.later(fault.seconds, healthy)
                raise Dropped
            case _:
                answer = healthy()
        match fault.kind:
            case FaultKind.DELAY:
                answer.delay_s = fault.seconds
            case FaultKind.COMMIT_THEN_DROP:
                raise Dropped
            case FaultKind.COMMIT_THEN_500:
                return self._failed(BROKEN)
            case FaultKind.TRUNCATED:
                answer.truncated = True
            case FaultKind.EMPTY_BODY:
                answer.body = b""
            case _:
                pass
        return answer

    @abstractmethod
    def _entry(self, http: HttpRequest, body: bytes) -> R:
        """Return the entry of a request in the log."""

    @abstractmethod
    def _answer(self, http: HttpRequest, body: bytes, entry: R) -> A:
        """Answer as a healthy server does."""

    @abstractmethod
    def _broken(self, http: HttpRequest, body: bytes, entry: R, fault: Fault, written: int) -> A:
        """Let a request suffer a fault: what reads less than there is, itself; else `_suffer`.

        Args:
            http: The request.
            body: Its body.
            entry: Its place in the log.
            fault: What goes wrong.
            written: Number of the last write when the fault was armed.
        """

    @abstractmethod
    def _failed(self, fault: Fault) -> A:
        """Return what is answered where the server fails with the fault's status."""

    @abstractmethod
    def _page_instead(self) -> A:
        """Return the page that comes with 200 instead of an answer."""


async def _gone(receive: Receive) -> None:
    """Wait until the server has noticed that the connection is no more."""
    while (await receive())["type"] != "http.disconnect":
        pass
