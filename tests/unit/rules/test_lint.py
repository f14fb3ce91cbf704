"""Well written rules that cannot work: told at their place, and only when it is certain."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.rules.company import VOCABULARY, compiled, rule_text, step_text, steps_text

TASK = "task.ensure: { to: [role:secretary], title: 'Позвонить {deal.number}' }"


def found(text: str) -> list[str]:
    """Return the mistakes of a file, without their places."""
    _, problems = compiled(text, vocabulary=replace(VOCABULARY, reports=frozenset({"call"})))
    return [problem.partition(" ")[2] for problem in problems]


CONTRADICTIONS = [
    ("{ stage: new }", "{ stage: offer }"),
    ("{ stage: [new, qualify] }", "{ stage: { not_in: [new, qualify, offer] } }"),
    ("{ stage: new }", "{ not: [ { stage: new } ] }"),
    ("{ pipeline: rent }", "{ stage: new }"),
    ("{ first_touch_at: { empty: true } }", "{ first_touch_at: { older_than: 1h } }"),
    ("{ first_touch_at: { empty: true } }", "{ first_touch_at: { empty: false } }"),
    ("{ city: { empty: true } }", "{ city: Москва }"),
    ("{ city: { empty: true } }", "{ not: [ { city: { empty: true } } ] }"),
    ("{ price: { gt: 100 } }", "{ price: { lte: 100 } }"),
    ("{ price: { between: [1, 5] } }", "{ price: { gte: 6 } }"),
    ("{ price: 5 }", "{ price: { lt: 5 } }"),
    ("{ updated_at: { older_than: 2h } }", "{ updated_at: { changed_within: 1h } }"),
    ("{ next_task_at: { gt: now } }", "{ next_task_at: { lt: now } }"),
    ("{ created_at: { gt: '2026-11-02' } }", "{ created_at: { lt: '2026-11-01' } }"),
    ("{ urgent: true }", "{ urgent: false }"),
    ("{ stage: new }", "{ any: [ { stage: offer }, { stage: waiting } ] }"),
    ("{ manager: ivanov }", "{ manager: { not_in: [ivanov] } }"),
]


@pytest.mark.parametrize(("one", "other"), CONTRADICTIONS)
def test_conditions_that_exclude_each_other_are_told(one: str, other: str) -> None:
    (told,) = found(rule_text(when=f"[ {one}, {other} ]"))

    assert told.startswith("the rule can never fire: ")
    assert told.endswith("exclude each other")


@pytest.mark.parametrize(("one", "other"), CONTRADICTIONS)
def test_the_order_of_conditions_does_not_matter(one: str, other: str) -> None:
    assert len(found(rule_text(when=f"[ {other}, {one} ]"))) == 1


@pytest.mark.parametrize(
    "when",
    [
        "[ { stage: [new, offer] }, { stage: { not_in: [new] } } ]",
        "[ { price: 1 }, { price: { gte: 1.0 } } ]",
        "[ { price: { gt: 1 } }, { price: { lt: 2 } } ]",
        "[ { updated_at: { older_than: 1h } }, { updated_at: { changed_within: 2h } } ]",
        "[ { updated_at: { older_than: 1 workday } }, { updated_at: { changed_within: 5h } } ]",
        "[ { stage: new }, { any: [ { stage: offer }, { city: Москва } ] } ]",
        "[ { any: [ { stage: new }, { stage: offer } ] } ]",
        "[ { stage: new }, { not: [ { stage: new }, { city: Москва } ] } ]",
        "[ { not: [ { stage: new } ] }, { stage: { in: [new, offer] } } ]",
        "[ { pipeline: [sales, rent] }, { stage: asked } ]",
        "[ { next_task_at: { gt: now } }, { created_at: { lt: now } } ]",
        "[ { urgent: true }, { city: { empty: true } } ]",
        "[ { tasks: { none: [ { ours: true } ] } }, { tasks: { any: [ { ours: false } ] } } ]",
    ],
)
def test_conditions_that_may_hold_together_are_left_alone(when: str) -> None:
    assert found(rule_text(when=when)) == []


def test_a_clock_that_starts_at_what_must_be_missing_is_told() -> None:
    text = rule_text(when="[ { last_touch_at: { empty: true } } ]", clock="{ from: last_touch_at }")

    (told,) = found(text)
    assert told == (
        "the rule can never fire: its clock starts at 'last_touch_at', which must be empty; "
        "let the clock start at another moment"
    )


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("when: { stage: offer }", "'stage new' and 'stage offer' exclude each other"),
        ("unless: { stage: new }", "the rule itself wants 'stage new'"),
        ("unless: [ { stage: new } ]", "the rule itself wants 'stage new'"),
    ],
)
def test_a_step_that_the_rule_forbids_is_told(more: str, told: str) -> None:
    steps = steps_text(step_text("tell", "10m", more=more))

    assert found(rule_text(when="[ { stage: new } ]", steps=steps)) == [
        f"step 'tell' can never run: {told}"
    ]


def test_a_step_that_falls_due_when_the_rule_no_longer_holds_is_told() -> None:
    when = "[ { created_at: { changed_within: 2h } } ]"
    steps = steps_text(step_text("soon", "1h"), step_text("late", "2h"))

    assert found(rule_text(when=when, steps=steps)) == [
        "step 'late' can never run: after 2h 'created_at changed_within 2h' no longer holds"
    ]


def test_a_step_of_a_clock_rule_behind_its_catch_up_is_told() -> None:
    text = """\
