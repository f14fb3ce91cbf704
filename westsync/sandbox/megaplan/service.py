"""The HTTP face of the account: log-in, bearer check, faults, answers, files (contract 9)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from westsync.sandbox.megaplan import files
from westsync.sandbox.megaplan.answers import LOGIN_PAGE, Answer, failed
from westsync.sandbox.megaplan.api.calls import Call
from westsync.sandbox.megaplan.api.table import PREFIX, dispatch, refusal, route_of
from westsync.sandbox.megaplan.incoming import UPLOAD_PATH, loggable, parsed, read_form
from westsync.sandbox.megaplan.query import read_query
from westsync.sandbox.megaplan.rendering import Renderer, envelope
from westsync.sandbox.megaplan.requestlog import Request
from westsync.sandbox.megaplan.tokens import GrantRefused
from westsync.sandbox.megaplan.typebook import raml
from westsync.sandbox.megaplan.wire import Complaint, Doc, Refused
from westsync.sandbox.standin.answers import HTML
from westsync.sandbox.standin.faults import Fault, FaultKind
from westsync.sandbox.standin.service import Service

if TYPE_CHECKING:
    from starlette.requests import Request as HttpRequest

    from westsync.sandbox.megaplan.world import World
    from westsync.sandbox.standin.connections import Connections

TOKEN_PATH = f"{PREFIX}/auth/access_token"


class MegaplanService(Service["World", Request, Answer]):
    """ASGI application of one account."""

    def __init__(self, world: World, connections: Connections) -> None:
        """Serve an account.

        Args:
            world: The account.
            connections: Those that the requests come over.
        """
        super().__init__(world, connections, below=PREFIX)

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

    def _log(self, entry: Request, answer: Answer) -> None:
        super()._log(entry, answer)
        entry.inner_status = answer.inner_status

    def _broken(
        self, http: HttpRequest, body: bytes, entry: Request, fault: Fault, written: int
    ) -> Answer:
        match fault.kind:
            case FaultKind.STALE if entry.method == "GET":
                return self._answer(http, body, entry, as_of=written)
            case FaultKind.EMPTY_LIST if entry.method == "GET":
                self._answer(http, body, entry)
                pages = {"count": 0, "limit": 100, "currentPage": 1, "hasMoreNext": False}
                return Answer.of(envelope([], pagination=pages))
            case _:
                return self._suffer(fault, partial(self._answer, http, body, entry))

    def _failed(self, fault: Fault) -> Answer:
        return failed(fault)

    def _page_instead(self) -> Answer:
        return Answer(status=200, body=LOGIN_PAGE.encode(), media_type=HTML)

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


class _Unauthorized(Exception):
    """No valid token."""
