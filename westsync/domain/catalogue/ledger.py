"""The facts of 1C as a source."""

from __future__ import annotations

from westsync.domain.catalogue.entries import choice, moment, read_with, text
from westsync.domain.facts import Group
from westsync.domain.ledger_standing import STATES

LEDGER = read_with(
    {Group.ONEC},
    text("id", "always `onec`"),
    choice(
        "state",
        "how 1C answered last: well, not at all, by refusing the user or the password, or by"
        " refusing what was asked (rights, publication, composition)",
        *STATES,
    ),
    text("detail", "the cause in English, as the log says it"),
    moment("since", "when this state was noticed; empty if 1C answers well"),
    moment("read_at", "since when the money is not known any better; empty if it never was read"),
)
