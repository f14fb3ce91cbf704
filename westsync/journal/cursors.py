"""How far each source has been read, how much it listed, and when it was last seen at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - part of a public dataclass
from typing import TYPE_CHECKING

from westsync.journal.codec import from_us, from_us_or_none, to_us, to_us_or_none

if TYPE_CHECKING:
    from westsync.journal.database import Database

TASKS = "megaplan.tasks"  # the source whose watermark is the server's clock for look-ups


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """The state of reading one source. All moments are UTC.

    Attributes:
        position: Watermark: largest sort key that was handled; None before the first walk.
        walk_mark: Largest sort key of a walk that is under way; None between walks.
        listed_count: How many objects the last whole walk listed, to notice a sudden emptiness.
        at: When the source was last read with success; its age.
    """

    position: datetime | None
    at: datetime
    walk_mark: datetime | None = None
    listed_count: int = 0


class Cursors:
    """The cursors of one account. `save` needs a transaction, that of the pages it covers."""

    def __init__(self, database: Database, account: str) -> None:
        """Work on one account of a state."""
        self._database = database
        self._account = account

    def get(self, source: str) -> Cursor | None:
        """Return the cursor of a source, e.g. ``megaplan.deals``; None if it was never read."""
        row = self._database.row(
            "SELECT position, walk_mark, listed_count, at FROM cursor"
            " WHERE account = ? AND source = ?",
            (self._account, source),
        )
        return None if row is None else _cursor(*row)

    def all(self) -> dict[str, Cursor]:
        """Return the cursors of all sources."""
        rows = self._database.rows(
            "SELECT source, position, walk_mark, listed_count, at FROM cursor"
            " WHERE account = ? ORDER BY source",
            (self._account,),
        )
        return {source: _cursor(*rest) for source, *rest in rows}

    def save(self, source: str, cursor: Cursor) -> None:
        """Store a cursor; the watermark never goes back."""
        self._database.write(
            "INSERT INTO cursor (account, source, position, walk_mark, listed_count, at)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " position = CASE WHEN excluded.position > coalesce(cursor.position, 0)"
            "   THEN excluded.position ELSE cursor.position END,"
            " walk_mark = excluded.walk_mark, listed_count = excluded.listed_count,"
            " at = excluded.at",
            (
                self._account,
                source,
                to_us_or_none(cursor.position),
                to_us_or_none(cursor.walk_mark),
                cursor.listed_count,
                to_us(cursor.at),
            ),
        )


def _cursor(position: int | None, walk_mark: int | None, listed_count: int, at: int) -> Cursor:
    return Cursor(
        position=from_us_or_none(position),
        walk_mark=from_us_or_none(walk_mark),
        listed_count=listed_count,
        at=from_us(at),
    )
