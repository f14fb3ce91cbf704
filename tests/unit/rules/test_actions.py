"""Actions: what a rule may do, read with every mistake, and turned into intents."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.unit.rules.company import (
    VOCABULARY,
    WORDS,
    Life,
    a_rule,
    compiled,
    facts,
    mistakes,
    msk,
    rule_text,
    rules_of,
    situation,
    step_text,
    steps_text,
)
from westsync.domain.actions import (
    AskSupplier,
    CommentDeal,
    EnsureTask,
    MoveDeal,
    Notify,
    SetDealField,
)
from westsync.domain.facts import Unknown
from westsync.domain.places import Place
from westsync.rules.ruleset import Texts
from westsync.rules.watch import decide

if TYPE_CHECKING:
    from datetime import datetime

    from westsync.domain.intents import Intent

TEN = msk("2026-11-24 10:00")


def doing(do: str) -> str:
    """Return steps with one step that does this after ten minutes."""
    return steps_text(step_text("tell", "10m", do=do))


def done(do: str, *, shared: Texts | None = None, **values: object) -> list[object]:
    """Return the actions of a rule that is due for a deal."""
    rule = rules_of(rule_text(steps=doing(do)), **({"shared": shared} if shared else {})).rules[0]
    life = Life(rule, {"stage": "new", "created_at": TEN, **values})
    return [intent.action for intent in life.intents(TEN + timedelta(minutes=12))]


def test_a_task_is_wanted_with_people_texts_script_and_deadline() -> None:
    shared = Texts(scripts={"hello": ("Здравствуйте, {deal.client_name}!", Place(file="t"))})

    (task,) = done(
        "task.ensure: { to: [role:secretary, deal.manager], title: 'Заявка\n  {deal.number}',"
        " text: 'Ждёт {episode.age|dur}', script: hello, due: 1h, urgent: true,"
        " auditors: [deal.manager] }",
        shared=shared,
        client_name="Иван",
        client_id="55",
        client_kind="person",
    )

    assert task == EnsureTask(
        assignee="1000001",
        title="Заявка 43",
        body="Звонок (P1.1)\n\nЖдёт 12 мин\n\nЗдравствуйте, Иван!",
        deadline=msk("2026-11-24 11:10"),
        urgent=True,
        deal="43",
        client="55",
        client_kind="person",
        auditors=("1000003",),
    )


def test_a_task_without_text_script_and_due_is_due_the_same_day() -> None:
    (task,) = done("task.ensure: { to: [deal.manager], title: Позвонить }")

    assert isinstance(task, EnsureTask)
    assert task.body == "Звонок (P1.1)"
    assert task.deadline == msk("2026-11-24 18:00")
    assert task.auditors == ()
    assert not task.urgent


def test_the_other_actions_are_wanted_as_they_are_written() -> None:
    rule = a_rule(
        steps="[ { id: tell, after: 10m, do: ["
        " { deal.comment: { text: 'для {deal.manager}' } },"
        " { deal.set: { field: city, value: '{deal.client_city|default:-}' } },"
        " { deal.move: { stage: qualify } },"
        " { notify: { to: [role:head_of_sales], via: [megaplan, email], text: Долго } } ] } ]"
    )
    life = Life(rule, {"stage": "new", "pipeline": "sales", "created_at": TEN})

    intents = life.intents(TEN + timedelta(minutes=10))

    assert [intent.action for intent in intents] == [
        CommentDeal(deal="43", text="для Иванов Пётр"),
        SetDealField(deal="43", field="city", value="-"),
        MoveDeal(deal="43", stage="128", stage_name="qualify"),
        Notify(via="megaplan", to=("1000005",), text="Долго", deal="43", subject="Звонок"),
        Notify(via="email", to=("orlov@example.test",), text="Долго", deal="43", subject="Звонок"),
    ]
    assert {intent.defect for intent in intents} == {None}


def test_two_actions_of_a_kind_in_one_step_have_keys_of_their_own() -> None:
    rule = a_rule(
        steps="[ { id: tell, after: 10m, do: ["
        " { deal.comment: { text: one } }, { deal.comment: { text: two } } ] } ]"
    )
    life = Life(rule, {"stage": "new", "created_at": TEN})

    keys = [intent.key for intent in life.intents(TEN + timedelta(minutes=10))]

    assert keys == [
        "main:call:deal-43:20261124T070000Z:tell:0:deal.comment",
        "main:call:deal-43:20261124T070000Z:tell:0:deal.comment.2",
    ]


ASKED = (
    "supplier.ask: { subject: 'Запрос {deal.number}',"
    ' text: "{supplier.name}:\\n{supplier.lines}\\n{deal.manager}" }'
)


def a_stock_answer(name: str, supplier: str = "lira", *, by_mail: bool = True) -> dict[str, object]:
    return {
        "name": name,
        "article": None,
        "need": Decimal(2),
        "verdict": "absent",
        "supplier": supplier.title(),
        "supplier_id": supplier,
        "supplier_email": f"{supplier}@example.test",
        "by_mail": by_mail,
    }


def asked(*answers: dict[str, object], at: datetime = TEN) -> list[Intent]:
    """Return the mails that a rule wants whose episode began at a moment."""
    rule = a_rule(steps=f"[ {{ id: mail, after: 0m, do: [ {{ {ASKED} }} ] }} ]")
    facts = {"stage": "new", "created_at": TEN, "number": "43", "availability": answers}
    return list(Life(rule, facts).intents(at))


def test_each_supplier_is_mailed_about_his_own_lines_only() -> None:
    mails = asked(
        a_stock_answer("Пианино"),
        a_stock_answer("Пульт", "ton"),
        a_stock_answer("Стойка"),
        a_stock_answer("Микрофон", by_mail=False),
    )

    assert [mail.action for mail in mails] == [
        AskSupplier(
            supplier="lira",
            to="lira@example.test",
            deal="43",
            subject="Запрос 43",
            text="Lira:\n• Пианино: 2 stock_pieces\n• Стойка: 2 stock_pieces\nИванов Пётр",
            reply_to="ivanov@example.test",
        ),
        AskSupplier(
            supplier="ton",
            to="ton@example.test",
            deal="43",
            subject="Запрос 43",
            text="Ton:\n• Пульт: 2 stock_pieces\nИванов Пётр",
            reply_to="ivanov@example.test",
        ),
    ]


def test_a_supplier_is_mailed_once_in_the_life_of_a_deal() -> None:
    first = asked(a_stock_answer("Пианино"))
    later = asked(
        a_stock_answer("Пульт", "ton"), a_stock_answer("Стойка"), at=TEN + timedelta(days=3)
    )

    assert [mail.key for mail in first] == [
        "main:call:deal-43:20261124T070000Z:mail:0:supplier.ask.lira"
    ]
    assert [mail.key for mail in later if mail.key.endswith(".lira")] == [first[0].key]


DEFECTS = {
    "task.ensure: { to: [role:nobody], title: x }": (
        "nobody is there to do it: no manager, or the named roles have no working member"
    ),
    "task.ensure: { to: [user:guest], title: x }": "guest has no account in Megaplan",
    "task.ensure: { to: [deal.manager], title: '{deal.city}' }": (
        "a text cannot be written: {deal.city} has no value"
    ),
    "task.ensure: { to: [deal.manager], title: x, text: '{deal.city}' }": (
        "a text cannot be written: {deal.city} has no value"
    ),
    "deal.move: { stage: asked }": "pipeline 'sales' has no stage 'asked'",
    "notify: { to: [user:guest], via: [email], text: x }": (
        "nobody is there to do it: no manager, or the named roles have no working member"
    ),
    "deal.comment: { text: '{deal.city}' }": "a text cannot be written: {deal.city} has no value",
    "deal.set: { field: source, value: '{deal.city}' }": (
        "a text cannot be written: {deal.city} has no value"
    ),
}


@pytest.mark.parametrize("do", DEFECTS)
def test_what_cannot_be_done_is_wanted_with_its_defect(do: str) -> None:
    life = Life(a_rule(steps=doing(do)), {"stage": "new", "pipeline": "sales", "created_at": TEN})

    (intent,) = life.intents(TEN + timedelta(minutes=10))

    assert intent.defect == DEFECTS[do]


def test_an_unknown_manager_is_nobody() -> None:
    life = Life(
        a_rule(steps=doing("task.ensure: { to: [deal.manager], title: x }")),
        {"stage": "new", "created_at": TEN, "manager": Unknown("hidden in Megaplan")},
    )

    (intent,) = life.intents(TEN + timedelta(minutes=10))

    assert intent.defect is not None
    assert intent.defect.startswith("nobody is there")


def test_a_rule_in_shadow_wants_the_same_and_says_so() -> None:
    live = Life(a_rule(), {"stage": "new", "created_at": TEN})
    shadow = Life(a_rule(more="mode: shadow"), {"stage": "new", "created_at": TEN})
    due = TEN + timedelta(minutes=10)

    (sent,), (kept,) = live.intents(due), shadow.intents(due)

    assert kept.shadow
    assert not sent.shadow
    assert (kept.key, kept.action) == (sent.key, sent.action)


def test_a_rule_about_clients_makes_tasks_for_the_client_without_a_deal() -> None:
    rule = a_rule(
        watch="client",
        when="[ { deals_count: 0 } ]",
        steps=doing("task.ensure: { to: [client.responsible], title: 'Сделка для {client.name}' }"),
    )
    seen = facts(
        "client",
        at=TEN,
        name="Ромашка",
        kind="organisation",
        responsible="ivanov",
        deals_count=0,
        created_at=TEN,
    )
    ruleset = rules_of(rule_text())
    world = situation(TEN + timedelta(minutes=10), task_frame=ruleset.task_frames["client"])

    outcome = decide(rule, seen, None, world)

    (intent,) = outcome.intents
    action = intent.action
    assert isinstance(action, EnsureTask)
    assert (action.client, action.client_kind, action.deal) == ("43", "organisation", None)
    assert action.assignee == "1000003"
    assert intent.key.startswith("main:call:client-43:")


def test_a_rule_about_tasks_makes_tasks_for_the_deal_of_the_task() -> None:
    rule = a_rule(
        watch="task",
        when="[ { open: true } ]",
        clock="{ from: deadline, calendar: office }",
        steps=doing("task.ensure: { to: [task.responsible], title: '{task.name}' }"),
    )
    seen = facts(
        "task", TEN, name="Смета", responsible="ivanov", open=True, deadline=TEN, deal_id="43"
    )
    world = situation(
        TEN + timedelta(minutes=10), task_frame=rules_of(rule_text()).task_frames["task"]
    )

    (intent,) = decide(rule, seen, None, world).intents

    assert isinstance(intent.action, EnsureTask)
    assert (intent.action.deal, intent.action.title) == ("43", "Смета")


def test_a_letter_of_the_texts_is_mailed_under_its_first_line() -> None:
    letter = "СРОЧНО! Сделка {deal.number}\n\nПерезвоните: {deal.client_name}\n"
    shared = Texts(letters={"callback": (letter, Place(file="t"))})

    comment, notice = done(
        "notify: { to: [role:head_of_sales], via: [megaplan, email], text: Звонок,"
        " letter: callback, urgent: true }",
        shared=shared,
        client_name="Иван",
    )

    assert isinstance(comment, Notify)
    assert comment.text == "Звонок"
    assert notice == Notify(
        via="email",
        to=("orlov@example.test",),
        text="\nПерезвоните: Иван\n",
        deal="43",
        subject="СРОЧНО! Сделка 43",
        urgent=True,
    )


WRONG = {
    "task.ensur: { to: [deal.manager], title: x }": (
        "unknown action 'task.ensur'; did you mean 'task.ensure'?"
    ),
    "task.ensure: x": "'task.ensure' takes a mapping of its parts",
    "task.ensure: { title: x }": "task.ensure has no 'to'; add 'to:'",
    "task.ensure: { to: [], title: x }": "'to' of task.ensure names nobody",
    "task.ensure: { to: [deal.manager] }": "task.ensure has no 'title'; add 'title:'",
    "task.ensure: { to: [deal.manager], title: ' ' }": "'title' of task.ensure is empty",
    "task.ensure: { to: [deal.manager], title: [ x ] }": "'title' of task.ensure must be a text",
    "task.ensure: { to: [manager], title: x }": (
        "'manager' names nobody; write deal.manager, role:<name> or user:<login>"
    ),
    "task.ensure: { to: [client.responsible], title: x }": (
        "'client.responsible' needs a rule that watches it"
    ),
    "task.ensure: { to: [role:secretry], title: x }": (
        "unknown role 'secretry'; did you mean 'secretary'?"
    ),
    "task.ensure: { to: [user:ivanof], title: x }": (
        "unknown person 'ivanof'; did you mean 'ivanov'?"
    ),
    "task.ensure: { to: [deal.manager], title: x, script: hello }": "unknown script 'hello'",
    "task.ensure: { to: [deal.manager], title: x, due: soon }": "'soon' is not a duration",
    "task.ensure: { to: [deal.manager], title: x, urgent: very }": (
        "'urgent' of task.ensure must be true or false"
    ),
    "deal.comment: { txt: x }": "unknown key 'txt' of deal.comment; did you mean 'text'?",
    "deal.comment: {}": "deal.comment has no 'text'; add 'text:'",
    "deal.set: { value: x }": "deal.set has no 'field'; add 'field:'",
    "deal.set: { field: cty, value: x }": (
        "unknown custom field 'cty' (see fields: of westsync.yaml); did you mean 'city'?"
    ),
    "deal.set: { field: city }": "deal.set has no 'value'; add 'value:'",
    "deal.move: {}": "deal.move has no 'stage'; add 'stage:'",
    "deal.move: { stage: nwe }": "unknown stage 'nwe'; did you mean 'new'?",
    "notify: { to: [deal.manager], text: x }": "notify has no 'via'; add 'via:'",
    "notify: { to: [deal.manager], via: [], text: x }": "'via' of notify names no channel",
    "notify: { to: [deal.manager], via: [sms], text: x }": (
        "unknown channel 'sms'; known are email, megaplan"
    ),
    "notify: { to: [deal.manager], via: [email] }": "notify has no 'text'; add 'text:'",
    "notify: { to: [deal.manager], via: [email], letter: hello }": "unknown letter 'hello'",
    "notify: { to: [deal.manager], via: [email], letter: hello, text: x }": (
        "nobody is told this text, the letter is mailed"
    ),
    "notify: { to: [deal.manager], via: [email, megaplan], letter: hello }": (
        "notify has no 'text'; add 'text:'"
    ),
    "notify: { to: [deal.manager], via: [megaplan], letter: hello, text: x }": (
        "a letter is mailed; add email to 'via'"
    ),
}


@pytest.mark.parametrize("do", WRONG)
def test_a_mistake_in_an_action_is_told_with_its_cure(do: str) -> None:
    assert WRONG[do] in " | ".join(mistakes(steps=doing(do)))


def test_a_way_to_notify_that_is_not_configured_is_refused() -> None:
    vocabulary = replace(VOCABULARY, channels=frozenset({"megaplan"}))
    do = "notify: { to: [deal.manager], via: [email], text: x }"

    _, problems = compiled(rule_text(steps=doing(do)), vocabulary=vocabulary)

    assert [problem.partition(" ")[2] for problem in problems] == [
        "channel 'email' is not configured; add a 'mail:' section"
    ]


@pytest.mark.parametrize(
    ("do", "told"),
    [
        (
            "deal.comment: { text: x }",
            "'deal.comment' needs a deal; the rule watches a client",
        ),
        (
            "notify: { to: [role:secretary], via: [megaplan], text: x }",
            "Megaplan notifies on a deal; the rule watches a client; use task.ensure instead",
        ),
    ],
)
def test_what_needs_a_deal_is_refused_in_a_rule_about_clients(do: str, told: str) -> None:
    found = mistakes(watch="client", when="[ { deals_count: 0 } ]", steps=doing(do))

    assert told in found


def test_an_action_is_a_mapping_with_one_name() -> None:
    steps = "[ { id: tell, after: 5m, do: [ x, { deal.comment: { text: a }, deal.move: b } ] } ]"

    assert mistakes(steps=steps) == ["an action is written {task.ensure: {...}}"] * 2


def test_a_closing_note_needs_its_text() -> None:
    assert mistakes(more="on_clear: [ { task.close: {} } ]") == [
        "task.close has no 'note'; add 'note:'"
    ]
    assert WORDS.labels["city"] == "город"
