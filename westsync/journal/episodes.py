"""The memory of the rules: one row per rule and object, one timer per object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.episodes import Episode
from westsync.domain.intents import ObjectRef
from westsync.journal.codec import decoder, digest, encode, from_us, to_us
from westsync.journal.dirty import Dirty

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from westsync.journal.database import Database

_read_episode = decoder(Episode)


class Episodes:
    """Episodes and timers of one account. Writing methods need a transaction."""

    def __init__(self, database: Database, account: str) -> None:
        """Work on one account of a state."""
        self._database = database
        self._account = account
        self._dirty = Dirty(database, account)

    def of(self, obj: ObjectRef) -> dict[str, Episode]:
        """Return the episodes of an object by rule id, cleared ones included."""
        rows = self._database.rows(
            "SELECT rule, record FROM episode WHERE account = ? AND kind = ? AND id = ?",
            (self._account, obj.kind, obj.id),
        )
        return {rule: _read_episode(record) for rule, record in rows}

    def open_of(self, rules: Sequence[str]) -> tuple[tuple[ObjectRef, Episode], ...]:
        """Return the episodes of rules that have not ended, with their objects."""
        found = (
            row
            for rule in rules
            for row in self._database.rows(
                "SELECT kind, id, record FROM episode"
                " WHERE account = ? AND rule = ? AND phase <> 'cleared' ORDER BY kind, id",
                (self._account, rule),
            )
        )
        return tuple((ObjectRef(kind=k, id=i), _read_episode(record)) for k, i, record in found)

    def due_objects(self, now: datetime, limit: int) -> tuple[ObjectRef, ...]:
        """Return up to ``limit`` objects whose timer has come, longest due first."""
        rows = self._database.rows(
            "SELECT kind, id FROM timer WHERE account = ? AND at <= ? ORDER BY at LIMIT ?",
            (self._account, to_us(now), limit),
        )
        return tuple(ObjectRef(kind=kind, id=id_) for kind, id_ in rows)

    def next_due(self) -> datetime | None:
        """Return when the nearest timer comes (UTC); None if there is none."""
        row = self._database.row(
            "SELECT at FROM timer WHERE account = ? ORDER BY at LIMIT 1", (self._account,)
        )
        return None if row is None else from_us(row[0])

    def timers_count(self) -> int:
        """Return how many objects wait for their timer, due ones included."""
        row = self._database.row("SELECT count(*) FROM timer WHERE account = ?", (self._account,))
        return 0 if row is None else int(row[0])

    def save_decision(
        self, obj: ObjectRef, episodes: Iterable[Episode], next_at: datetime | None
    ) -> None:
        """Store what a decision about an object leaves behind, and take its dirty mark away.

        Args:
            obj: The object that was decided.
            episodes: Those that the decision made or changed; others stay as they are, so a rule
                that crashed keeps its memory. Unchanged ones cost a probe and write nothing.
            next_at: When the object must be decided again by itself (UTC); None: only when it
                changes.
        """
        for episode in episodes:
            record = encode(episode)
            self._database.write(
                "INSERT INTO episode (account, kind, id, rule, phase, hash, record)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                " phase = excluded.phase, hash = excluded.hash, record = excluded.record"
                " WHERE excluded.hash <> episode.hash",
                (
                    self._account,
                    obj.kind,
                    obj.id,
                    episode.rule,
                    episode.phase,
                    digest(record),
                    record,
                ),
            )
        self.set_timer(obj, next_at)
        self._dirty.clear(obj)

    def forget(self, obj: ObjectRef, rules: Iterable[str]) -> None:
        """Remove the episodes of rules that no longer exist or concern this object."""
        for rule in rules:
            self._database.write(
                "DELETE FROM episode WHERE account = ? AND kind = ? AND id = ? AND rule = ?",
                (self._account, obj.kind, obj.id, rule),
            )

    def set_timer(self, obj: ObjectRef, at: datetime | None) -> None:
        """Have the object decided at a moment (UTC); None removes its timer."""
        identity = (self._account, obj.kind, obj.id)
        if at is None:
            self._database.write(
                "DELETE FROM timer WHERE account = ? AND kind = ? AND id = ?", identity
            )
        else:
            self._database.write(
                "INSERT INTO timer VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                " at = excluded.at WHERE excluded.at <> timer.at",
                (*identity, to_us(at)),
            )
