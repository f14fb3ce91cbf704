"""The HTTP face of the account: log-in, bearer check, faults, answers, files (contract 9)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import msgspec
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from westsync.sandbox.megaplan import files
from westsync.sandbox.megaplan.answers import HTML, LOGIN_PAGE, Answer, failed
from westsync.sandbox.megaplan.api.calls import Call
from westsync.sandbox.megaplan.api.table import PREFIX, dispatch, refusal, route_of
from westsync.sandbox.megaplan.faults import Fault, FaultKind
from westsync.sandbox.megaplan.incoming import UPLOAD_PATH, loggable, parsed, read_form
from westsync.sandbox.megaplan.query import read_query
from westsync.sandbox.megaplan.rendering import Renderer, envelope
from westsync.sandbox.megaplan.requestlog import Request
from westsync.sandbox.megaplan.tokens import GrantRefused
from westsync.sandbox.megaplan.typebook import raml
from westsync.sandbox.megaplan.wire import Complaint, Doc, Refused

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from westsync.sandbox.megaplan.world import World

TOKEN_PATH = f"{PREFIX}/auth/access_token"


class Cut(Protocol):
    """Breaks a connection, at once or after what was written has been sent."""

    def __call__(self, scope: Scope, *, after_sending: bool) -> None:
        """Break it."""
        ...


class Dropped(Exception):
    """The connection is to be closed without an answer."""


class Service:
    """ASGI application of one world.

    Attributes:
        world: The account that is served.
    """

    def __init__(self, world: World, cut: Cut) -> None:
        """Serve a world.

        Args:
            world: The account.
            cut: Breaks the connection that a scope belongs to.
        """
        self.world = world
        self._cut = cut

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or break off as a fault wants."""
        http = HttpRequest(scope, receive)
        try:
            body = await http.body()
        except ClientDisconnect:
            return
        try:
            with self.world.lock:
                answer = self._handle(http, body)
        except Dropped:
            self._cut(scope, after_sending=False)
            await _gone(receive)
            return
        if answer.delay_s:
            await asyncio.sleep(answer.delay_s)
        if answer.truncated:
            await self._send_half(answer, scope, send)
            await _gone(receive)
            return
        response = Response(
            answer.body, answer.status, headers=answer.headers, media_type=answer.media_type
        )
        await response(scope, receive, send)

    async def _send_half(self, answer: Answer, scope: Scope, send: Send) -> None:
        """Promise the whole body, send half of it and close."""
        headers = [
            (b"content-type", answer.media_type.encode()),
            (b"content-length", str(len(answer.body)).encode()),
        ]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        half = answer.body[: len(answer.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        self._cut(scope, after_sending=True)

    def _handle(self, http: HttpRequest, body: bytes) -> Answer:
        world = self.world
        world.apply_due()
        entry = self._entry(http, body)
        world.requests.append(entry)
        path = http.url.path.removeprefix(PREFIX)
        names = (entry.route or "", f"{entry.method} {path}")
        struck = world.faults.strike(*names, now=world.now)
        if struck is None:
            return self._logged(entry, self._answer(http, body, entry))
        fault, written = struck
        entry.fault = fault.kind.value
        return self._logged(entry, self._broken(http, body, entry, fault, written))

    def _entry(self, http: HttpRequest, body: bytes) -> Request:
        path = http.url.path
        raw_query = http.scope["query_string"].decode("latin-1")
        if path == UPLOAD_PATH:
            route: str | None = f"{http.method} {UPLOAD_PATH}"
        elif path.startswith("/attach/"):
            route = f"{http.method} /attach"
        elif path.rstrip("/") == TOKEN_PATH:
            route = f"{http.method} /auth/access_token"
        elif path.rstrip("/") == PREFIX:
            route = f"{http.method} /"
        else:
            below = path.removeprefix(PREFIX)
            route = route_of(http.method, below) if below != path else None
        return Request(
            number=len(self.world.requests) + 1,
            at=self.world.now,
            method=http.method,
            path=path,
            route=route,
            raw_query=raw_query,
            query=read_query(raw_query),
            body=loggable(route, http.headers.get("content-type", ""), body),
            agent=http.headers.get("user-agent", ""),
            content_type=http.headers.get("content-type", ""),
        )

    def _logged(self, entry: Request, answer: Answer) -> Answer:
        entry.status, entry.inner_status = answer.status, answer.inner_status
        return answer

    def _broken(
        self, http: HttpRequest, body: bytes, entry: Request, fault: Fault, written: int
    ) -> Answer:
        """Let a request suffer a fault."""
        match fault.kind:
            case FaultKind.STATUS:
                return failed(fault)
            case FaultKind.HTML_LOGIN:
                return Answer(status=200, body=LOGIN_PAGE.encode(), media_type=HTML)
            case FaultKind.DROP_BEFORE:
                raise Dropped
            case FaultKind.APPLY_LATE:
                self.world.later(fault.seconds, lambda: self._answer(http, body, entry))
                raise Dropped
            case FaultKind.STALE if entry.method == "GET":
                return self._answer(http, body, entry, as_of=written)
        answer = self._answer(http, body, entry)
        match fault.kind:
            case FaultKind.DELAY:
                answer.delay_s = fault.seconds
            case FaultKind.COMMIT_THEN_DROP:
                raise Dropped
            case FaultKind.COMMIT_THEN_500:
                return failed(Fault(route="*", kind=FaultKind.STATUS, status=500))
            case FaultKind.TRUNCATED:
                answer.truncated = True
            case FaultKind.EMPTY_BODY:
                return Answer(status=200, body=b"")
            case FaultKind.EMPTY_LIST if entry.method == "GET":
                pages = {"count": 0, "limit": 100, "currentPage": 1, "hasMoreNext": False}
                return Answer.of(envelope([], pagination=pages))
        return answer

    def _answer(
        self, http: HttpRequest, body: bytes, entry: Request, *, as_of: int | None = None
    ) -> Answer:
        """Answer as a healthy server does."""
        world = self.world
        try:
            if entry.route == "POST /auth/access_token":
                return self._grant(entry, body)
            entry.user = self._user(http, entry)
            if http.url.path == UPLOAD_PATH and http.method == "POST":
                found = files.upload(world, http.headers, body)
                renderer = Renderer(world, entry.user)
                return Answer.of(envelope(renderer.listing(found, (), only=False)))
            if entry.route == "GET /":
                return Answer(status=200, body=raml().encode(), media_type="application/raml+yaml")
            if http.url.path.startswith("/attach/") and http.method == "GET":
                return self._file(http.url.path)
            return Answer.of(self._call(http, body, entry, as_of))
        except _Unauthorized:
            document = refusal(Refused(401, Complaint(message="Unauthorized")))
            is_inner = world.switches.unauthorized == "inner"
            return Answer.of(document, status=200 if is_inner else 401)
        except Refused as exc:
            return Answer.of(refusal(exc))

    def _call(self, http: HttpRequest, body: bytes, entry: Request, as_of: int | None) -> Doc:
        world = self.world
        if not http.url.path.startswith(f"{PREFIX}/"):
            raise Refused(404)
        call = Call(
            core=world,
            user=entry.user or "",
            method=http.method,
            route="",
            query=entry.query,
            body=parsed(body),
            included=http.headers.get("x-use-included-response", "").lower() == "true",
        )
        self._choose_view(entry, as_of)
        try:
            return dispatch(call, http.url.path.removeprefix(PREFIX))
        finally:
            world.store.look_now()
            entry.notes = tuple(call.notes)

    def _choose_view(self, entry: Request, as_of: int | None) -> None:
        """Let lists lag, and stale reads show the past (contract 6, 9.12)."""
        lag = self.world.switches.list_lag_s
        is_list = entry.method == "GET" and not (entry.route or "").endswith("}")
        if as_of is not None:
            self.world.store.look_back(to_write=as_of)
        elif lag and is_list:
            self.world.store.look_back(to=self.world.now - timedelta(seconds=lag))

    def _user(self, http: HttpRequest, entry: Request) -> str:
        scheme, _, token = http.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            token = str(entry.query.get("access_token", ""))
        if token == self.world.tokens.application:
            acting = http.headers.get("x-user-id", "")
            on_behalf = self.world.store.get("Employee", acting)
            return str(on_behalf["id"]) if on_behalf else self.world.employee("westsync")
        user = self.world.tokens.user_of(token)
        if user is None:
            raise _Unauthorized
        return user

    def _grant(self, entry: Request, body: bytes) -> Answer:
        try:
            form = read_form(entry.content_type, body)
            document = self.world.tokens.grant(form, self.world.switches)
        except GrantRefused as exc:
            refused = {"error": "invalid_grant", "error_description": str(exc)}
            return Answer(status=401, body=msgspec.json.encode(refused))
        return Answer.of(document)

    def _file(self, path: str) -> Answer:
        parts = path.split("/")
        entity_id = parts[4] if len(parts) > 4 else ""
        file = self.world.store.need("File", entity_id)
        content = self.world.store.blobs[entity_id]
        return Answer(status=200, body=content, media_type=file["mimeType"])


async def _gone(receive: Receive) -> None:
    """Wait until the server has noticed that the connection is no more."""
    while (await receive())["type"] != "http.disconnect":
        pass


class _Unauthorized(Exception):
    """No valid token."""
