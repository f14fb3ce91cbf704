"""The history of one object as values over time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from westsync.domain.records import ClientRecord, DealRecord, TaskRecord, TodoRecord, Touch
from westsync.journal.codec import decoder
from westsync.journal.history import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

_V = TypeVar("_V")
_R = TypeVar("_R", DealRecord, ClientRecord, TaskRecord)

read_deal = decoder(DealRecord)
read_client = decoder(ClientRecord)
read_task = decoder(TaskRecord)
_read_touches = decoder(tuple[Touch, ...])
_read_todos = decoder(tuple[TodoRecord, ...])
_read_links = decoder(tuple[str, ...])

Rows = list[tuple[Part, "datetime", bytes]]
"""As `westsync.journal.history.History.rows` returns them."""


@dataclass(frozen=True, slots=True)
class Track(Generic[_V]):
    """A value that changed from time to time.

    Attributes:
        moments: When each version was first seen (UTC), in order.
        versions: The versions; None while the object was gone.
    """

    moments: tuple[datetime, ...] = ()
    versions: tuple[_V | None, ...] = ()

    def at(self, moment: datetime) -> _V | None:
        """Return what was known at a moment; None if nothing was, or it was gone."""
        index = bisect_right(self.moments, moment)
        return self.versions[index - 1] if index else None

    def seen_since(self, moment: datetime) -> _V | None:
        """Return what was first seen at or after a moment, else what was seen last before.

        For what tells itself when it happened: a later look knows more of an earlier moment.
        """
        if not self.moments:
            return None
        return self.versions[min(bisect_left(self.moments, moment), len(self.moments) - 1)]


def track(moments: Iterable[tuple[datetime, _V | None]]) -> Track[_V]:
    """Return the track of versions in order."""
    pairs = tuple(moments)
    return Track(tuple(at for at, _ in pairs), tuple(value for _, value in pairs))


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailTracks:
    """What was read of an object beyond the lists.

    Attributes:
        touches: All entries of its CRM history, oldest first; None if it was never read.
        todos: Its calls and meetings as they were read.
        links: Ids of the tasks that were shown on it.
    """

    touches: tuple[Touch, ...] | None = None
    todos: Track[tuple[TodoRecord, ...]] = field(default_factory=Track)
    links: Track[tuple[str, ...]] = field(default_factory=Track)


def record_track(
    rows: Rows, read: Callable[[bytes], _R], known: Callable[[_R], _R] | None = None
) -> Track[_R]:
    """Return how an object changed in its list.

    Args:
        rows: Of the object.
        read: Decodes a record.
        known: What is done to each record that was read; None: nothing.
    """
    records = ((at, read(raw) if raw else None) for part, at, raw in rows if part is Part.RECORD)
    if known is None:
        return track(records)
    return track((at, None if record is None else known(record)) for at, record in records)


def detail_tracks(rows: Rows) -> DetailTracks:
    """Return what was read of an object beyond the lists."""
    touches: Mapping[str, Touch] | None = None
    for part, _, raw in rows:
        if part is Part.HISTORY:
            read = {touch.id: touch for touch in _read_touches(raw)}
            touches = read if touches is None else {**touches, **read}
    return DetailTracks(
        touches=None
        if touches is None
        else tuple(sorted(touches.values(), key=lambda touch: (touch.at, touch.id))),
        todos=track((at, _read_todos(raw)) for part, at, raw in rows if part is Part.TODOS),
        links=track((at, _read_links(raw)) for part, at, raw in rows if part is Part.TASKS),
    )
