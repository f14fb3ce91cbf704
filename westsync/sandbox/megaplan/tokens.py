"""Who may come in: logins, rotating token pairs, the static application token (contract 1)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from westsync.sandbox.megaplan.switches import Switches
    from westsync.sandbox.megaplan.wire import Doc


class GrantRefused(Exception):
    """The log-in or refresh was refused; rendered as OAuth does (contract 1.2)."""


@dataclass(slots=True, kw_only=True)
class _Pair:
    """An issued pair of tokens."""

    access: str
    refresh: str
    user: str
    expires_at: datetime
    superseded_at: datetime | None = None
    successor: str | None = None


class Tokens:
    """Issues and checks tokens; every token is made from the seed and a counter.

    Attributes:
        application: The static token of the integration (contract 1.4).
        grants: How many pairs were issued.
    """

    def __init__(
        self, seed: int, logins: Mapping[str, tuple[str, str]], now: Callable[[], datetime]
    ) -> None:
        """Know who may log in.

        Args:
            seed: Makes tokens reproducible.
            logins: Login -> (password, employee id).
            now: The stand-in's clock.
        """
        self._seed = seed
        self._logins = dict(logins)
        self._now = now
        self._by_access: dict[str, _Pair] = {}
        self._by_refresh: dict[str, _Pair] = {}
        self.application = self._make("application")
        self.grants = 0

    def grant(self, form: Mapping[str, str], switches: Switches) -> Doc:
        """Answer ``POST /auth/access_token``.

        Raises:
            GrantRefused: Wrong login, password or refresh token, or an unknown grant type.
        """
        match form.get("grant_type"):
            case "password":
                password, user = self._logins.get(form.get("username", ""), ("", ""))
                if not user or form.get("password") != password:
                    raise GrantRefused("Invalid username and password combination")
                pair = self._issue(user, switches)
            case "refresh_token":
                pair = self._refresh(form.get("refresh_token", ""), switches)
            case other:
                raise GrantRefused(f"Unsupported grant_type {other!r}")
        return {
            "access_token": pair.access,
            "expires_in": switches.token_life_s,
            "token_type": "bearer",
            "scope": None,
            "refresh_token": pair.refresh,
        }

    def user_of(self, token: str) -> str | None:
        """Return the employee id behind a bearer token, None if it is not valid now."""
        pair = self._by_access.get(token)
        if pair is None or pair.expires_at <= self._now():
            return None
        return pair.user

    def revoke_access(self) -> None:
        """Make every access token invalid; refresh tokens stay."""
        self._by_access.clear()

    def revoke_all(self) -> None:
        """Make every access and refresh token invalid, as after a change of the password."""
        self._by_access.clear()
        self._by_refresh.clear()

    def change_password(self, login: str, password: str) -> None:
        """Give an account another password."""
        self._logins[login] = (password, self._logins[login][1])

    def _refresh(self, token: str, switches: Switches) -> _Pair:
        """Rotate; within the leeway an old token returns the successor already issued (1.3)."""
        pair = self._by_refresh.get(token)
        if pair is None:
            raise GrantRefused("Invalid refresh token")
        if pair.superseded_at is None or pair.successor is None:
            successor = self._issue(pair.user, switches)
            pair.superseded_at, pair.successor = self._now(), successor.refresh
            return successor
        if self._now() - pair.superseded_at > timedelta(seconds=switches.refresh_leeway_s):
            raise GrantRefused("Invalid refresh token")
        return self._by_refresh[pair.successor]

    def _issue(self, user: str, switches: Switches) -> _Pair:
        self.grants += 1
        pair = _Pair(
            access=self._make(f"access {self.grants}"),
            refresh=self._make(f"refresh {self.grants}"),
            user=user,
            expires_at=self._now() + timedelta(seconds=switches.token_life_s),
        )
        self._by_access[pair.access] = pair
        self._by_refresh[pair.refresh] = pair
        return pair

    def _make(self, what: str) -> str:
        return hashlib.blake2b(f"{self._seed} {what}".encode(), digest_size=24).hexdigest()
