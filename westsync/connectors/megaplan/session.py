"""Authorized calls to one account: the token, one renewal on 401, the answer's envelope."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from westsync.connectors.megaplan.auth import (
    SYSTEM,
    Credentials,
    RotatingTokens,
    StaticToken,
)
from westsync.connectors.megaplan.envelope import (
    explain,
    read_document,
    read_entity,
    read_list,
)
from westsync.connectors.megaplan.protocol import compact
from westsync.errors import AccessDenied
from westsync.transport import (
    Call,
    Effect,
    Priority,
    RateLimiter,
    Transport,
    plain_decode,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from westsync.connectors.megaplan.auth import Auth
    from westsync.connectors.megaplan.config import MegaplanConfig
    from westsync.connectors.megaplan.envelope import Document
    from westsync.connectors.megaplan.protocol import Endpoint
    from westsync.connectors.megaplan.values import Json
    from westsync.ports import Clock, TokenStore
    from westsync.transport import Reply

T = TypeVar("T")

JSON_HEADERS = {"Content-Type": "application/json"}


class Session:
    """An account that can be asked.

    Attributes:
        priority: Who goes first in the limiter; a backfill sets BACKFILL on a session of its own
            made with `with_priority`.
    """

    def __init__(
        self,
        transport: Transport,
        auth: Auth,
        *,
        on_behalf_of: str | None = None,
        priority: Priority = Priority.LIVE,
    ) -> None:
        """Bind transport and token; nothing is sent."""
        self._transport = transport
        self._auth = auth
        self._on_behalf_of = on_behalf_of
        self.priority = priority

    @property
    def transport(self) -> Transport:
        """Return the transport, for its state and its learned rate."""
        return self._transport

    def with_priority(self, priority: Priority) -> Session:
        """Return a session over the same transport and token with another priority."""
        return Session(
            self._transport, self._auth, on_behalf_of=self._on_behalf_of, priority=priority
        )

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def get(
        self, endpoint: Endpoint, entity: str = "", query: dict[str, Json] | None = None
    ) -> Document:
        """Read one document."""
        return self._ask(self._read_call(endpoint, entity, query), read_document)

    def get_list(
        self, endpoint: Endpoint, entity: str = "", query: dict[str, Json] | None = None
    ) -> Document:
        """Read one page of a list; its data is certainly a list."""
        return self._ask(self._read_call(endpoint, entity, query), read_list)

    def get_entity(
        self,
        endpoint: Endpoint,
        entity: str = "",
        *kinds: str,
        query: dict[str, Json] | None = None,
    ) -> dict[str, Json]:
        """Read one entity of these kinds."""
        call = self._read_call(endpoint, entity, query)
        return self._ask(call, lambda reply: read_entity(reply, *kinds))

    def read_bulk(self, endpoint: Endpoint, body: dict[str, Json]) -> Document:
        """Send several reads as one POST; repeating it is harmless."""
        return self._ask(self._body_call(endpoint, "", body, Effect.READ), read_list)

    def create(
        self, endpoint: Endpoint, entity: str, body: dict[str, Json], *kinds: str
    ) -> dict[str, Json]:
        """Do something that must not be done twice, exactly one time; return what came of it."""
        call = self._body_call(endpoint, entity, body, Effect.CREATE)
        return self._ask(call, lambda reply: read_entity(reply, *kinds))

    def update(self, endpoint: Endpoint, entity: str, body: dict[str, Json]) -> Document:
        """Set something, one time.

        Repeating a set is harmless for its own field but runs the account's scenarios again
        (contract 4.1), so the caller reads back before it sends a second time.
        """
        return self._ask(self._body_call(endpoint, entity, body, Effect.SET), read_document)

    def upload(self, target: str, body: bytes, content_type: str) -> Document:
        """Send a file (contract 4.10)."""
        call = Call(
            method="POST",
            target=target,
            effect=Effect.CREATE,
            body=body,
            headers={"Content-Type": content_type},
            priority=self.priority,
        )
        return self._ask(call, read_list)

    def download(self, target: str, sink: BinaryIO, cap_bytes: int) -> None:
        """Write a file of the account into a seekable sink."""
        call = Call(
            method="GET",
            target=target,
            effect=Effect.READ,
            priority=self.priority,
            cap_bytes=cap_bytes,
            sink=sink,
            deadline_s=240.0,
        )
        self._ask(call, plain_decode)

    def get_raw(self, endpoint: Endpoint) -> Reply:
        """Read an answer as it is, with its headers; for probes."""
        return self._ask(self._read_call(endpoint, "", None), plain_decode)

    def status_without_token(self, endpoint: Endpoint) -> int:
        """Return the HTTP status with which a wrong token is answered; for probes."""
        call = self._read_call(endpoint, "", None)
        try:
            reply = self._transport.send(call, plain_decode, {"Authorization": "Bearer -"})
        except AccessDenied:
            return 401
        return reply.status

    def _read_call(self, endpoint: Endpoint, entity: str, query: dict[str, Json] | None) -> Call:
        return Call(
            method=endpoint.method,
            target=endpoint.target(entity, query),
            effect=Effect.READ,
            priority=self.priority,
        )

    def _body_call(
        self, endpoint: Endpoint, entity: str, body: dict[str, Json], effect: Effect
    ) -> Call:
        return Call(
            method=endpoint.method,
            target=endpoint.target(entity),
            effect=effect,
            body=compact(body).encode(),
            headers=JSON_HEADERS,
            priority=self.priority,
            attempts=1 if effect is Effect.SET else None,
        )

    def _ask(self, call: Call, decode: Callable[[Reply], T]) -> T:
        """Send with the token; on 401 renew it once and send once more (contract 1.5)."""
        token = self._auth.bearer()
        try:
            return self._transport.send(call, decode, self._headers(token))
        except AccessDenied:
            token = self._auth.renew(token)
        try:
            return self._transport.send(call, decode, self._headers(token))
        except AccessDenied as exc:
            raise AccessDenied(
                SYSTEM, call.name, f"refused also with a new token ({exc.detail}); check the rights"
            ) from exc

    def _headers(self, token: str) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        if self._on_behalf_of is not None:
            headers["X-User-Id"] = self._on_behalf_of
        return headers


def open_session(
    config: MegaplanConfig,
    credentials: Credentials | str,
    *,
    clock: Clock,
    store: TokenStore,
    learned_rate: float | None = None,
    random: Callable[[], float] | None = None,
) -> Session:
    """Prepare a session; nothing is sent before the first question.

    Args:
        config: The account.
        credentials: Login and password, or an application token as text.
        clock: Time.
        store: Where rotating tokens are kept; unused with an application token.
        learned_rate: Requests per second that an earlier run learned; None starts as configured.
        random: Jitter in [0, 1).
    """
    transport = Transport(
        system=SYSTEM,
        base_url=config.base_url,
        clock=clock,
        limiter=RateLimiter(
            clock,
            per_second=learned_rate or config.requests_per_second,
            ceiling=config.requests_ceiling or config.requests_per_second,
        ),
        ca_file=config.ca_file,
        explain=explain,
        random=random,
    )
    auth: Auth
    if isinstance(credentials, Credentials):
        auth = RotatingTokens(transport, credentials, store, clock)
    else:
        auth = StaticToken(credentials)
    return Session(transport, auth, on_behalf_of=config.on_behalf_of)
