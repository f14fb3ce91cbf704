"""The first version of everything that was in the mirror before it had a history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.intents import ObjectRef
from westsync.domain.records import Detail

if TYPE_CHECKING:
    from datetime import datetime

    from westsync.journal.database import Database
    from westsync.journal.mirror import Mirror

_BATCH = 500


def start_history(database: Database, account: str, mirror: Mirror, now: datetime) -> int:
    """Record what is known and has no history yet; return how many objects that are.

    What changes is recorded as it changes. This is for a state of an older westsync, where nothing
    would be known of an object until it changes next.

    Args:
        database: The state.
        account: Which account.
        mirror: Its mirror.
        now: The present (UTC); from now on the objects are known.
    """
    count = 0
    for kind in ("client", "task", "deal"):
        after = ""
        while batch := _unrecorded(database, account, kind, after):
            with database.transaction():
                for id_ in batch:
                    _record(mirror, ObjectRef(kind=kind, id=id_), now)
            count += len(batch)
            after = batch[-1]
    return count


def _unrecorded(database: Database, account: str, kind: str, after: str) -> list[str]:
    rows = database.rows(
        f"SELECT id FROM {kind} WHERE account = ?1 AND id > ?2 AND NOT gone"  # noqa: S608 - one of three tables
        " AND NOT EXISTS (SELECT 1 FROM history WHERE history.account = ?1 AND history.kind = ?3"
        f"   AND history.id = {kind}.id AND history.part = 'record')"
        " ORDER BY id LIMIT ?4",
        (account, after, kind, _BATCH),
    )
    return [id_ for (id_,) in rows]


def _record(mirror: Mirror, obj: ObjectRef, now: datetime) -> None:
    history = mirror.history
    if obj.kind == "task":
        task = mirror.task(obj.id)
        if task is not None:
            history.keep_task(task, now)
        return
    if obj.kind == "client":
        client = mirror.client(obj.id)
        if client is not None:
            history.keep_client(client, now)
    else:
        deal = mirror.deal(obj.id)
        if deal is not None:
            history.keep_deal(deal, now)
    kept = mirror.details(obj)
    if kept.details.touches is not None:
        history.keep_touches(obj, kept.details.touches, now)
    if kept.details.todos is not None:
        history.keep_todos(obj, kept.details.todos, now)
    if Detail.TASKS in kept.read_at:
        history.keep_links(obj, sorted(mirror.linked_tasks(obj.id)), now)
