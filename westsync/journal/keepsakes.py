"""Small durable values: the token pair of the CRM, the learned request rate."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads annotations at run time
from typing import TYPE_CHECKING, NotRequired, TypedDict

from westsync.journal.codec import decoder, encode
from westsync.ports import TokenPair

if TYPE_CHECKING:
    from westsync.journal.database import Database


class _Pair(TypedDict):
    access: str
    refresh: str
    expires_at: datetime
    logins: tuple[datetime, ...]
    logged_in_as: NotRequired[str]  # states before it had none


_read_pair = decoder(_Pair)


class Keepsakes:
    """Named texts of one account. Each write is durable when the method returns."""

    def __init__(self, database: Database, account: str) -> None:
        """Work on one account of a state."""
        self._database = database
        self._account = account

    def get(self, key: str) -> str | None:
        """Return a value, e.g. of ``megaplan.requests_per_second``; None if it was never put."""
        row = self._database.row(
            "SELECT value FROM setting WHERE account = ? AND key = ?", (self._account, key)
        )
        return None if row is None else str(row[0])

    def put(self, key: str, value: str) -> None:
        """Store a value; the same value again writes nothing."""
        if self.get(key) == value:
            return
        with self._database.transaction():
            self._database.write(
                "INSERT INTO setting VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET"
                " value = excluded.value",
                (self._account, key, value),
            )


class Tokens:
    """The token pair of one account's CRM (`westsync.ports.TokenStore`)."""

    def __init__(self, database: Database, account: str) -> None:
        """Work on one account of a state."""
        self._database = database
        self._account = account

    def load(self) -> TokenPair | None:
        """Return what was saved last; None if nothing was."""
        row = self._database.row("SELECT pair FROM token WHERE account = ?", (self._account,))
        return None if row is None else TokenPair(**_read_pair(row[0]))

    def save(self, pair: TokenPair) -> None:
        """Keep the pair durably; only then may it be used (contract 1.3: it rotates)."""
        with self._database.transaction():
            self._database.write(
                "INSERT INTO token VALUES (?, ?) ON CONFLICT DO UPDATE SET pair = excluded.pair",
                (self._account, encode(pair)),
            )
