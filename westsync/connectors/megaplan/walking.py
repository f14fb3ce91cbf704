"""Walking a list page by page without losing, repeating or circling (contract 2.5, 2.10)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import structlog

from westsync.connectors.megaplan.auth import SYSTEM
from westsync.connectors.megaplan.protocol import link, page_query
from westsync.connectors.megaplan.values import items, moment, text
from westsync.errors import Rejected, UnexpectedReply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from westsync.connectors.megaplan.protocol import Endpoint
    from westsync.connectors.megaplan.session import Session
    from westsync.connectors.megaplan.values import Json

CURSOR_RESTARTS = 3
CURSOR_GONE = frozenset({400, 404, 422})

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list and how it is asked.

    Attributes:
        endpoint: Where it is.
        entity: Id for the endpoint's path, empty if it has none.
        fields: What is asked for; empty leaves it to the server.
        changed_key: Sortable field that every change moves; None where there is none.
        stable_key: Sortable field that no change moves; None where there is none. A list is sorted
            by one of them wherever its type can be sorted at all (contract 2.5).
        list_filter: Filter of the entity's own type; its effect is never relied upon.
    """

    endpoint: Endpoint
    entity: str = ""
    fields: tuple[str, ...] = ()
    changed_key: str | None = None
    stable_key: str | None = None
    list_filter: dict[str, Json] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPage:
    """A page's new objects; each object of a walk comes once.

    Attributes:
        newest_at: Largest change that the watermark may be set to; None if unknown.
        is_last: Nothing comes after it.
    """

    found: tuple[dict[str, Json], ...]
    newest_at: datetime | None
    is_last: bool


class Walk:
    """One pass over a list."""

    def __init__(self, session: Session, listing: Listing, *, first_page: int, limit: int) -> None:
        """Prepare.

        Args:
            session: Whom to ask.
            listing: What to ask for.
            first_page: Length of the first page of a change poll.
            limit: Length of every further page.
        """
        self._session = session
        self._listing = listing
        self._first_page = first_page
        self._limit = limit
        self._seen: set[str] = set()
        self._restarts = 0

    def changed_since(self, since: datetime) -> Iterator[RawPage]:
        """Walk back from the newest change to the first object older than ``since``.

        The list is sorted by what moves, so an object that changes during the walk may be met
        twice (it is kept once) or be passed; the caller's overlap covers the latter.
        """
        key = self._listing.changed_key
        for found, is_last in self._pages(key, self._first_page):
            moments = [moment(one.get(key)) for one in found] if key else []
            fresh = tuple(
                one for one, at in zip(found, moments, strict=True) if at is None or at >= since
            )
            reached = self._is_sorted(moments) and any(at and at < since for at in moments)
            newest = max((at for at in moments if at is not None), default=None)
            yield RawPage(found=self._new(fresh), newest_at=newest, is_last=is_last or reached)
            if reached:
                return

    def everything(self) -> Iterator[RawPage]:
        """Walk the whole list under an order that no change moves.

        Where the list can be sorted, the newest change is noted before the walk begins: a change
        made during the walk is then younger than the watermark, and the next poll finds it.
        """
        mark = self._newest_change()
        for found, is_last in self._pages(self._listing.stable_key, self._limit):
            yield RawPage(found=self._new(found), newest_at=mark, is_last=is_last)

    def _is_sorted(self, moments: list[datetime | None]) -> bool:
        """Whether the server did sort; if not, an old object says nothing about the rest."""
        known = [at for at in moments if at is not None]
        if all(later >= earlier for later, earlier in pairwise(known)):
            return True
        _log.warning("connector.order_ignored", operation=str(self._listing.endpoint))
        return False

    def _newest_change(self) -> datetime | None:
        key = self._listing.changed_key
        if key is None:
            return None
        found, _ = self._page(key, 1, None)
        return moment(found[0].get(key)) if found else None

    def _pages(
        self, key: str | None, first_limit: int
    ) -> Iterator[tuple[tuple[dict[str, Json], ...], bool]]:
        limit, after, last_id = first_limit, None, ""
        while True:
            try:
                found, has_more = self._page(key, limit, after)
            except Rejected as exc:
                # The entity that the cursor names may have been deleted meanwhile.
                cursor_gone = after is not None and exc.status in CURSOR_GONE
                if not cursor_gone or self._restarts >= CURSOR_RESTARTS:
                    raise
                self._restarts += 1
                limit, after, last_id = self._limit, None, ""
                continue
            if not found:
                yield (), True
                return
            if text(found[-1].get("id")) == last_id:
                raise UnexpectedReply(
                    SYSTEM, str(self._listing.endpoint), "the same page came twice: no cursor"
                )
            yield found, not has_more
            if not has_more:
                return
            last_id = text(found[-1].get("id"))
            after = link(text(found[-1].get("contentType")), last_id)
            limit = self._limit

    def _page(
        self, key: str | None, limit: int, after: dict[str, Json] | None
    ) -> tuple[tuple[dict[str, Json], ...], bool]:
        """Return a page and whether another follows (contract 2.5)."""
        listing = self._listing
        document = self._session.get_list(
            listing.endpoint,
            listing.entity,
            page_query(
                limit=limit,
                fields=listing.fields,
                sort_by=key,
                after=after,
                list_filter=listing.list_filter,
            ),
        )
        found = tuple(items(document.data))
        has_more = len(found) >= limit if document.has_more is None else document.has_more
        return found, has_more

    def _new(self, found: tuple[dict[str, Json], ...]) -> tuple[dict[str, Json], ...]:
        fresh = []
        for one in found:
            identity = f"{text(one.get('contentType'))}/{text(one.get('id'))}"
            if identity not in self._seen:
                self._seen.add(identity)
                fresh.append(one)
        return tuple(fresh)


def walk(
    session: Session, listing: Listing, since: datetime | None, *, first_page: int, limit: int
) -> Iterator[RawPage]:
    """Walk a list back to ``since``; None walks everything."""
    pass_ = Walk(session, listing, first_page=first_page, limit=limit)
    return pass_.everything() if since is None else pass_.changed_since(since)
