"""Acting on hints: what an event named is read again, and only what is read is believed.

The ordinary walks come first, as they cost the same with and without hints; most of what was
hinted at is among what they show. The rest is asked for by id, many in one request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from westsync.domain.hints import Happened
from westsync.domain.intents import ObjectRef
from westsync.errors import AccessDenied, ConnectorError, Unavailable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from westsync.domain.hints import Hint
    from westsync.domain.records import Page
    from westsync.journal.port import Store
    from westsync.ports import CrmReader

_AT_ONCE = 20
_PER_CYCLE = 200
_MOST_TRIES = 3

log = structlog.get_logger()


class Hinted:
    """The hints that waited when a look began, and which of them the look has answered."""

    def __init__(self, store: Store) -> None:
        """Take what waits; events that come from now on are for the next look."""
        self._store = store
        self._open = {hint.obj: hint for hint in store.hints.waiting()}
        self._answered: list[Hint] = []

    def names(self, kind: str) -> bool:
        """Return whether an object of this kind was hinted at."""
        return any(obj.kind == kind for obj in self._open)

    def shown(self, page: Page, changed: Collection[ObjectRef]) -> None:
        """Count hints as answered whose objects a page shows changed.

        One that is shown unchanged stays open, and one that is said to be dropped: the list may
        lag behind (contract 6).
        """
        if not self._open:
            return
        for obj in set(_objects_of(page)) & set(changed):
            hint = self._open.get(obj)
            if hint is not None and hint.happened is not Happened.DROPPED:
                self._answered.append(self._open.pop(obj))

    def settle(self) -> None:
        """Take away what was answered, and what nothing can be learned of by its id."""
        idle = [hint for hint in self._open.values() if not self._is_worth_reading(hint)]
        for hint in idle:
            del self._open[hint.obj]
        if self._answered or idle:
            self._store.hints.settle((*self._answered, *idle))
        self._answered.clear()

    def read(self, reader: CrmReader) -> Iterator[tuple[Page, Hint]]:
        """Read by id what is still open, and take each hint away when its batch was used.

        Yields:
            A page, and the hint that it answers.

        Raises:
            ConnectorError: An object cannot be read. It is tried again with the next look, and
                after three times left to the polls.
        """
        waiting = list(self._open.values())[:_PER_CYCLE]
        for begin in range(0, len(waiting), _AT_ONCE):
            batch = waiting[begin : begin + _AT_ONCE]
            try:
                pages = reader.objects([hint.obj for hint in batch])
                yield from zip(pages, batch, strict=True)
            except (AccessDenied, Unavailable):
                raise
            except ConnectorError:
                self._give_up_some(batch)
                raise
            self._store.hints.settle(batch)

    def _is_worth_reading(self, hint: Hint) -> bool:
        """Return whether the object may be one of ours.

        A new one is not known yet; any other that is not known belongs to a program that nobody
        configured, or the polls will show it.
        """
        mirror, obj = self._store.mirror, hint.obj
        if hint.happened is Happened.CREATED:
            return True
        match obj.kind:
            case "deal":
                return mirror.deal(obj.id) is not None
            case "task":
                return mirror.task(obj.id) is not None
            case _:
                return mirror.client(obj.id) is not None

    def _give_up_some(self, batch: Sequence[Hint]) -> None:
        self._store.hints.tried(batch)
        hopeless = [hint for hint in batch if hint.tries + 1 >= _MOST_TRIES]
        self._store.hints.settle(hopeless)
        for hint in hopeless:
            log.warning("hint.given_up", object=str(hint.obj))


def _objects_of(page: Page) -> Iterator[ObjectRef]:
    for kind, records in (("deal", page.deals), ("task", page.tasks), ("client", page.clients)):
        for record in records:
            yield ObjectRef(kind=kind, id=record.id)
