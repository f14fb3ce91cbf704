"""What each key of a rule and of a step is for: the words that the code cannot tell.

tests/unit/test_reference.py fails when a key has no words here, and loads every example.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """What a page says about one key.

    Attributes:
        does: What it is for.
        default: What holds without it; empty if it must be there.
        parts: Keys inside it -> what they mean.
        example: YAML of a rule (or step) that has it; empty if there is none to show.
    """

    does: str
    default: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    example: str = ""


RULE_PROSE: Mapping[str, Prose] = {
    "id": Prose(
        does="Name of the rule: small words joined by hyphens, at most 64 characters. It is part "
        "of every key in the journal, so renaming a rule makes it a new one.",
        example="id: first-contact",
    ),
    "title": Prose(
        does="One line for people; it stands at the top of the tasks that the rule makes.",
        example='title: "Новая заявка: звонок клиенту за 10 минут"',
    ),
    "owner": Prose(
        does="Login or role of whoever answers for the rule inside the company. For people only.",
        default="nobody",
        example="owner: head_of_sales",
    ),
    "step": Prose(
        does="Id of the sentence of the company's standard that the rule guards. Texts and frames "
        "that name `{rule.step}` need it.",
        default="none",
        example="step: P1.1",
    ),
    "mode": Prose(
        does="`off`: the rule is not looked at. `shadow`: it decides, everything is recorded, and "
        "nothing is sent. `live`: it acts.",
        default="`live`",
        example="mode: shadow",
    ),
    "only_with": Prose(
        does="What must be configured for the rule to be looked at: `mail`, `onec` (1C) or `stock` "
        "(suppliers). Until all of it is, the rule sleeps: its conditions, people and texts are "
        "not checked, its tests are passed over, and `westsync check` says so in a note.",
        default="the rule never sleeps, and what it needs and does not find is a mistake",
        example="only_with: [mail]",
    ),
    "watch": Prose(
        does="What the rule looks at: `deal`, `client`, `task`, `payment` (of 1C), `ledger` "
        "(1C itself as a source) or `stock_source` (of a supplier). Its facts are those of the "
        "page [facts](facts.md).",
        example="watch: deal",
    ),
    "needs": Prose(
        does="How old a source may be. If its last successful reading is older, the verdict is "
        "unknown: the rule neither fires nor clears. Ages are of the wall clock.",
        default="any age will do",
        example="needs: { megaplan: 5m }",
    ),
    "when": Prose(
        does="The condition that something is wrong: a list, all of which must hold. See "
        "[conditions](#conditions).",
        example="""\
when:
  - pipeline: sales
  - stage: { in: [new, qualify] }
  - first_touch_at: { empty: true }
  - any:
      - source: { empty: true }
      - price: { gte: 100000 }
  - not: [ { stage_type: negative } ]
""",
    ),
    "clock": Prose(
        does="From when time is counted, and on which calendar. The episode starts at this "
        "moment, not when the daemon noticed.",
        parts={
            "from": "a moment fact, or `first_seen`: when the condition was first seen to hold",
            "calendar": "name of a calendar of westsync.yaml (default: `office` if there is one)",
            "pause_when": "conditions; while they hold, time stands still",
            "settle": "how long the condition must be false before the episode is over (default: "
            "at once); wall clock",
        },
        example="""\
clock:
  from: created_at
  calendar: office
  pause_when: [ { stage: requisites } ]
  settle: 2m
""",
    ),
    "steps": Prose(
        does="What is done, and when; in the order of time. See [steps](#keys-of-a-step).",
        example="""\
steps:
  - id: remind
    after: 30m
    do: [ { deal.comment: { text: "Клиент ждёт с {episode.started_at|dt}" } } ]
