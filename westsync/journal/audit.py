"""The append-only log of everything sent and of everything people ordered (reliability 7.6).

Each row holds the hash of the one before, so a change in the middle cannot hide.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - part of a public dataclass
from typing import TYPE_CHECKING

from westsync.journal.codec import digest, encode, from_us, to_us

if TYPE_CHECKING:
    from westsync.journal.database import Database
    from westsync.journal.entries import Entry

DAEMON = "westsync"
_BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One line of the log.

    Attributes:
        number: Position in the log of the whole state file.
        at: UTC.
        what: ``recorded``, a state of an intent (``acting``, ``done``, ...), or a command
            (``ack``, ``mute``, ``release``, ``retry``, ``drop``).
        actor: ``westsync``, or the person who gave the command.
        rule, rule_hash, key: Of the intent; empty for commands about none.
        target: Object or scope.
        ref: Id in the other system; empty if there is none.
        detail: Trace of the decision, cause of a failure, end of a silence.
    """

    number: int
    at: datetime
    what: str
    actor: str
    rule: str
    rule_hash: str
    key: str
    target: str
    ref: str
    detail: str


class Audit:
    """The log of one account; the chain runs through all accounts of the file."""

    def __init__(self, database: Database, account: str) -> None:
        """Work on one account of a state."""
        self._database = database
        self._account = account

    def append(
        self,
        *,
        at: datetime,
        what: str,
        actor: str = DAEMON,
        rule: str = "",
        rule_hash: str = "",
        key: str = "",
        target: str = "",
        ref: str = "",
        detail: str = "",
    ) -> None:
        """Add a line, in the transaction of what it tells."""
        last = self._database.row(
            "SELECT hash FROM audit WHERE number = (SELECT max(number) FROM audit)"
        )
        cells = (
            self._account,
            to_us(at),
            what,
            actor,
            rule,
            rule_hash,
            key,
            target,
            ref,
            detail,
        )
        self._database.write(
            "INSERT INTO audit (account, at, what, actor, rule, rule_hash, key, target, ref,"
            " detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*cells, _chained(b"" if last is None else last[0], cells)),
        )

    def append_of(
        self, entry: Entry, what: str, *, at: datetime, actor: str = DAEMON, detail: str = ""
    ) -> None:
        """Add a line about an intent, in the transaction of what it tells."""
        self.append(
            at=at,
            what=what,
            actor=actor,
            rule=entry.rule,
            rule_hash=entry.rule_hash,
            key=entry.key,
            target=str(entry.obj),
            ref=entry.ref or "",
            detail=detail,
        )

    def of_key(self, key: str) -> tuple[AuditRow, ...]:
        """Return the history of one intent, in order."""
        rows = self._database.rows(
            "SELECT number, at, what, actor, rule, rule_hash, key, target, ref, detail"
            " FROM audit WHERE account = ? AND key = ? ORDER BY number",
            (self._account, key),
        )
        return tuple(
            AuditRow(
                number=number,
                at=from_us(at),
                what=what,
                actor=actor,
                rule=rule,
                rule_hash=rule_hash,
                key=key_,
                target=target,
                ref=ref,
                detail=detail,
            )
            for number, at, what, actor, rule, rule_hash, key_, target, ref, detail in rows
        )

    def verify(self) -> int | None:
        """Recompute the chain; return the number of the first row that does not fit, or None."""
        before, number = b"", 0
        while rows := self._database.rows(
            "SELECT number, hash, account, at, what, actor, rule, rule_hash, key, target, ref,"
            " detail FROM audit WHERE number > ? ORDER BY number LIMIT ?",
            (number, _BATCH),
        ):
            for number, stored, *cells in rows:
                if _chained(before, tuple(cells)) != stored:
                    return int(number)
                before = stored
        return None


def _chained(before: bytes, cells: tuple[object, ...]) -> bytes:
    return digest(before + encode(cells))
