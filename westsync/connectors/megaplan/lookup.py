"""Finding our own effects again by their marker (contract 7): lists, matched on our side."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from westsync.connectors.megaplan.protocol import Endpoint
from westsync.connectors.megaplan.task_list import TaskList, task_fields
from westsync.connectors.megaplan.tasks import marker_of_task
from westsync.connectors.megaplan.values import items, link_id, moment, plain_text, text
from westsync.connectors.megaplan.walking import Listing, walk
from westsync.domain.intents import marker_in
from westsync.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from westsync.connectors.megaplan.config import MegaplanConfig
    from westsync.connectors.megaplan.session import Session
    from westsync.connectors.megaplan.values import Json
    from westsync.domain.intents import Marker

# Their clock and ours differ, and the high-water mark is a moment of theirs (reliability 2.2).
SLACK = timedelta(minutes=5)

_log = structlog.get_logger(__name__)


class Lookup:
    """Reads the lists in which an effect of ours must show, and trusts no filter."""

    def __init__(self, session: Session, config: MegaplanConfig) -> None:
        """Prepare; nothing is sent."""
        self._session = session
        self._config = config
        self._task_list = TaskList(session, config)

    def tasks(self, marker: Marker, since: datetime, deal: str | None) -> list[dict[str, Json]]:
        """Return the tasks that carry the marker, oldest first, each once.

        Args:
            marker: What to look for.
            since: High-water mark of the list before the send (UTC).
            deal: Deal whose linked tasks are searched as well.
        """
        found: dict[str, dict[str, Json]] = {}
        for page in self._task_list.created_since(since - SLACK):
            for item in page.found:
                self._keep(item, marker, found)
        if deal is not None:
            try:
                for item in self.linked_tasks(deal):
                    self._keep(item, marker, found)
            except Rejected as exc:
                if exc.status not in {403, 404}:
                    raise
                _log.warning("connector.deal_unreadable", deal=deal, error=str(exc))
        return sorted(found.values(), key=_age)

    def comments(self, marker: Marker, deal: str) -> list[dict[str, Json]]:
        """Return the comments of a deal that carry the marker, oldest first."""
        found = [
            comment
            for comment in self.deal_comments(deal)
            if marker_in(plain_text(comment.get("content"))) == marker
        ]
        return sorted(found, key=_age)

    def linked_tasks(self, deal: str) -> Iterator[dict[str, Json]]:
        """Return the tasks that hang on a deal; projects in the list are passed over."""
        listing = Listing(
            endpoint=Endpoint.DEAL_TASKS,
            entity=deal,
            fields=task_fields(self._config),
            stable_key="timeCreated",
        )
        for page in self._walk(listing):
            for item in page:
                if item.get("contentType") == "Task":
                    yield item

    def is_linked(self, task: str, deal: str) -> bool:
        """Return whether a deal's linked tasks contain the task."""
        return any(text(item.get("id")) == task for item in self.linked_tasks(deal))

    def deal_comments(self, deal: str) -> Iterator[dict[str, Json]]:
        """Return the comments of a deal, other entries of the list passed over (contract 4.5).

        The RAML marks nothing of a comment sortable, so the list is read whole, as it comes.
        """
        for page in self._walk(Listing(endpoint=Endpoint.DEAL_COMMENTS, entity=deal)):
            for item in page:
                if item.get("contentType") == "Comment" and item.get("isDropped") is not True:
                    yield item

    def _keep(
        self, item: dict[str, Json], marker: Marker, found: dict[str, dict[str, Json]]
    ) -> None:
        if item.get("contentType") != "Task":
            return
        if marker_of_task(item, self._config.marker_field) == marker:
            found.setdefault(text(item.get("id")), item)

    def _walk(self, listing: Listing) -> Iterator[tuple[dict[str, Json], ...]]:
        limit = self._config.page_limit
        for page in walk(self._session, listing, None, first_page=limit, limit=limit):
            yield page.found


def names_deal(task: dict[str, Json], deal: str) -> bool | None:
    """Return whether a task's answer shows the deal on it; None if it does not show deals."""
    if "deals" not in task:
        return None
    return any(link_id(one) == deal for one in items(task["deals"]))


def _age(item: dict[str, Json]) -> tuple[str, str]:
    at = moment(item.get("timeCreated"))
    return (at.isoformat() if at else "", text(item.get("id")))