""",
    ),
    "ack": Prose(
        does="Who may silence an episode with `westsync ack`, and for how long unless the command "
        "says `--for`. The command refuses anybody else, and the audit log keeps who silenced what "
        "until when. A silence belongs to one episode of one object and dies with it. If it runs "
        "out while the condition still holds, the latest step that is due is told again.",
        default="anybody may, for an hour",
        parts={
            "by": "people, see [who](actions.md#who)",
            "mutes": "how long, on the calendar of the rule's clock",
        },
        example="ack: { by: [role:head_of_sales], mutes: 1h }",
    ),
    "deliver": Prose(
        does="The hours in which steps may run.",
        default="at any hour; what falls due is done",
        parts={
            "calendar": "whose open hours (default `office`)",
            "outside": "`defer`: wait for the opening and decide again then (default); `send`: do "
            "it all the same; `drop`: leave it out for good",
        },
        example="deliver: { calendar: office, outside: defer }",
    ),
    "inhibit_by": Prose(
        does="Rules that come first: while one of them has an open episode for the same object, "
        "this one waits. Two rules must not inhibit each other.",
        default="none",
        example="inhibit_by: [first-contact]",
    ),
    "group_by": Prose(
        does="Facts. Notices of the rule about objects that agree in them, and that are told at "
        "the same time, come as one digest for each person, with a line for each object. An empty "
        "list gathers all of them. Tasks are not gathered.",
        default="every object by itself",
        example="group_by: [manager]",
    ),
    "limit": Prose(
        does="A brake of this rule's own, beside `guards` of westsync.yaml. What is over it waits.",
        default="only `guards`",
        parts={"per_hour": "most steps in an hour, of all objects together"},
        example="limit: { per_hour: 10 }",
    ),
    "on_clear": Prose(
        does="Actions when the condition has ended, if a step ever ran. Open tasks of the rule are "
        "closed with a proof in any case; `task.close` here words the note.",
        default="own tasks are closed with the values that prove it",
        example="""\
on_clear:
  - task.close: { note: "Контакт состоялся {deal.first_touch_at|dt}" }
""",
    ),
    "reopen": Prose(
        does="What it means when the condition holds again. `new`: a new episode, which begins "
        "from nothing. `{same_within: 1h}`: if it happens so soon (wall clock), the old episode "
        "goes on, the gap is left out of its time, and steps that ran do not run again.",
        default="`new`",
        parts={"same_within": "how soon is the same"},
        example="reopen: { same_within: 1h }",
    ),
}

CLOCK_RULE_PROSE: Mapping[str, Prose] = {
    "schedule": Prose(
        does="When the rule falls due. Each time is an episode of its own, which starts at this "
        "moment; `after` of the steps counts from there, on the schedule's calendar. What fell due "
        "before the rule was first at work, or before its time or days were changed, is not done.",
        parts={
            "at": 'time of day, `"10:50"`, in the zone of the calendar',
            "days": "`workdays` of the calendar (default), `daily`, or days of the week such as "
            "`[mon, thu]`",
            "calendar": "name of a calendar of westsync.yaml (default: `office` if there is one)",
            "catch_up": "how late it may still be done after an outage, by the wall clock; later "
            "it is left to the next time (default: until the next time)",
        },
        example="""\
schedule:
  at: "10:50"
  days: workdays
  calendar: office
  catch_up: 4h
""",
    ),
    "report": Prose(
        does="The report that `report.send` builds and mails, see [reports](reports.md).",
        default="the rule sends no report",
        parts={
            "name": "which one (default: the one that is called like the rule)",
            "template": "a file of config/reports that lays it out (default: that of the report)",
            "attach": "`xlsx`: the same figures as a workbook (default: nothing)",
            "period": "`since_last`: from the last one that was delivered, so that no day is left "
            "out; `own`: the period that the report itself names (default)",
        },
        example="""\
report:
  name: secretary-daily
  template: report.html.j2
  attach: xlsx
  period: since_last
