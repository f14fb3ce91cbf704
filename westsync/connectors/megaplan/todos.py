"""From Megaplan's todo ("дело") to ours (contract 4.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from westsync.connectors.megaplan import wire
from westsync.connectors.megaplan.values import (
    link_id,
    midnight,
    moment,
    plain_text,
    text,
)
from westsync.domain.records import TodoRecord

if TYPE_CHECKING:
    from datetime import datetime

    from westsync.connectors.megaplan.values import Json


def todo_record(item: dict[str, Json], zone: str) -> TodoRecord | None:
    """Return the todo; None for a dropped one.

    Args:
        item: The resolved object.
        zone: IANA zone in which an all-day todo begins.

    Raises:
        ValueError: It lacks what a todo cannot be without; the text names it.
    """
    todo = msgspec.convert(item, wire.Todo)
    created = moment(todo.time_created)
    if todo.is_dropped is True:
        return None
    if created is None:
        raise ValueError("timeCreated is missing or unreadable")
    return TodoRecord(
        id=todo.id,
        name=plain_text(todo.name),
        category=_master_type(todo.category) or "todo",
        status=_master_type(todo.status) or "scheduled",
        responsible_id=link_id(todo.responsible),
        created_at=created,
        starts_at=_start(todo.when, zone),
        finished_at=moment(todo.time_finished),
    )


def _master_type(value: object) -> str:
    return text(value.get("masterType")) if isinstance(value, dict) else ""


def _start(value: object, zone: str) -> datetime | None:
    """``when`` is a span of days or of moments."""
    if not isinstance(value, dict):
        return None
    start = value.get("from")
    return midnight(start, zone) or moment(start)
