"""The account's list of tasks, closed ones included where it lets us see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from westsync.connectors.megaplan import wire
from westsync.connectors.megaplan.auth import SYSTEM
from westsync.connectors.megaplan.protocol import Endpoint, any_status_filter
from westsync.connectors.megaplan.walking import Listing, walk
from westsync.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from westsync.connectors.megaplan.config import MegaplanConfig
    from westsync.connectors.megaplan.session import Session
    from westsync.connectors.megaplan.values import Json
    from westsync.connectors.megaplan.walking import RawPage

_log = structlog.get_logger(__name__)


class TaskList:
    """Walks ``GET /task``, which mixes tasks with projects (contract 4.3.1).

    Without a filter the list shows an active selection only, so ``filter_any`` is sent; where it
    is refused, that is remembered and the list taken as it is.
    """

    def __init__(self, session: Session, config: MegaplanConfig) -> None:
        """Prepare; nothing is sent."""
        self._session = session
        self._config = config
        self._list_filter: dict[str, Json] | None = any_status_filter()

    def changed_since(self, since: datetime | None) -> Iterator[RawPage]:
        """Walk by last activity, newest first; None walks everything.

        ``activity`` is the only sort key that every change of a task moves (contract 2.10).
        """
        return self._pages("activity", since, self._config.first_page)

    def created_since(self, since: datetime) -> Iterator[RawPage]:
        """Walk by creation, newest first."""
        return self._pages("timeCreated", since, self._config.page_limit)

    def _pages(self, key: str, since: datetime | None, first_page: int) -> Iterator[RawPage]:
        if self._list_filter is not None:
            pages = self._walk(key, since, first_page)
            try:
                yield next(pages)
            except Rejected as exc:
                self._list_filter = None
                _log.warning("connector.filter_refused", system=SYSTEM, error=str(exc))
            else:
                yield from pages
                return
        yield from self._walk(key, since, first_page)

    def _walk(self, key: str, since: datetime | None, first_page: int) -> Iterator[RawPage]:
        listing = Listing(
            endpoint=Endpoint.TASKS,
            fields=task_fields(self._config),
            changed_key=key,
            stable_key="timeCreated",
            list_filter=self._list_filter,
        )
        limit = self._config.page_limit
        return walk(self._session, listing, since, first_page=first_page, limit=limit)


def task_fields(config: MegaplanConfig) -> tuple[str, ...]:
    """Return the fields that every list of tasks is asked for."""
    own = (config.marker_field,) if config.marker_field else ()
    return (*wire.asked_fields(wire.Task), *own)