""",
    ),
}
"""What a clock rule has beside what watch rules have as well."""

MODULE_RULE_PROSE: Mapping[str, Prose] = {
    "use": Prose(
        does="Name of a rule module: a duty that exchanges something with another system and is "
        "written once, in Python. It becomes rules of this grammar, whose ids begin with that of "
        "the rule; `westsync explain` shows them like any other.",
    ),
    "params": Prose(
        does="What the module is told; each has keys of its own, see below. An unknown key is a "
        "mistake at its place.",
        default="what the module itself takes for usual",
    ),
}
"""What a module rule has beside what watch rules have as well."""

STEP_PROSE: Mapping[str, Prose] = {
    "id": Prose(
        does="Name of the step, part of every key; `clear` is taken.",
        example="id: to-head",
    ),
    "after": Prose(
        does="How much time must be counted since the start of the episode. Steps stand in the "
        "order of `after`. A daemon that was down runs only the latest due step, and those marked "
        "`always`.",
        example="after: 1h30m",
    ),
    "when": Prose(
        does="Further conditions; the step is passed over while they do not hold.",
        default="none",
        example="when: [ { price: { gte: 50000 } } ]",
    ),
    "unless": Prose(
        does="Conditions under which the step is not taken. A fact that is true or false may stand "
        "alone: `unless: delivered`.",
        default="none",
        example="unless: [ { urgent: true } ]",
    ),
    "repeat": Prose(
        does="Take the step again while the condition holds.",
        default="once",
        parts={
            "every": "how much time between two times; at least a minute",
            "max": "how many times after the first",
        },
        example="repeat: { every: 30m, max: 3 }",
    ),
    "always": Prose(
        does="Take the step also when a later one is due already, because the daemon was down.",
        default="`false`",
        example="always: true",
    ),
    "do": Prose(
        does="The actions, see [actions](actions.md). Each is sent at most once per episode, step "
        "and repetition.",
        example='do: [ { deal.comment: { text: "Клиент ждёт" } } ]',
    ),
}

ACTION_PROSE: Mapping[str, Prose] = {
    "task.ensure": Prose(
        does="One open task for each rule, object and step. As long as it is open no second one is "
        "made; if a person closes it and the condition still holds, it comes again with the next "
        "step, not before. When the condition ends, it is closed with the proof, unless a person "
        "edited it.",
        parts={
            "to": "who; the first available one gets it",
            "title": "one line, a text",
            "text": "what to do and why, a text (default: none)",
            "script": "name of a phone script of `config/texts` (default: none)",
            "due": "time allowed, counted from when the step fell due (default: `same day`)",
            "urgent": "`true` marks it as urgent (default `false`)",
            "auditors": "who else sees it (default: nobody)",
        },
        example="""\
task.ensure:
  to: [role:secretary, deal.manager]
  title: "Позвонить по заявке {deal.number}"
  text: "Не хватает: {deal.missing|list|default:ничего}"
  script: request-call
  due: 5m
  urgent: true
  auditors: [role:head_of_sales]
""",
    ),
    "task.close": Prose(
        does="Stands in `on_clear` and words the note with which the rule's own open tasks are "
        "closed; a step closes nothing.",
        parts={"note": "the proof, a text"},
        example="""\
task.close: { note: "Контакт состоялся {deal.first_touch_at|dt}" }
""",
    ),
    "deal.comment": Prose(
        does="A comment on the deal, for colleagues only; it is never sent to the client.",
        parts={"text": "what it says, a text"},
        example="""\
deal.comment: { text: "Клиент ждёт ответа {episode.age|dur}" }
""",
    ),
    "deal.set": Prose(
        does="Writes a custom field of the deal that `fields` of westsync.yaml names.",
        parts={"field": "the fact's name", "value": "the new value, a text"},
        example="""\
deal.set: { field: source, value: "Повторное обращение" }
""",
    ),
    "deal.move": Prose(
        does="Moves the deal to another stage, if Megaplan offers that transition now; otherwise "
        "it is a dead letter.",
        parts={"stage": "name of the stage"},
        example="""\
deal.move: { stage: qualify }
""",
    ),
    "supplier.ask": Prose(
        does="One mail to each supplier about the lines of the deal with `by_mail`: only he can "
        "tell, and his address is known (`contact.email` of his file). Each supplier is mailed "
        "once in the life of a deal; he answers the deal's manager. The texts leave the company, "
        "so they name `deal.number`, `deal.manager`, `supplier.name` and `supplier.lines` "
        "(article, name and wanted pieces) and nothing else. Needs a `mail` section and an enabled "
        "supplier.",
        parts={"subject": "first line of the mail, a text", "text": "what it says, a text"},
        example="""\
