"""The facts of a clock rule itself."""

from __future__ import annotations

from westsync.domain.catalogue.entries import flag, moment, read_with, text
from westsync.domain.facts import Group

SCHEDULE = read_with(
    {Group.CLOCK},
    text("id", "id of the rule"),
    moment("due_at", "when it fell due this time; empty until it did since it is at work"),
    flag("delivered", "the report of this time was sent"),
    moment("last_delivered_at", "when the last report that was sent had fallen due"),
)
