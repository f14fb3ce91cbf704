"""Where the infobase keeps its rows, and how they looked a moment ago.

Rows are never changed in place: a write replaces the row and keeps the old one for a while, so
that a stale list can be shown (contract 10.11).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, deque
from typing import TYPE_CHECKING, NamedTuple

from westsync.sandbox.onec.values import Ref, Row, version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

REMEMBERED_WRITES = 20_000


class Write(NamedTuple):
    """One replaced row: which, and what was there before (None: nothing)."""

    number: int
    ref: Ref
    old: Row | None


class Store:
    """All rows of the infobase.

    Attributes:
        watchers: Told after each write: reference, row before, row after (None: none).
    """

    def __init__(self) -> None:
        """Start empty."""
        self._rows: dict[str, dict[str, Row]] = {}
        self._dated: dict[str, list[tuple[datetime, str]]] = {}
        self._writes: deque[Write] = deque(maxlen=REMEMBERED_WRITES)
        self._overlay: dict[Ref, Row | None] = {}
        self._written = 0
        self._numbers: Counter[object] = Counter()
        self.watchers: list[Callable[[Ref, Row | None, Row | None], None]] = []

    @property
    def written(self) -> int:
        """Number of writes so far."""
        return self._written

    def next_number(self, sequence: object) -> int:
        """Return the next number of a sequence, from 1."""
        self._numbers[sequence] += 1
        return self._numbers[sequence]

    def get(self, entity: str, key: str) -> Row | None:
        """Return a row, None if there is none (or the present view does not show it)."""
        ref = Ref(entity, key)
        if ref in self._overlay:
            return self._overlay[ref]
        return self._rows.get(entity, {}).get(key)

    def follow(self, ref: object) -> Row | None:
        """Return the row a reference points at, None if it points nowhere."""
        return self.get(*ref) if isinstance(ref, Ref) else None

    def all(self, entity: str) -> list[Row]:
        """Return all rows of an entity set in the order of their creation."""
        rows = self._rows.get(entity, {})
        if not self._overlay:
            return list(rows.values())
        gone = [ref.key for ref in self._overlay if ref.entity == entity and ref.key not in rows]
        found = (self.get(entity, key) for key in [*rows, *gone])
        return [row for row in found if row is not None]

    def dated(self, entity: str, since: datetime | None, until: datetime | None) -> list[Row]:
        """Return the rows whose ``Date`` is in ``[since, until)``, oldest first.

        Args:
            entity: An entity set with ``Date``.
            since: Naive wall clock; None: from the beginning.
            until: Naive wall clock; None: to the end.
        """
        if self._overlay:
            shown = self.all(entity)
            return [
                row
                for row in shown
                if (since is None or row["Date"] >= since)
                and (until is None or row["Date"] < until)
            ]
        if entity not in self._dated:
            rows = self._rows.get(entity, {})
            self._dated[entity] = sorted((row["Date"], key) for key, row in rows.items())
        index = self._dated[entity]
        first = 0 if since is None else bisect_left(index, (since, ""))
        last = len(index) if until is None else bisect_left(index, (until, ""))
        rows = self._rows.get(entity, {})
        return [rows[key] for _, key in index[first:last]]

    def put(self, entity: str, key: str, row: Mapping[str, object]) -> Row:
        """Store a row, new or replaced, with a new ``DataVersion``, and return it."""
        ref = Ref(entity, key)
        old = self._rows.setdefault(entity, {}).get(key)
        self._note(ref, old)
        new = {**row, "DataVersion": version(self._written)}
        self._rows[entity][key] = new
        if old is None or old.get("Date") != new.get("Date"):
            self._dated.pop(entity, None)
        self._tell(ref, old, new)
        return new

    def remove(self, entity: str, key: str) -> None:
        """Forget a row for good."""
        ref = Ref(entity, key)
        old = self._rows[entity].pop(key)
        self._note(ref, old)
        self._dated.pop(entity, None)
        self._tell(ref, old, None)

    def look_back(self, to_write: int) -> None:
        """Show reads how everything was after a write, until `look_now`."""
        overlay: dict[Ref, Row | None] = {}
        for write in reversed(self._writes):
            if write.number <= to_write:
                break
            overlay[write.ref] = write.old
        self._overlay = overlay

    def look_now(self) -> None:
        """Show reads the present again."""
        self._overlay = {}

    def entities(self) -> Iterator[str]:
        """Yield the entity sets that have rows."""
        yield from self._rows

    def _note(self, ref: Ref, old: Row | None) -> None:
        self._written += 1
        self._writes.append(Write(self._written, ref, old))

    def _tell(self, ref: Ref, old: Row | None, new: Row | None) -> None:
        for watcher in self.watchers:
            watcher(ref, old, new)