supplier.ask:
  subject: "Наличие, запрос {deal.number}"
  text: |
    Добрый день! Подскажите наличие, срок поставки и счёт:
    {supplier.lines}
    Ответ ждёт {deal.manager}.
""",
    ),
    "notify": Prose(
        does="Tells people; an absent one is replaced by his deputy. By `megaplan` it is a comment "
        "on the deal that notifies them, so the rule must watch a deal; `email` needs a `mail` "
        "section.",
        parts={
            "to": "who; all whom the first entry that is not empty names",
            "via": "`megaplan`, `email` or both",
            "text": "what it says, a text",
            "letter": "what the mail says instead: name of a letter in `config/texts` "
            "(`letters:`), whose first line is the subject; by `email` alone it needs no `text`",
            "urgent": "whether a mail is marked as important (default: no)",
        },
        example="""\
notify:
  to: [deal.manager]
  via: [megaplan, email]
  text: "Клиент ждёт звонка уже {episode.age|dur}: {deal.url}"
  letter: urgent-callback
  urgent: true
""",
    ),
    "invoice.issue": Prose(
        does="An invoice to the client in 1C with the positions of the deal, made and posted "
        "once. What it lacks (positions, prices, an ИНН that 1C knows) is named in a dead letter. "
        "Needs 1C; while `onec.readonly` is set, it is only planned.",
        example="""\
invoice.issue: {}
""",
    ),
    "invoice.status": Prose(
        does="Moves the deal's bills in Megaplan on to what 1C says of them; never back, and a "
        "bill that a person rejected stays so. Needs 1C.",
        parts={"status": "`drawn`: those posted in 1C; `paid`: those paid in full"},
        example="""\
invoice.status: { status: paid }
""",
    ),
    "invoice.print": Prose(
        does="Takes the invoice that was issued last as a PDF from 1C and attaches it to the deal, "
        "once; a file of the same name that hangs there already is left as it is. Needs 1C with "
        "`onec.channels.print_forms: soap`.",
        parts={
            "form": "`СчетНаОплату`, or `СчетНаОплатуСПечатью` with the stamp",
            "name": "of the file, a text",
        },
        example="""\
invoice.print: { form: СчетНаОплату, name: "Счёт {deal.invoice_number}.pdf" }
""",
    ),
    "report.send": Prose(
        does="Builds the report that the clock rule names under `report` and mails it. It is made "
        "even if a later step is due already, and then says that it is late. After it has left, "
        "the fact `delivered` is true. Needs a `mail` section.",
        parts={
            "to": "who; all whom the first entry that is not empty names",
            "via": "`[email]`, the only way (default)",
        },
        example="""\
report.send: { to: [role:management], via: [email] }
""",
    ),
}

SITUATION_PROSE: Mapping[str, str] = {
    "episode.started_at": "when the episode began",
    "episode.age": "counted time since then, pauses left out",
    "step.id": "the step; only in the actions of steps",
    "step.due": "when the step fell due; only in the actions of steps",
    "rule.id": "the rule",
    "rule.title": "its title",
    "rule.step": "the sentence of the standard",
    "now": "the moment of the decision",
}

TEST_PROSE: Mapping[str, str] = {
    "name": "the promise, in words",
    "rule": "id of the rule under test",
    "given": "facts at the beginning, `{deal: {...}}`, and ages of sources, `{age: {onec: 45m}}`. "
    "A fact that is not given is known to be empty; `unknown` makes it unknown",
    "timeline": "moments in order; the clock stands at each `at` and nowhere between",
}

MOMENT_PROSE: Mapping[str, str] = {
    "at": 'office time, `"2026-11-24 10:05"`',
    "set": "facts that have changed by then, as in `given`",
    "age": "ages of sources from then on",
    "expect": "all effects of this moment; an effect that is not listed fails the test. Written "
    "`task.close`, or with some of its parts, `{task.ensure: {to: secretary, due: ...}}`",
    "expect_verdict": "`true`, `false` or `unknown`",
    "closed": "steps whose task a person has closed by then",
    "acked": "for how long a person silences the episode just before this moment, `1h`",
}
