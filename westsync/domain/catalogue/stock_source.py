"""The facts of a source of supplier stock."""

from __future__ import annotations

from westsync.domain.catalogue.entries import choice, moment, read_with, text, texts
from westsync.domain.facts import Group
from westsync.domain.stock_sources import STATES

STOCK_SOURCE = read_with(
    {Group.STOCK},
    text("id", "id of the source, as commands want it"),
    text("name", "title of the source"),
    choice(
        "state",
        "how it stands: a list waits for a person, was unusable, the password or the address was"
        " refused, the data are too old, or nothing came yet",
        *STATES,
    ),
    texts("reasons", "what the guards or the reader found, as codes"),
    text("detail", "the cause in English, as `westsync stock status` says it"),
    moment("since", "when the trouble was noticed; empty if there is none"),
    moment("data_at", "moment of the data that answer questions; empty if there are none"),
)
