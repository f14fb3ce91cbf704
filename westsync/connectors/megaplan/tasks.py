"""From Megaplan's task to ours, and back (contract 4.3)."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from westsync.connectors.megaplan import wire
from westsync.connectors.megaplan.config import DeadlineForm
from westsync.connectors.megaplan.protocol import link, links
from westsync.connectors.megaplan.values import (
    date_json,
    deadline_moment,
    escaped,
    html_of,
    items,
    link_id,
    moment,
    moment_json,
    plain_text,
    printable,
    text,
)
from westsync.domain.intents import marker_in, marker_line
from westsync.domain.records import TaskRecord

if TYPE_CHECKING:
    from westsync.connectors.megaplan.config import MegaplanConfig
    from westsync.connectors.megaplan.values import Json
    from westsync.domain.actions import EnsureTask
    from westsync.domain.intents import Marker

TITLE_LIMIT = 250
CLIENT_TYPES = {"person": "ContractorHuman", "organisation": "ContractorCompany"}


def task_record(item: dict[str, Json], config: MegaplanConfig) -> TaskRecord:
    """Return the task.

    Args:
        item: The resolved object.
        config: Zone of date-only deadlines, and the field of the marker if there is one.

    Raises:
        ValueError: It lacks what a task cannot be without; the text names it.
    """
    task = msgspec.convert(item, wire.Task)
    if task.content_type != "Task":
        raise ValueError(f"{task.content_type} came instead of a Task")
    created, status = moment(task.time_created), text(task.status)
    if created is None or not status:
        raise ValueError("timeCreated or status is missing or unreadable")
    changed = moment(task.status_change_time)
    return TaskRecord(
        id=task.id,
        name=plain_text(task.name),
        status=status,
        responsible_id=link_id(task.responsible),
        owner_id=link_id(task.owner),
        created_at=created,
        active_at=moment(task.activity) or changed or created,
        status_at=changed,
        deadline=deadline_moment(task.deadline, config.zone),
        deal_ids=tuple(deal for one in items(task.deals) if (deal := link_id(one))),
        client_id=link_id(task.contractor),
        marker=marker_of_task(item, config.marker_field),
    )


def marker_of_task(item: dict[str, Json], marker_field: str | None) -> Marker | None:
    """Return the marker that a task carries in its field, its statement or its body."""
    places = (item.get(marker_field) if marker_field else None, item.get("statement"))
    for place in (*places, item.get("subject")):
        found = marker_in(plain_text(place))
        if found is not None:
            return found
    return None


def body_lines(task: EnsureTask, config: MegaplanConfig) -> list[str]:
    """Return the lines of the body that people see, without the marker."""
    lines = [line.strip() for line in printable(task.body).splitlines()]
    if task.deal is not None and config.deal_url(task.deal) not in task.body:
        lines.append(config.deal_url(task.deal))
    return [line for line in lines if line]


def title_of(task: EnsureTask) -> str:
    """Return the title in one line of bounded length."""
    return " ".join(printable(task.title).split())[:TITLE_LIMIT]


def new_task_body(task: EnsureTask, marker: Marker, config: MegaplanConfig) -> dict[str, Json]:
    """Return the body that creates a task.

    The marker is the last line of the body that people see and of ``statement``, which the server
    can filter (contract 7); the deal is named in ``deals`` and by its address (contract 4.3.3).
    """
    lines = [*body_lines(task, config), marker_line(marker)]
    body: dict[str, Json] = {
        "contentType": "Task",
        "isUrgent": task.urgent,
        "isTemplate": False,
        "name": title_of(task),
        "subject": _linked_html(lines, config),
        "statement": "\n".join(escaped(line) for line in lines),
        "responsible": link("Employee", task.assignee),
        "deadline": _deadline(task, config),
    }
    if task.auditors:
        body["auditors"] = links("Employee", task.auditors)
    if task.deal is not None:
        body["deals"] = links("Deal", [task.deal])
    if task.client is not None and task.client_kind in CLIENT_TYPES:
        body["contractor"] = link(CLIENT_TYPES[task.client_kind], task.client)
    if config.marker_field is not None:
        body[config.marker_field] = marker_line(marker)
    return body


def _deadline(task: EnsureTask, config: MegaplanConfig) -> Json:
    if config.task_deadline is DeadlineForm.DATE:
        return date_json(task.deadline.astimezone(ZoneInfo(config.zone)).date())
    return moment_json(task.deadline, config.zone)


def _linked_html(lines: list[str], config: MegaplanConfig) -> str:
    """Paragraphs; a line that is an address of this account becomes a link, nothing else does."""
    parts = []
    for line in lines:
        if line.startswith(config.base_url + "/") and " " not in line:
            parts.append(f'<p><a href="{html.escape(line)}">{escaped(line)}</a></p>')
        else:
            parts.append(html_of([line]))
    return "".join(parts)
