"""Calls and meetings of a stretch of time, for reports: ``GET /todo`` (contract 4.4).

The list cannot be sorted (contract 2.5), and a filter by ``timeFinished`` may be ignored (2.9):
each todo is looked at again here, and a list too long to be walked is an error, never half an
answer.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from westsync.connectors.megaplan import wire
from westsync.connectors.megaplan.auth import SYSTEM
from westsync.connectors.megaplan.protocol import Endpoint, filter_config
from westsync.connectors.megaplan.todos import todo_record
from westsync.connectors.megaplan.values import date_json
from westsync.connectors.megaplan.walking import Listing, walk
from westsync.errors import UnexpectedReply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from westsync.connectors.megaplan.config import MegaplanConfig
    from westsync.connectors.megaplan.session import Session
    from westsync.connectors.megaplan.values import Json
    from westsync.domain.records import TodoRecord

LONGEST_WALK_PAGES = 50
TALKS = frozenset({"call", "meeting"})
_ONE_DAY = timedelta(days=1)


def closed_talks(
    session: Session, config: MegaplanConfig, begins_at: datetime, ends_at: datetime
) -> tuple[TodoRecord, ...]:
    """Return calls and meetings closed in ``[begins_at, ends_at)``, earliest first.

    Raises:
        UnexpectedReply: The filter is not honoured and the account has too many todos.
        ConnectorError: The list cannot be read.
    """
    listing = Listing(
        endpoint=Endpoint.TODOS,
        fields=wire.asked_fields(wire.Todo),
        list_filter=_finished_between(config, begins_at, ends_at),
    )
    pages = walk(session, listing, None, first_page=config.page_limit, limit=config.page_limit)
    found: list[TodoRecord] = []
    for number, page in enumerate(pages, 1):
        found += _closed(page.found, config.zone, begins_at, ends_at)
        if number >= LONGEST_WALK_PAGES and not page.is_last:
            raise UnexpectedReply(
                SYSTEM,
                str(Endpoint.TODOS),
                f"more than {number} pages: the filter by timeFinished is not honoured",
            )
    return tuple(sorted(found, key=lambda todo: (todo.finished_at or begins_at, todo.id)))


def _closed(
    found: tuple[dict[str, Json], ...], zone: str, begins_at: datetime, ends_at: datetime
) -> Iterator[TodoRecord]:
    for item in found:
        try:
            todo = todo_record(item, zone)
        except (ValueError, msgspec.ValidationError):
            continue
        if todo is None or todo.category not in TALKS or todo.finished_at is None:
            continue
        if begins_at <= todo.finished_at < ends_at:
            yield todo


def _finished_between(
    config: MegaplanConfig, begins_at: datetime, ends_at: datetime
) -> dict[str, Json]:
    """Return the day-granular filter, a day wider at both ends: whose days they are is unsaid."""
    zone = ZoneInfo(config.zone)
    term: Json = {
        "contentType": "FilterTermDate",
        "field": "timeFinished",
        "comparison": "equals",
        "value": {
            "contentType": "IntervalDates",
            "from": date_json(begins_at.astimezone(zone).date() - _ONE_DAY),
            "to": date_json(ends_at.astimezone(zone).date() + _ONE_DAY),
        },
    }
    return {"contentType": "TodoFilter", "id": None, "config": filter_config([term])}
