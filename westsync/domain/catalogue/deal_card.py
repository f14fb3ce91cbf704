"""The facts of a deal that its card, its client and its tasks show."""

from __future__ import annotations

from westsync.domain.catalogue.client import TWIN
from westsync.domain.catalogue.entries import (
    choice,
    configured,
    flag,
    moment,
    money,
    number,
    person,
    pipeline,
    read_with,
    records,
    stage,
    text,
    texts,
)
from westsync.domain.catalogue.task import TASK_OF_DEAL
from westsync.domain.facts import Group

_LINE = (
    text("article", "article of the product"),
    text("name", "what it is"),
    number("quantity", "how many"),
    money("price", "roubles for one"),
)

_ATTACHMENT = (
    text("name", "file name"),
    moment("at", "when it came"),
    text("kind", "kind by the name patterns of attachment_kinds"),
)

DEAL_CARD = (
    *read_with(
        {Group.DEAL},
        text("id", "id in Megaplan"),
        text("number", "number that people see"),
        text("name", "title of the deal"),
        text("url", "web address of the card"),
        pipeline("pipeline", "configured name of the program"),
        stage("stage", "configured name of the state"),
        choice(
            "stage_type",
            "what the state means for the outcome",
            *("active", "positive", "negative"),
        ),
        moment("created_at", "when the deal was created (timeCreated)"),
        moment("updated_at", "last change (timeUpdated)"),
        moment("stage_entered_at", "when the present stage was entered (stateTimeUpdated)"),
        person("manager", "responsible of the deal"),
        text("client_id", "contractor id"),
        choice("client_kind", "person or organisation", "person", "organisation", "unknown"),
    ),
    *configured(
        text("source", "where the request came from"),
        flag("urgent", "marked as urgent"),
        flag("long_lead", "marked as a long-lead order"),
        text("city", "city of the delivery"),
        moment("delivery_at", "agreed delivery; a date counts from its midnight"),
        text("delivery_kind", "own driver, transport company or pickup"),
        text("contract_number", "number of the contract with an organisation, as 1C has it"),
    ),
    *read_with(
        {Group.DEAL},
        records("lines", "positions of the offer", *_LINE),
        number("lines_count", "how many positions"),
        money("price", "total of the deal"),
        records("attachments", "files of the deal", *_ATTACHMENT),
        moment("client_data_received_at", "first attachment of kind requisites"),
    ),
    *read_with(
        {Group.DEAL, Group.CLIENT},
        texts("missing", "facts that the pipeline requires at this stage and that are empty"),
    ),
    *read_with(
        {Group.CLIENT},
        text("client_name", "name of the client"),
        texts("client_phones", "phones, digits with country code"),
        texts("client_emails", "mail addresses"),
        text("client_inn", "ИНН from the client's payer"),
        text("client_kpp", "КПП from the client's payer"),
        text("client_city", "city of the client, else of the deal"),
        records("duplicates", "other clients who look like the same one", *TWIN),
    ),
    *read_with(
        {Group.TASKS},
        records("open_tasks", "open tasks of the deal", *TASK_OF_DEAL),
        records("tasks", "all tasks of the deal", *TASK_OF_DEAL),
        moment("next_task_at", "nearest deadline of an open task"),
    ),
    *read_with(
        {Group.TASKS, Group.TODOS},
        moment(
            "promised_at",
            "nearest deadline of an open task or planned call of people, not of this daemon",
        ),
    ),
)
