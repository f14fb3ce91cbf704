"""Who we are to Megaplan: a static token, or a log-in whose tokens rotate (contract 1)."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlencode

from westsync.connectors.megaplan.envelope import read_json, refuse_inner_failure
from westsync.connectors.megaplan.protocol import Endpoint
from westsync.connectors.megaplan.values import number, text
from westsync.domain.logins import sign_of
from westsync.errors import AccessDenied, Rejected
from westsync.ports import TokenPair
from westsync.transport import Call, Effect, InnerFailure, Unreadable

if TYPE_CHECKING:
    from westsync.ports import Clock, TokenStore
    from westsync.transport import Reply, Transport

LOGINS_PER_HOUR = 3
RENEW_BEFORE_END = timedelta(minutes=5)
DEFAULT_LIFE_S = 172_800
SYSTEM = "megaplan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Log-in of westsync's own employee account."""

    login: str
    password: str = field(repr=False)

    @property
    def sign(self) -> str:
        """What tells a changed password."""
        return sign_of(self.login, self.password)


class Auth(Protocol):
    """Where the bearer token comes from."""

    def bearer(self) -> str:
        """Return the token to send.

        Raises:
            AccessDenied: There is none to be had; a person acts.
            Unavailable: The token service did not answer.
        """
        ...

    def renew(self, refused: str) -> str:
        """Return another token after this one was answered with 401.

        Raises:
            AccessDenied: There is no other one.
            Unavailable: The token service did not answer.
        """
        ...


class StaticToken:
    """An application token: nothing renews it, a 401 is for a person (contract 1.4)."""

    def __init__(self, token: str) -> None:
        """Keep the token."""
        self._token = token

    def bearer(self) -> str:
        """Return the token."""
        return self._token

    def renew(self, refused: str) -> str:
        """Refuse: only an administrator can issue another token."""
        del refused
        raise AccessDenied(
            SYSTEM, "authorization", "the application token is refused; issue a new one"
        )


class RotatingTokens:
    """Log-in by password, kept alive by refresh tokens that rotate (contract 1.2, 1.3).

    A new pair is stored durably before it is used. If the process dies between the server's
    rotation and our storing, the stored refresh token still works for a short leeway, and after
    that the password does. One renewal at a time; at most three log-ins an hour, counted durably.
    """

    def __init__(
        self, transport: Transport, credentials: Credentials, store: TokenStore, clock: Clock
    ) -> None:
        """Read what is stored; nothing is sent."""
        self._transport = transport
        self._credentials = credentials
        self._store = store
        self._clock = clock
        self._pair = store.load() or TokenPair(
            access="", refresh="", expires_at=datetime.fromtimestamp(0, tz=UTC)
        )
        self._lock = threading.Lock()

    def bearer(self) -> str:
        """Return a token that should live for some minutes more, renewing it first if need be."""
        with self._lock:
            if not self._pair.access or self._is_ending():
                self._renew()
            return self._pair.access

    def renew(self, refused: str) -> str:
        """Return another token; if somebody renewed it meanwhile, that one."""
        with self._lock:
            if self._pair.access == refused:
                self._renew()
            return self._pair.access

    def _is_ending(self) -> bool:
        return self._clock.now() >= self._pair.expires_at - RENEW_BEFORE_END

    def _renew(self) -> None:
        if self._pair.refresh:
            try:
                self._grant({"grant_type": "refresh_token", "refresh_token": self._pair.refresh})
            except (AccessDenied, Rejected):
                self._log_in()
        else:
            self._log_in()

    def _log_in(self) -> None:
        now = self._clock.now()
        same = self._pair.logged_in_as == self._credentials.sign
        tried = self._pair.logins if same else ()
        recent = tuple(at for at in tried if at > now - timedelta(hours=1))
        if len(recent) >= LOGINS_PER_HOUR:
            again = (recent[0] + timedelta(hours=1)).isoformat(timespec="minutes")
            raise AccessDenied(
                SYSTEM,
                "log-in",
                f"{len(recent)} log-ins within an hour; the next is at {again}, or at once with "
                "another password",
            )
        self._pair = replace(
            self._pair, refresh="", logins=(*recent, now), logged_in_as=self._credentials.sign
        )
        self._store.save(self._pair)
        try:
            self._grant(
                {
                    "username": self._credentials.login,
                    "password": self._credentials.password,
                    "grant_type": "password",
                },
                attempts=1,
            )
        except (AccessDenied, Rejected) as exc:
            raise AccessDenied(
                SYSTEM, "log-in", f"login or password refused ({exc.detail}); check them"
            ) from exc

    def _grant(self, form: dict[str, str], attempts: int | None = None) -> None:
        """Ask for a pair and store it. Repeating a refresh yields the same successor (1.3)."""
        call = Call(
            method=Endpoint.LOG_IN.method,
            target=Endpoint.LOG_IN.target(),
            effect=Effect.SET,
            body=urlencode(form).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            attempts=attempts,
            deadline_s=60.0,
        )
        granted = self._transport.send(call, _read_grant, {})
        expires_at = self._clock.now() + timedelta(seconds=granted.life_s)
        pair = TokenPair(
            access=granted.access,
            refresh=granted.refresh,
            expires_at=expires_at,
            logins=self._pair.logins,
            logged_in_as=self._pair.logged_in_as,
        )
        self._store.save(pair)
        self._pair = pair


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grant:
    access: str = field(repr=False)
    refresh: str = field(repr=False)
    life_s: float


def _read_grant(reply: Reply) -> _Grant:
    """Read the token answer, which is not wrapped in meta and data (contract 1.2)."""
    document = read_json(reply)
    refuse_inner_failure(document)
    if document.get("error"):
        raise InnerFailure(401, text(document.get("error")))
    access = text(document.get("access_token"))
    if not access:
        raise Unreadable("the answer holds no access_token")
    life = number(document.get("expires_in"))
    return _Grant(
        access=access,
        refresh=text(document.get("refresh_token")),
        life_s=float(life) if life is not None and life > 0 else DEFAULT_LIFE_S,
    )
