"""How each source stands: what answers questions, how old it is, and what a person must do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from westsync.jobs.stock_outcomes import Outcome
from westsync.jobs.stock_timetable import due_at

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from westsync.journal.stock import StockStore
    from westsync.journal.stock_attempts import Attempts
    from westsync.journal.stock_snapshots import Snapshot
    from westsync.ports.stock import StockSource


class Trouble(StrEnum):
    """Why a person must look at a source.

    Attributes:
        HELD: A snapshot waits for ``westsync stock accept`` (or ``reject``).
        REJECTED: The last file was unusable.
        DENIED: A password was refused; nothing is tried until the profile or secret is changed
            and ``westsync stock refresh`` is run.
        WRONG: The address or the reply is not what the profile says.
        STALE: The data are older than ``accept.max_age``.
        UNREAD: There are no data yet although the source is fetched by timetable.
    """

    HELD = "held"
    REJECTED = "rejected"
    DENIED = "denied"
    WRONG = "wrong"
    STALE = "stale"
    UNREAD = "unread"


_OF_OUTCOME = {
    Outcome.REJECTED: Trouble.REJECTED,
    Outcome.DENIED: Trouble.DENIED,
    Outcome.WRONG: Trouble.WRONG,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one source stands.

    Attributes:
        current: The snapshot that answers; None: questions become tasks.
        waiting: The held one a person should look at.
        stale: `current` is too old to promise anything.
        due_at: When (UTC) it is fetched next; None: not by itself.
        trouble: The gravest; None if all is well.
        episode: Names the situation, for telling people of it once.
        detail: The cause, for people.
    """

    source: StockSource
    current: Snapshot | None
    waiting: Snapshot | None
    attempts: Attempts
    stale: bool
    due_at: datetime | None
    trouble: Trouble | None
    episode: str
    detail: str


def is_stale(source: StockSource, snapshot: Snapshot, now: datetime) -> bool:
    """Whether a snapshot is too old to promise anything."""
    return snapshot.as_of is None or now - snapshot.as_of > source.max_age


def standing(store: StockStore, source: StockSource, zone: ZoneInfo, now: datetime) -> Standing:
    """Return how a source stands at a moment (UTC).

    Args:
        store: The stock memory.
        source: The source.
        zone: Of the office, on whose clock sources have their hours.
        now: Present, UTC.
    """
    current, waiting = store.snapshots.current(source.id), store.snapshots.waiting(source.id)
    attempts = store.attempts.of(source.id)
    stale = current is not None and is_stale(source, current, now)
    trouble, about, detail = _trouble(source, current, waiting, attempts, stale=stale)
    return Standing(
        source=source,
        current=current,
        waiting=waiting,
        attempts=attempts,
        stale=stale,
        due_at=None if is_stopped(source, attempts) else _due(source, attempts, zone, now),
        trouble=trouble,
        episode=f"{source.id}:{trouble}:{about}" if trouble else "",
        detail=detail,
    )


def is_stopped(source: StockSource, attempts: Attempts) -> bool:
    """Whether nothing is tried by itself: a refused password is never repeated (contract 9)."""
    same_profile = attempts.fetch_revision == source.revision
    return attempts.outcome == Outcome.DENIED and same_profile


def due(
    store: StockStore, sources: Iterable[StockSource], zone: ZoneInfo, now: datetime
) -> list[StockSource]:
    """Return the sources that are to be fetched now, in their order."""
    found = []
    for source in sources:
        attempts = store.attempts.of(source.id)
        if is_stopped(source, attempts):
            continue
        at = _due(source, attempts, zone, now)
        if at is not None and at <= now:
            found.append(source)
    return found


def _due(source: StockSource, attempts: Attempts, zone: ZoneInfo, now: datetime) -> datetime | None:
    if not source.enabled or not source.fetches or source.by_hand:
        return None
    return due_at(source.timing, attempts, zone, now)


def _trouble(
    source: StockSource,
    current: Snapshot | None,
    waiting: Snapshot | None,
    attempts: Attempts,
    *,
    stale: bool,
) -> tuple[Trouble | None, str, str]:
    """Return the gravest trouble, what it is about, and its cause."""
    if not source.enabled or not source.fetches:
        return None, "", ""
    if waiting is not None:
        detail = "; ".join(f"{found.code}: {found.detail}" for found in waiting.findings)
        # A new file that is held for the same reasons is the same situation, not another one.
        codes = "+".join(sorted({found.code for found in waiting.findings}))
        return Trouble.HELD, f"{current.id if current else 0}:{codes}", detail
    outcome = Outcome(attempts.outcome) if attempts.outcome else None
    trouble = _OF_OUTCOME.get(outcome) if outcome is not None else None
    if trouble is not None:
        return trouble, source.revision, attempts.detail
    if stale and current is not None:
        at = f"{current.as_of:%Y-%m-%d %H:%M} UTC" if current.as_of else "an unknown day"
        return (
            Trouble.STALE,
            str(current.id),
            f"the data are of {at}; {attempts.detail}".strip("; "),
        )
    if current is None and attempts.tried_at is not None:
        return Trouble.UNREAD, source.revision, attempts.detail
    return None, "", ""
