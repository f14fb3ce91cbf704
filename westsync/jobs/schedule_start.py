"""Since when each clock rule is at work: what fell due before is nobody's duty.

Without it the first start, or the day on which mail is configured, would mail reports about days
on which nothing was recorded, marked late. After an outage the rule is known since long before, and
what fell due meanwhile is caught up.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads annotations at run time
from typing import TYPE_CHECKING, TypedDict

from westsync.journal.codec import decoder, encode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from westsync.journal.port import Store
    from westsync.rules.model import Rule

_SEEN = "schedules.seen"


class _Seen(TypedDict):
    timetable: str
    since: datetime


_read = decoder(dict[str, _Seen])


def note_schedules(store: Store, rules: Iterable[Rule], now: datetime) -> None:
    """Note that the clock rules of a configuration are at work.

    One that is new, was switched off meanwhile or has another time or other days is at work from
    now on; of the others nothing changes.

    Args:
        store: The account's memory.
        rules: All rules of the configuration that are not off.
        now: The present (UTC).
    """
    before, seen = _all(store), {}
    for rule in rules:
        if rule.schedule is None:
            continue
        timetable = rule.schedule.timetable
        known = before.get(rule.id)
        same = known is not None and known["timetable"] == timetable
        seen[rule.id] = known if known and same else _Seen(timetable=timetable, since=now)
    store.keepsakes.put(_SEEN, encode(seen).decode())


def last_due(store: Store, rule: Rule, now: datetime) -> datetime | None:
    """Return when a clock rule last fell due (UTC); None if it did not since it is at work.

    Args:
        store: The account's memory.
        rule: A rule with a schedule.
        now: The present (UTC).
    """
    due_at = rule.schedule.latest(now) if rule.schedule is not None else None
    known = _all(store).get(rule.id)
    if due_at is None or (known is not None and due_at < known["since"]):
        return None
    return due_at


def _all(store: Store) -> dict[str, _Seen]:
    text = store.keepsakes.get(_SEEN)
    return _read(text.encode()) if text else {}
