"""Hints that wait to be acted on: one row per object, however many events came about it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from westsync.domain.hints import Happened, Hint
from westsync.domain.intents import ObjectRef
from westsync.journal.codec import from_us, to_us
from westsync.journal.keepsakes import Keepsakes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from westsync.domain.hints import Arrival
    from westsync.journal.database import Database

MOST_WAITING = 5000
REPEATED_WITHIN = timedelta(minutes=10)
_LAST = "webhook.last"


class Taken(StrEnum):
    """What became of an event.

    Attributes:
        NEW: It is kept, and what it names will be read again.
        REPEATED: It came before, within `REPEATED_WITHIN`.
        IGNORED: It is about nothing that westsync watches.
        FULL: Too many hints wait; it is not kept.
    """

    NEW = "new"
    REPEATED = "repeated"
    IGNORED = "ignored"
    FULL = "full"


class Hints:
    """The hints of one account; each method is a transaction of its own."""

    def __init__(self, database: Database, account: str) -> None:
        """Work on one account of a state."""
        self._database = database
        self._account = account
        self._keepsakes = Keepsakes(database, account)

    def keep(self, arrivals: Sequence[Arrival], now: datetime) -> tuple[Taken, ...]:
        """Keep events durably, in one transaction, and say what became of each.

        Args:
            arrivals: In the order of their coming.
            now: UTC.
        """
        with self._database.transaction():
            self._database.write(
                "DELETE FROM hint_event WHERE account = ? AND received_at < ?",
                (self._account, to_us(now - REPEATED_WITHIN)),
            )
            room = MOST_WAITING - self.count()
            taken: list[Taken] = []
            for arrival in arrivals:
                outcome, grew = self._keep(arrival, now, room)
                room -= grew
                taken.append(outcome)
            self._keepsakes.put(_LAST, now.isoformat())
        return tuple(taken)

    def waiting(self, limit: int = MOST_WAITING) -> tuple[Hint, ...]:
        """Return hints, longest waiting first."""
        rows = self._database.rows(
            "SELECT kind, id, happened, received_at, tries FROM hint WHERE account = ?"
            " ORDER BY received_at LIMIT ?",
            (self._account, limit),
        )
        return tuple(
            Hint(
                obj=ObjectRef(kind=kind, id=id_),
                happened=Happened(happened),
                received_at=from_us(received_at),
                tries=tries,
            )
            for kind, id_, happened, received_at, tries in rows
        )

    def count(self) -> int:
        """Return how many objects wait."""
        row = self._database.row("SELECT count(*) FROM hint WHERE account = ?", (self._account,))
        return 0 if row is None else int(row[0])

    def settle(self, hints: Iterable[Hint]) -> None:
        """Take away hints whose objects were read; one that came anew meanwhile stays."""
        with self._database.transaction():
            for hint in hints:
                self._database.write(
                    "DELETE FROM hint WHERE account = ? AND kind = ? AND id = ?"
                    " AND received_at <= ?",
                    (self._account, hint.obj.kind, hint.obj.id, to_us(hint.received_at)),
                )

    def tried(self, hints: Iterable[Hint]) -> None:
        """Note that objects could not be read."""
        with self._database.transaction():
            for hint in hints:
                self._database.write(
                    "UPDATE hint SET tries = tries + 1 WHERE account = ? AND kind = ? AND id = ?",
                    (self._account, hint.obj.kind, hint.obj.id),
                )

    def last_at(self) -> datetime | None:
        """Return when the last event came (UTC), of whatever kind; None if none ever did."""
        text = self._keepsakes.get(_LAST)
        return None if text is None else datetime.fromisoformat(text)

    def _keep(self, arrival: Arrival, now: datetime, room: int) -> tuple[Taken, int]:
        """Keep one event; return what became of it and whether one object more waits."""
        obj = arrival.obj
        if obj is None:
            return Taken.IGNORED, 0
        grows = not self._waits(obj)
        if grows and room <= 0:
            return Taken.FULL, 0
        is_new = self._database.write(
            "INSERT INTO hint_event VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (self._account, arrival.identity, to_us(now)),
        )
        if not is_new:
            return Taken.REPEATED, 0
        self._database.write(
            "INSERT INTO hint (account, kind, id, happened, received_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET happened = max(happened, excluded.happened),"
            " received_at = excluded.received_at, tries = 0",
            (self._account, obj.kind, obj.id, arrival.happened, to_us(now)),
        )
        return Taken.NEW, int(grows)

    def _waits(self, obj: ObjectRef) -> bool:
        return bool(
            self._database.row(
                "SELECT 1 FROM hint WHERE account = ? AND kind = ? AND id = ?",
                (self._account, obj.kind, obj.id),
            )
        )
