"""The facts of a payment that nobody could place yet."""

from __future__ import annotations

from westsync.domain.catalogue.entries import flag, moment, money, read_with, records, text
from westsync.domain.facts import Group

PAYMENT = read_with(
    {Group.ONEC},
    text("id", "key of the document in 1C, or of the bank's row"),
    text("number", "number of the payment order, else of the document"),
    moment("at", "when it arrived"),
    money("amount", "the part that nobody could place"),
    text("payer", "who paid"),
    text("inn", "ИНН of who paid"),
    text("purpose", "purpose as the payer wrote it"),
    flag("open", "nobody could place it yet"),
    records(
        "candidates",
        "invoices that it may be for, best first",
        text("number", "number of the invoice"),
        text("at", "its date"),
        text("hint", "what speaks for it"),
    ),
    text("deal_id", "deal of the only candidate"),
)
