"""The facts of a task: watched itself, or listed among those of a deal."""

from __future__ import annotations

from westsync.domain.catalogue.entries import flag, moment, person, read_with, text
from westsync.domain.facts import Group

_SHOWN = (
    text("id", "task id"),
    text("name", "title"),
    person("responsible", "who has to do it"),
    moment("deadline", "until when"),
    text("status", "Megaplan's status"),
    flag("open", "not yet done, cancelled or expired"),
    flag("ours", "made by this daemon"),
    text("rule", "the rule that made it, if ours"),
    moment("created_at", "when it was made"),
)

TASK_OF_DEAL = (*_SHOWN, flag("for_manager", "the responsible of the task is the deal's manager"))

TASK = read_with(
    {Group.DEAL},
    *_SHOWN,
    text("url", "web address of the card"),
    moment("updated_at", "last activity"),
    text("deal_id", "first deal that the task hangs on"),
)
