"""Noticing that events stay away although there are changes (reliability 4.2, fault 51).

Polling finds the changes all the same; a person should look why Megaplan no longer calls.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from westsync.domain.working_time import WorkingCalendar
    from westsync.journal.cursors import Cursor
    from westsync.journal.port import Store

SILENT_AFTER = timedelta(hours=1)
_UNHEARD = "webhook.unheard_since"
_TOLD = "webhook.silence_told"
# An event may come a little before the walk that shows its change, and one that is late is heard.
_LAG = timedelta(minutes=2)

log = structlog.get_logger()


def note_silence(
    store: Store,
    calendar: WorkingCalendar,
    now: datetime,
    *,
    changed: bool,
    looked_before: Cursor | None,
) -> None:
    """Compare what a look brought with the events that came.

    Args:
        store: One account's, whose settings want events.
        calendar: Office hours, in which the silence is counted.
        now: UTC.
        changed: Whether the look showed changes of deals or tasks.
        looked_before: How far the look before had come; None if there was none.
    """
    last, unheard = store.hints.last_at(), unheard_since(store)
    if unheard is not None and last is not None and last >= unheard - _LAG:
        store.keepsakes.put(_UNHEARD, "")
        unheard = None
    if unheard is None and changed and looked_before is not None:
        is_heard = last is not None and last >= looked_before.at - _LAG
        if not is_heard:
            store.keepsakes.put(_UNHEARD, now.isoformat())
    silent = silent_since(store, calendar, now)
    told = silent.isoformat() if silent is not None else ""
    if told and store.keepsakes.get(_TOLD) != told:
        log.warning("webhook.silent", since=told)
    store.keepsakes.put(_TOLD, told)


def unheard_since(store: Store) -> datetime | None:
    """Return when the first change was seen of which no event told (UTC); None: all were told."""
    text = store.keepsakes.get(_UNHEARD)
    return datetime.fromisoformat(text) if text else None


def silent_since(store: Store, calendar: WorkingCalendar, now: datetime) -> datetime | None:
    """Return since when (UTC) events stay away, if that is more than a working hour; else None."""
    unheard = unheard_since(store)
    if unheard is None or calendar.between(unheard, now) < SILENT_AFTER:
        return None
    return unheard
