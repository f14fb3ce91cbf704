"""The facts of a deal that its comments, changes, calls and meetings tell."""

from __future__ import annotations

from westsync.domain.catalogue.entries import moment, number, read_with, text
from westsync.domain.facts import Group

DEAL_TALK = (
    *read_with(
        {Group.HISTORY, Group.TODOS, Group.TASKS},
        moment("first_touch_at", "earliest human touch"),
        moment("last_touch_at", "latest human touch"),
        moment("manager_contact_at", "latest touch by the deal's manager himself"),
        moment("quiet_since", "latest of creation, entry into the stage and human touch"),
    ),
    *read_with(
        {Group.HISTORY, Group.TODOS},
        moment(
            "last_client_contact_at",
            "latest finished call or meeting, or comment with a contact word",
        ),
        moment(
            "manager_talk_at",
            "latest finished call or meeting, or comment with a contact word, by the deal's"
            " manager",
        ),
        moment(
            "missed_call_at",
            "latest call that was not answered and after which nobody contacted the client",
        ),
        moment(
            "callback_asked_at",
            "latest comment with a callback word, or set field `urgent`, not answered by a contact",
        ),
        text("callback_question", "text of the comment that asked for that call-back"),
        moment(
            "unrecorded_contact_at",
            "latest finished call or meeting after which nobody wrote or changed anything",
        ),
        moment(
            "letter_confirmed_at",
            "the client has the letter: a comment saying so, or a finished call after it",
        ),
        moment(
            "data_acknowledged_at",
            "first talk, or comment saying that the client was told, after his data came",
        ),
        moment(
            "invoice_confirmed_at",
            "first finished call, or comment saying that the client has the bill, after it was"
            " sent",
        ),
        moment(
            "quality_call_at",
            "first finished call or meeting, or comment with a contact, quality or claim word,"
            " after the delivery",
        ),
    ),
    *read_with(
        {Group.TODOS},
        moment("planned_call_at", "nearest call or meeting that is planned and not over"),
    ),
    *read_with(
        {Group.HISTORY},
        moment(
            "letter_sent_at",
            "confirmation letter: a comment with its words, else entry into the stage of role"
            " offer",
        ),
        moment("data_requested_at", "latest comment that says the client was asked for his data"),
        moment("invoice_letter_at", "latest comment that says the letter with the bill went out"),
        moment(
            "invoice_sent_at",
            "when the bill was sent: entry into the stage of role invoice_sent, else its letter",
        ),
        moment("delivered_at", "entry into the stage of role delivered"),
        moment(
            "claim_at",
            "comment with a claim word that opened the latest claim; one within three days of"
            " another goes on with it",
        ),
        text("claim", "text of that comment"),
        number("refusals", "comments with a refusal word"),
        moment("last_refusal_at", "latest comment with a refusal word"),
        text(
            "lost_reason",
            "last comment with a refusal word; of a lost deal else the comment at its closing",
        ),
    ),
)
