"""Objects that changed since they were last decided; one mark per object, oldest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.intents import ObjectRef
from westsync.journal.codec import to_us

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from westsync.journal.database import Database


class Dirty:
    """The marks of one account. Every writing method needs a transaction."""

    def __init__(self, database: Database, account: str) -> None:
        """Work on one account of a state."""
        self._database = database
        self._account = account

    def mark(self, objects: Iterable[ObjectRef], now: datetime) -> None:
        """Have objects decided again; a mark that is there keeps its older moment."""
        since = to_us(now)
        self._database.write_each(
            "INSERT INTO dirty VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [(self._account, obj.kind, obj.id, since) for obj in objects],
        )

    def clear(self, obj: ObjectRef) -> None:
        """Take the mark away: the object is being decided in this very transaction."""
        self._database.write(
            "DELETE FROM dirty WHERE account = ? AND kind = ? AND id = ?",
            (self._account, obj.kind, obj.id),
        )

    def objects(self, limit: int) -> tuple[ObjectRef, ...]:
        """Return up to ``limit`` marked objects, longest marked first."""
        rows = self._database.rows(
            "SELECT kind, id FROM dirty WHERE account = ? ORDER BY since LIMIT ?",
            (self._account, limit),
        )
        return tuple(ObjectRef(kind=kind, id=id_) for kind, id_ in rows)