version: 1
rules:
  - id: call
    title: Отчёт
    schedule: { at: "10:50", catch_up: 1h }
    steps:
      - { id: late, after: 2h, do: [ notify: { to: [role:secretary], via: [email], text: x } ] }
"""

    (told,) = found(text)

    assert told.startswith("step 'late' can never run: it falls due 2h later, and catch_up")


def test_a_text_that_names_what_must_be_missing_is_told() -> None:
    do = "deal.comment: { text: 'Последнее касание {deal.last_touch_at|dt}' }"
    when = "[ { last_touch_at: { empty: true } } ]"

    (told,) = found(rule_text(when=when, steps=steps_text(step_text("tell", "10m", do))))

    assert told == (
        "a text of step 'tell' names {deal.last_touch_at}, which is empty whenever it is said; "
        "add a default: {deal.last_touch_at|default:words}"
    )


def test_a_text_with_a_default_may_name_what_is_missing() -> None:
    do = "deal.comment: { text: 'Касание {deal.last_touch_at|dt|default:не было}' }"
    when = "[ { last_touch_at: { empty: true } } ]"

    assert found(rule_text(when=when, steps=steps_text(step_text("tell", "10m", do)))) == []


def two_rules(second: str) -> str:
    steps = steps_text(step_text("tell", "10m", TASK))
    return rule_text(steps=steps) + second.partition("rules:\n")[2].replace("id: call", "id: again")


def hints(text: str) -> list[str]:
    ruleset, problems = compiled(text)
    assert problems == []
    return [str(hint) for hint in ruleset.hints]


def test_two_rules_that_may_make_the_same_task_are_hinted_at_the_second() -> None:
    steps = steps_text(step_text("other", "20m", TASK))

    (told,) = hints(two_rules(rule_text(steps=steps)))

    assert told.startswith("rules.yaml:10:5: rule 'again' makes the same task as rule 'call' at ")


@pytest.mark.parametrize(
    "second",
    [
        rule_text(when="[ { stage: offer } ]", steps=steps_text(step_text("tell", "10m", TASK))),
        rule_text(steps=steps_text(step_text("tell", "10m", TASK)), more="inhibit_by: [ call ]"),
        rule_text(steps=steps_text(step_text("tell", "10m", TASK)), more="mode: shadow"),
        rule_text(steps=steps_text(step_text("tell", "10m", TASK.replace("Поз", "Пере")))),
    ],
)
def test_rules_that_cannot_meet_may_make_the_same_task(second: str) -> None:
    assert hints(two_rules(second)) == []


def test_a_source_that_is_not_connected_is_hinted_at_its_place() -> None:
    (told,) = hints(rule_text(more="needs: { onec: 30m }"))

    assert told == (
        "rules.yaml:10:14: 'onec' is not connected, so the rule never knows enough to speak; "
        "add only_with: [onec]"
    )


def test_a_mistake_that_two_rules_share_keeps_both_out() -> None:
    script = "task.ensure: { to: [role:boss], title: x }"
    text = rule_text(steps=steps_text(step_text("tell", "10m", script)))

    ruleset, problems = compiled(text, text.replace("id: call", "id: again"))

    assert problems == [
        "rules.yaml:9:66: unknown role 'boss'; known are head_of_sales, nobody, secretary"
    ]
    assert ruleset.rules == ()
