"""The facts of a client, and what a deal tells of the client's twins."""

from __future__ import annotations

from westsync.domain.catalogue.entries import (
    choice,
    moment,
    number,
    person,
    read_with,
    records,
    text,
    texts,
)
from westsync.domain.facts import Group

TWIN = (
    text("id", "contractor id"),
    text("name", "name"),
    texts("by", "what is the same: phone, email, inn, name and city"),
)

CLIENT = (
    *read_with(
        {Group.CLIENT},
        text("id", "contractor id"),
        text("name", "name"),
        text("url", "web address of the card"),
        choice("kind", "person or organisation", "person", "organisation", "unknown"),
        texts("phones", "phones, digits with country code"),
        texts("emails", "mail addresses"),
        text("inn", "ИНН from the payer"),
        moment("created_at", "when the client was entered"),
        moment("updated_at", "last change"),
        person("responsible", "who looks after the client"),
        records("duplicates", "other clients who look like the same one", *TWIN),
    ),
    *read_with({Group.CLIENT, Group.DEAL}, number("deals_count", "deals of the client")),
    *read_with(
        {Group.TODOS},
        moment("last_contact_at", "latest finished call or meeting"),
        moment("missed_call_at", "latest call that was not answered"),
    ),
)
