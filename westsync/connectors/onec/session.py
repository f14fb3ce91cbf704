"""Authorized calls to one base, one at a time (1C contract 2.2, 2.3, 4.1, 4.5)."""

from __future__ import annotations

import base64
import re
import threading
from typing import TYPE_CHECKING, BinaryIO, TypeVar
from urllib.parse import unquote

import structlog

from westsync.connectors.onec import calls, query, wire
from westsync.connectors.onec.config import SERVICE_PATH, SYSTEM, SessionMode
from westsync.connectors.onec.outcomes import (
    DeadSession,
    NotFound,
    explain,
    fault_in,
    judge,
    judge_service,
)
from westsync.errors import AccessDenied, ConnectorError, Rejected
from westsync.transport import (
    Effect,
    RateLimiter,
    Transport,
    plain_decode,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from westsync.connectors.onec.config import OneCConfig
    from westsync.connectors.onec.values import Json
    from westsync.ports import Clock
    from westsync.transport import Call, Reply

T = TypeVar("T")

# A session that was let go costs seconds to open (2.3).
COLD_AFTER_S = 20.0
# A base may lock a user whose password is wrong again and again (2.2).
MOST_REFUSALS, SILENT_AFTER_REFUSALS_S = 2, 6 * 3600.0
REQUESTS_PER_SECOND = 20.0
_SESSION_COOKIE = re.compile(r"ibsession=([0-9a-zA-Z-]+)", re.IGNORECASE)
_NAMES_IN_FILTER = re.compile(r"(Description eq )'(?:[^']|'')*'")


log = structlog.get_logger()


class OneCSession:
    """A base that can be asked; thread-safe, one request is on its way at a time."""

    def __init__(
        self, config: OneCConfig, clock: Clock, *, random: Callable[[], float] | None = None
    ) -> None:
        """Prepare; nothing is sent.

        Args:
            config: The base.
            clock: Time.
            random: Jitter in [0, 1).
        """
        self.config = config
        self.clock = clock
        self._transport = Transport(
            system=SYSTEM,
            base_url=config.base_url,
            clock=clock,
            limiter=RateLimiter(clock, per_second=REQUESTS_PER_SECOND),
            ca_file=config.ca_file,
            explain=explain,
            judge=self._judge,
            keeps_cookies=False,
            random=random,
        )
        credentials = base64.b64encode(f"{config.user}:{config.password}".encode()).decode()
        self._authorization = {"Authorization": f"Basic {credentials}"}
        self._turn = threading.RLock()
        self._infobase_session = ""
        self._answered_at: float | None = None
        self._refusals = 0
        self._silent_until = 0.0

    @property
    def transport(self) -> Transport:
        """Return the transport, for its state."""
        return self._transport

    def close(self) -> None:
        """End an infobase session of ours, so that its licence is free, and the connections."""
        if self._infobase_session:
            try:
                self._send(calls.ending(), plain_decode)
            except ConnectorError as exc:  # it ends by itself after its sessionMaxAge
                log.debug("onec.session_left", account=self.config.account, error=str(exc))
        self._transport.close()

    # -- OData ---------------------------------------------------------------------------------

    def rows(self, path: str, asked: Mapping[str, str] | None = None) -> list[dict[str, Json]]:
        """Read a list.

        Args:
            path: Entity.
            asked: Query options of `query.options`.
        """
        return self._send(self._read(path, asked), wire.list_in)

    def entity(self, path: str) -> dict[str, Json] | None:
        """Read one object by its key; None if there is none."""
        try:
            return self._send(self._read(path, None), wire.object_in)
        except NotFound:
            return None

    def create(self, entity: str, body: dict[str, Json]) -> dict[str, Json]:
        """Create an object; return it as 1C keeps it.

        Raises:
            AlreadyExists: There is one with this key.
            OutcomeUnknown: Look by key before repeating.
        """
        return self._send(calls.writing("POST", entity, body), wire.object_in)

    def change(self, entity: str, ref: str, body: dict[str, Json], version: str) -> dict[str, Json]:
        """Set some fields of an object that has not been written since.

        Live bases were seen to ignore ``If-Match`` (4.5), so the caller compares before.

        Raises:
            Conflict: Somebody wrote it.
        """
        call = calls.writing("PATCH", query.entity_path(entity, ref), body, {"If-Match": version})
        return self._send(call, wire.object_in)

    def post_document(self, entity: str, ref: str) -> None:
        """Post a document.

        Raises:
            Refused: 1C's own text says why not.
        """
        self._send(calls.posting(entity, ref), plain_decode)

    def metadata(self, sink: BinaryIO) -> None:
        """Write the description of the base into a seekable file."""
        self._send(calls.describing(sink), plain_decode)

    def root(self) -> list[str]:
        """Return the entities of the composition; empty if it was never filled in (4.2)."""
        return [str(one.get("name")) for one in self.rows("")]

    def status_with_password(self, password: str) -> str:
        """Return in words what another password gets, for the doctor."""
        pair = base64.b64encode(f"{self.config.user}:{password}".encode()).decode()
        call = self._read("", None)
        try:
            with self._turn:
                self._transport.send(call, plain_decode, {"Authorization": f"Basic {pair}"})
        except ConnectorError as exc:
            return exc.detail
        return "accepted"

    # -- SOAP ----------------------------------------------------------------------------------

    def service_description(self) -> bytes:
        """Return the WSDL of our service as the base serves it."""
        return self._send(calls.service_description(), plain_decode).body

    def call_service(
        self,
        operation: str,
        action: str,
        envelope: bytes,
        *,
        writes: bool,
        decode: Callable[[Reply], T],
    ) -> T:
        """Send a SOAP 1.1 envelope to our service.

        Args:
            operation: Its name.
            action: Its ``soapAction``.
            envelope: What is sent.
            writes: Whether it changes anything there.
            decode: Reads a successful answer; raises `Unreadable` if it cannot.
        """
        call = calls.service(operation, action, envelope, writes=writes)
        return self._send(call, decode)

    # -- sending -------------------------------------------------------------------------------

    def _read(self, path: str, asked: Mapping[str, str] | None) -> Call:
        since = None if self._answered_at is None else self.clock.monotonic() - self._answered_at
        call = calls.reading(path, asked, is_cold=since is None or since > COLD_AFTER_S)
        if len(self.config.base_url) + len(call.target) > query.LONGEST_URL:
            text = f"a question of {len(call.target)} characters is more than web servers take"
            raise Rejected(SYSTEM, call.name, text)
        return call

    def _send(self, call: Call, decode: Callable[[Reply], T]) -> T:
        with self._turn:
            self._refuse_while_silent(call)
            try:
                return self._send_in_session(call, decode)
            except DeadSession:
                self._infobase_session = ""
                if call.effect is not Effect.READ:
                    raise
                return self._send_in_session(call, decode)
            except AccessDenied as exc:
                if exc.detail.startswith("401"):
                    self._count_refusal()
                raise

    def _send_in_session(self, call: Call, decode: Callable[[Reply], T]) -> T:
        began = self.clock.monotonic()

        def read(reply: Reply) -> T:
            self._note()
            found = decode(reply)
            log.debug(
                "onec.answered",
                operation=call.name,
                detail=_NAMES_IN_FILTER.sub(r"\1'...'", unquote(call.target)),
                status=reply.status,
                ms=round(1000 * (self.clock.monotonic() - began)),
                rows=len(found) if isinstance(found, list) else None,
            )
            return found

        return self._transport.send(call, read, self._authorization | self._session_headers())

    def _session_headers(self) -> dict[str, str]:
        if self.config.session is not SessionMode.MANUAL:
            return {}
        if not self._infobase_session:
            return {"IBSession": "start"}
        return {"Cookie": f"ibsession={self._infobase_session}"}

    def _note(self) -> None:
        self._answered_at = self.clock.monotonic()
        self._refusals = 0

    def _keep_session(self, reply: Reply) -> None:
        started = _SESSION_COOKIE.search(reply.headers.get("set-cookie", ""))
        if started and self.config.session is SessionMode.MANUAL:
            self._infobase_session = started[1]

    def _judge(self, call: Call, reply: Reply) -> ConnectorError | None:
        is_lock, in_session = self.config.is_lock, bool(self._infobase_session)
        # A session begins with a refusal as well: "not found" would else open one each time.
        self._keep_session(reply)
        if call.target == SERVICE_PATH:
            fault = None if reply.status < 400 else fault_in(reply.body)
            return judge_service(call, reply, is_lock=is_lock, fault=fault)
        return judge(call, reply, is_lock=is_lock, in_session=in_session)

    def _count_refusal(self) -> None:
        self._refusals += 1
        if self._refusals >= MOST_REFUSALS:
            self._silent_until = self.clock.monotonic() + SILENT_AFTER_REFUSALS_S

    def _refuse_while_silent(self, call: Call) -> None:
        left = self._silent_until - self.clock.monotonic()
        if self._refusals >= MOST_REFUSALS and left > 0:
            raise AccessDenied(
                SYSTEM,
                call.name,
                f"user or password was refused {self._refusals} times; not asked again for "
                f"{left / 3600:.0f} h, so that 1C does not lock the user: set the right password "
                "and reload",
            )
